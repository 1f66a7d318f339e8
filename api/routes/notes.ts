import { getNotes, replaceNotes, type Notes } from '../../store/notes.js'
import { audited } from '../audited.js'
import { currentOf, shown } from '../resource.js'
import { route, type Call, type Route } from '../route.js'
import { idParams } from '../schemas/common.js'
import { notes } from '../schemas/notes.js'

const tag = 'Orchestrations'
const EXAMPLE = {
  notes: [{ id: 'note_1', text: 'Ask legal before the autumn sale.', position: { x: 320, y: 0 }, width: 240, height: 128 }],
}

const read = ({ deps, workspaceId, params }: Call<{ id: string }, unknown, unknown>): Promise<Notes> =>
  getNotes(deps.db, workspaceId, params.id)

export const noteRoutes: Route[] = [
  route({
    method: 'get',
    path: '/journeys/{id}/notes',
    scope: 'read',
    tag,
    summary: 'Read the notes on the canvas of an orchestration',
    description: 'For people: they are no part of any version, and members never meet them.',
    params: idParams,
    answer: { status: 200, description: 'The notes', schema: notes },
    handler: async (call) => shown(await read(call)),
  }),
  route({
    method: 'put',
    path: '/journeys/{id}/notes',
    scope: 'write',
    tag,
    summary: 'Replace the notes on the canvas of an orchestration, in any state of it',
    params: idParams,
    body: notes,
    example: EXAMPLE,
    limit: 2 * 1024 * 1024,
    answer: { status: 200, description: 'Replaced', schema: notes },
    current: currentOf(read),
    handler: async (call) => {
      const { id } = call.params
      const change = { action: 'journey.notes', subject: id, detail: { notes: call.body.notes.length } }
      return shown(await audited(call, change, (db) => replaceNotes(db, call.workspaceId, id, call.body.notes, call.expectedRevision)))
    },
  }),
]
