import { z } from 'zod'
import { conditionSchema } from '../../model/condition.js'
import { changeAudience, createAudience, deleteAudience, getAudience, listAudiences, type Audience } from '../../store/audiences.js'
import { changeMembers } from '../../store/audiences-members.js'
import { invalid, whenOf } from '../audience-condition.js'
import { audited } from '../audited.js'
import { etagOf } from '../middleware/etag.js'
import { route, type Answer, type Call, type Route } from '../route.js'
import { customerId, idParams, instant, json, pageOf, pageQuery } from '../schemas/common.js'
import { startOrLeave } from '../started.js'

/** Customers of one call. */
const MAX_MEMBERS = 10_000

const audienceBody = z.strictObject({
  name: z.string().trim().min(1, 'Give a name.').max(200),
  kind: z.enum(['list', 'condition']).optional(),
  when: z.unknown().optional(),
})
const documentedBody = audienceBody.extend({ when: conditionSchema.optional() })
const audience = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['list', 'condition']),
    when: json.optional().meta({ description: 'Of a condition' }),
    size: z.int(),
    status: z.enum(['building', 'ready']).meta({ description: 'building: not every customer has been judged by the condition yet' }),
    progress: z.object({ done: z.int(), total: z.int() }).optional().meta({ description: 'While it is building: customers' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Audience' })
const ids = z.array(customerId).max(MAX_MEMBERS, 'One call may name 10,000 customers at the most.').default([])

/** Members come and go: the size is part of the ETag, and not of what If-Match compares. */
const shown = (found: Audience): Answer => {
  const { revision: _, ...body } = found
  return { body, revision: tagOf(found) }
}
const tagOf = ({ revision, size, progress }: Audience): string => `${revision}-${size}${progress ? `-${progress.done}` : ''}`
const matchedBy = (etag: string): string => etag.replace(/^"(\d+)-.*"$/, '"$1"')
const current = async (call: Call<{ id: string }, unknown, unknown>): Promise<string> =>
  etagOf('', tagOf(await getAudience(call.deps.db, call.workspaceId, call.params.id)))

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
    summary: 'Create an audience: a list of customers, or a condition that is kept up to date',
    body: audienceBody,
    documented: documentedBody,
    example: { name: 'Gold', kind: 'condition', when: { trait: 'plan', op: 'eq', value: 'gold' } },
    answer: { status: 201, description: 'Created', schema: audience, headers: { Location: 'Where it is' } },
    handler: async (call) => {
      const { deps, workspaceId, body } = call
      const when = whenOf(body.kind ?? 'list', body.when)
      const change = { action: 'audience.create', subject: ({ id }: Audience) => id }
      const made = await audited(call, change, (db) => createAudience(db, workspaceId, body.name, when))
      if (when) await startOrLeave(deps, () => deps.temporal.startBuild({ workspaceId, audienceId: made.id, generation: 1 }))
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
    summary: 'Rename an audience, or change its condition: then every customer is judged anew',
    params: idParams,
    body: audienceBody,
    documented: documentedBody,
    example: { name: 'Gold', when: { trait: 'plan', op: 'in', value: ['gold', 'platinum'] } },
    answer: { status: 200, description: 'Changed', schema: audience },
    current,
    matchedBy,
    handler: async (call) => {
      const { deps, workspaceId, params, body } = call
      const { kind } = await getAudience(deps.db, workspaceId, params.id)
      if (body.kind !== undefined && body.kind !== kind)
        throw invalid('/kind', 'not_available', `An audience stays a ${kind}; leave 'kind' out, or make another audience.`)
      const when = body.when === undefined ? undefined : whenOf(kind, body.when)
      const change = { action: 'audience.replace', subject: params.id }
      const build = await audited(call, change, (db) =>
        changeAudience(db, workspaceId, params.id, { name: body.name, ...(when && { when }) }),
      )
      if (build) await startOrLeave(deps, () => deps.temporal.startBuild(build))
      return shown(await getAudience(deps.db, workspaceId, params.id))
    },
  }),
  route({
    method: 'delete',
    path: '/audiences/{id}',
    scope: 'write',
    tag: 'Audiences',
    summary: 'Delete an audience that no live orchestration and no other audience names',
    params: idParams,
    answer: { status: 204, description: 'Deleted' },
    problems: [409],
    current,
    matchedBy,
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
