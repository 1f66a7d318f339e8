import { z } from 'zod'
import { CHANNELS } from '../../model/channels.js'
import {
  createFrequencyCap,
  deleteFrequencyCap,
  getFrequencyCap,
  listFrequencyCaps,
  LONGEST_WINDOW,
  replaceFrequencyCap,
  type FrequencyCap,
} from '../../store/frequency-caps.js'
import { OTHERWISE } from '../../tiles/choices.js'
import { boundedDuration } from '../../tiles/fields.js'
import { audited } from '../audited.js'
import { etagOf } from '../middleware/etag.js'
import { route, type Answer, type Call, type Route } from '../route.js'
import { idParams, instant, pageOf, pageQuery } from '../schemas/common.js'

const tag = 'Sending limits'
const EXAMPLE = { name: 'Weekly', channel: 'email', most: 3, per: 'P7D', otherwise: 'skip' }

const cap = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'Give a name.')
    .max(100)
    .meta({ description: 'Told in the history of a member whose message it holds back' }),
  channel: z.enum(CHANNELS).nullable().default(null).meta({ description: 'Of messages by this channel' }),
  topic: z
    .string()
    .min(1)
    .max(64)
    .nullable()
    .default(null)
    .meta({ description: 'Of messages about the topic with this id; of all, when neither is named' }),
  most: z.int().min(1, 'Give at least 1.').max(1_000),
  per: boundedDuration(LONGEST_WINDOW).meta({
    description: `The sliding window, at most ${LONGEST_WINDOW}; a day has 24 hours, a month 30 days`,
  }),
  otherwise: z
    .enum(OTHERWISE)
    .default('skip')
    .meta({ description: 'What becomes of a message beyond it: left out, or sent when the window lets it' }),
})
const body = cap.refine(({ channel, topic }) => channel === null || topic === null, {
  path: ['topic'],
  error: 'A frequency cap is about a channel or about a topic; name one of the two, or make two caps.',
})
const answer = cap.extend({ id: z.string(), createdAt: instant, updatedAt: instant }).meta({ id: 'FrequencyCap' })

const bodyOf = ({ revision: _, ...shown }: FrequencyCap): unknown => shown
const shown = (found: FrequencyCap): Answer => ({ body: bodyOf(found), revision: found.revision })
const current = async ({ deps, workspaceId, params }: Call<{ id: string }, unknown, unknown>): Promise<string> =>
  etagOf('', (await getFrequencyCap(deps.db, workspaceId, params.id)).revision)

/** At most so many messages to a customer within a window. */
export const frequencyCapRoutes: Route[] = [
  route({
    method: 'get',
    path: '/frequency-caps',
    scope: 'read',
    tag,
    summary: 'List frequency caps: at most so many messages to a customer within a window, over all orchestrations',
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(answer) },
    handler: async ({ deps, workspaceId, query }) => {
      const page = await listFrequencyCaps(deps.db, workspaceId, query)
      return { body: { ...page, data: page.data.map(bodyOf) } }
    },
  }),
  route({
    method: 'post',
    path: '/frequency-caps',
    scope: 'admin',
    tag,
    summary: 'Create a frequency cap; what was sent before counts',
    body,
    example: EXAMPLE,
    answer: { status: 201, description: 'Created', schema: answer, headers: { Location: 'Where it is' } },
    problems: [409],
    handler: async (call) => {
      const change = { action: 'frequency-cap.create', subject: ({ id }: FrequencyCap) => id, detail: call.body }
      const made = await audited(call, change, (db) => createFrequencyCap(db, call.workspaceId, call.body))
      return { ...shown(made), headers: { Location: `/api/v1/frequency-caps/${made.id}` } }
    },
  }),
  route({
    method: 'get',
    path: '/frequency-caps/{id}',
    scope: 'read',
    tag,
    summary: 'Read a frequency cap',
    params: idParams,
    answer: { status: 200, description: 'The cap', schema: answer },
    handler: async ({ deps, workspaceId, params }) => shown(await getFrequencyCap(deps.db, workspaceId, params.id)),
  }),
  route({
    method: 'put',
    path: '/frequency-caps/{id}',
    scope: 'admin',
    tag,
    summary: 'Replace a frequency cap; it holds for the next message',
    params: idParams,
    body,
    example: EXAMPLE,
    answer: { status: 200, description: 'Replaced', schema: answer },
    problems: [409],
    current,
    handler: async (call) => {
      const { id } = call.params
      const change = { action: 'frequency-cap.replace', subject: id, detail: call.body }
      return shown(await audited(call, change, (db) => replaceFrequencyCap(db, call.workspaceId, id, call.body, call.expectedRevision)))
    },
  }),
  route({
    method: 'delete',
    path: '/frequency-caps/{id}',
    scope: 'admin',
    tag,
    summary: 'Delete a frequency cap; what waits for it goes within the hour',
    params: idParams,
    answer: { status: 204, description: 'Deleted' },
    current,
    handler: async (call) => {
      const { id } = call.params
      await audited(call, { action: 'frequency-cap.delete', subject: id }, (db) => deleteFrequencyCap(db, call.workspaceId, id))
      return {}
    },
  }),
]
