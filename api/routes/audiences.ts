import { z } from 'zod'
import { TileworkError } from '../../model/errors.js'
import {
  changeMembers,
  createAudience,
  deleteAudience,
  getAudience,
  listAudiences,
  renameAudience,
  type Audience,
} from '../../store/audiences.js'
import { audited } from '../audited.js'
import { etagOf } from '../middleware/etag.js'
import { route, type Answer, type Call, type Route } from '../route.js'
import { customerId, idParams, instant, pageOf, pageQuery } from '../schemas/common.js'

const audienceBody = z.strictObject({
  name: z.string().trim().min(1, 'Give a name.').max(200),
  kind: z.enum(['list', 'condition']).default('list'),
  when: z.unknown().optional(),
})
const audience = z
  .object({ id: z.string(), name: z.string(), kind: z.literal('list'), size: z.int(), createdAt: instant, updatedAt: instant })
  .meta({ id: 'Audience' })
const ids = z.array(customerId).max(10_000, 'One call may name 10,000 customers at the most.').default([])

function listOnly(body: z.output<typeof audienceBody>): void {
  if (body.kind === 'list' && body.when === undefined) return
  throw new TileworkError('invalid', 'Audiences by condition are not run in this release; make a list.', [
    {
      path: body.kind === 'condition' ? '/kind' : '/when',
      code: 'not_available',
      message: "Make an audience of kind 'list', without 'when'.",
    },
  ])
}

/** The size is no part of the revision, and of the answer. */
const revisionOf = ({ revision, size }: Audience): string => `${revision}-${size}`
const shown = (found: Audience): Answer => {
  const { revision: _, ...body } = found
  return { body, revision: revisionOf(found) }
}
const current = async (call: Call<{ id: string }, unknown, unknown>): Promise<string> =>
  etagOf('', revisionOf(await getAudience(call.deps.db, call.workspaceId, call.params.id)))

export const audienceRoutes: Route[] = [
  route({
    method: 'get',
    path: '/audiences',
    scope: 'read',
    tag: 'Audiences',
    summary: 'List audiences',
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(audience) },
    handler: async ({ deps, workspaceId, query }) => {
      const page = await listAudiences(deps.db, workspaceId, query)
      return { body: { ...page, data: page.data.map(({ revision: _, ...body }) => body) } }
    },
  }),
  route({
    method: 'post',
    path: '/audiences',
    scope: 'write',
    tag: 'Audiences',
    summary: 'Create an audience: a list of customers',
    body: audienceBody,
    example: { name: 'Beta testers' },
    answer: { status: 201, description: 'Created', schema: audience, headers: { Location: 'Where it is' } },
    handler: async (call) => {
      listOnly(call.body)
      const change = { action: 'audience.create', subject: ({ id }: Audience) => id }
      const made = await audited(call, change, (db) => createAudience(db, call.workspaceId, call.body.name))
      return { ...shown(made), headers: { Location: `/api/v1/audiences/${made.id}` } }
    },
  }),
  route({
    method: 'get',
    path: '/audiences/{id}',
    scope: 'read',
    tag: 'Audiences',
    summary: 'Read an audience',
    params: idParams,
    answer: { status: 200, description: 'The audience', schema: audience },
    handler: async ({ deps, workspaceId, params }) => shown(await getAudience(deps.db, workspaceId, params.id)),
  }),
  route({
    method: 'put',
    path: '/audiences/{id}',
    scope: 'write',
    tag: 'Audiences',
    summary: 'Rename an audience',
    params: idParams,
    body: audienceBody,
    example: { name: 'Beta testers' },
    answer: { status: 200, description: 'Renamed', schema: audience },
    current,
    handler: async (call) => {
      listOnly(call.body)
      const { id } = call.params
      const change = { action: 'audience.replace', subject: id }
      return shown(await audited(call, change, (db) => renameAudience(db, call.workspaceId, id, call.body.name)))
    },
  }),
  route({
    method: 'delete',
    path: '/audiences/{id}',
    scope: 'write',
    tag: 'Audiences',
    summary: 'Delete an audience that no live orchestration names',
    params: idParams,
    answer: { status: 204, description: 'Deleted' },
    problems: [409],
    current,
    handler: async (call) => {
      const { id } = call.params
      await audited(call, { action: 'audience.delete', subject: id }, (db) => deleteAudience(db, call.workspaceId, id))
      return {}
    },
  }),
  route({
    method: 'post',
    path: '/audiences/{id}/members',
    scope: 'write',
    tag: 'Audiences',
    summary: 'Add customers to a list, and remove some',
    params: idParams,
    body: z.strictObject({ add: ids, remove: ids }),
    example: { add: ['ada'], remove: [] },
    answer: { status: 200, description: 'The audience', schema: audience },
    handler: async (call) => {
      const { deps, workspaceId, params, body } = call
      const detail = (changed: string[]): Record<string, unknown> => ({ changed: changed.length })
      const change = { action: 'audience.members', subject: params.id, detail }
      await audited(call, change, (db) => changeMembers(db, workspaceId, params.id, body))
      deps.wakeRouter?.()
      return shown(await getAudience(deps.db, workspaceId, params.id))
    },
  }),
]
