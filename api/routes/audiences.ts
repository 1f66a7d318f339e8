import { z } from 'zod'
import { conditionSchema } from '../../model/condition.js'
import { changeAudience, checkNames, createAudience, deleteAudience, getAudience, listAudiences } from '../../store/audiences.js'
import { estimateAudience, estimateChange } from '../../store/audiences-estimate.js'
import { listCustomers } from '../../store/customers-list.js'
import { changeMembers } from '../../store/audiences-members.js'
import { takeBatch } from '../../store/audiences-sync.js'
import { audit } from '../../store/audit.js'
import { TileworkError } from '../../model/errors.js'
import { invalid, parseWhen, whenOf } from '../audience-condition.js'
import { audited } from '../audited.js'
import { Resource } from '../resource.js'
import { route, type Route } from '../route.js'
import { customerId, idParams, instant, json, pageQuery } from '../schemas/common.js'
import { customersFound, customerSearch } from '../schemas/customers.js'
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

const estimateBody = z.strictObject({
  when: z.unknown(),
  audienceId: z.string().min(1).max(64).optional().meta({ description: 'The audience whose condition it would become' }),
})
const guess = z.object({ estimate: z.int(), exact: z.boolean(), margin: z.int() })

const MB = 1024 * 1024
const syncBody = z.strictObject({
  mode: z.enum(['mirror', 'upsert']),
  batchId: z.string().min(1, 'Give an id that no other batch of this audience has.').max(200),
  runId: z.string().min(1).max(200).optional(),
  members: z.array(z.union([customerId, z.strictObject({ id: customerId, traits: json.optional() })])).default([]),
  remove: z.array(customerId).default([]),
  last: z.boolean().default(false),
})

/** @throws TileworkError too_large; invalid for what an upsert has not */
function checkBatch({ mode, members, remove, last, runId }: z.output<typeof syncBody>): void {
  const rows = members.length + remove.length
  if (rows > MAX_MEMBERS) {
    const message = `The batch has ${rows} rows, and may have ${MAX_MEMBERS.toLocaleString('en')}; divide it into several.`
    throw new TileworkError('too_large', message, [], { limit: MAX_MEMBERS })
  }
  const wrong = mode === 'mirror' ? undefined : last ? 'last' : runId === undefined ? undefined : 'runId'
  if (wrong) throw invalid(`/${wrong}`, 'not_available', `Only a mirror has runs; leave '${wrong}' out.`)
}

const tag = 'Audiences'
const audiences = new Resource({
  path: '/audiences',
  tag,
  kind: 'audience',
  schema: audience,
  scope: 'write',
  get: getAudience,
  // Members come and go: the size is part of the ETag, and not of what If-Match compares.
  tagOf: ({ revision, size, progress }) => `${revision}-${size}${progress ? `-${progress.done}` : ''}`,
  matchedBy: (etag) => etag.replace(/^"(\d+)-.*"$/, '"$1"'),
})

export const audienceRoutes: Route[] = [
  audiences.list({ summary: 'List audiences', query: pageQuery, find: listAudiences }),
  audiences.create({
    summary: 'Create an audience: a list of customers, or a condition that is kept up to date',
    body: audienceBody,
    documented: documentedBody,
    example: { name: 'Gold', kind: 'condition', when: { trait: 'plan', op: 'eq', value: 'gold' } },
    make: async ({ deps, workspaceId, body }, write) => {
      const when = whenOf(body.kind ?? 'list', body.when, deps.settings.eventMonths)
      const made = await write((db) => createAudience(db, workspaceId, body.name, when))
      if (when) await startOrLeave(deps, () => deps.temporal.startBuild({ workspaceId, audienceId: made.id, generation: 1 }))
      return made
    },
  }),
  // Before the audiences: `estimate` is no audience's id.
  route({
    method: 'post',
    path: '/audiences/estimate',
    scope: 'read',
    tag,
    summary: 'Estimate how many customers a condition holds for now, and how it would change an audience',
    description:
      'Exact up to 10,000 customers; of more, 2,000 are drawn by lot, and 19 times of 20 the true number is within `margin`. With `audienceId` those who are in that audience and those who are not are judged apart: `joins` would come in, `leaves` would go out.',
    body: estimateBody,
    documented: estimateBody.extend({ when: conditionSchema }),
    example: { when: { event: 'purchase', op: 'performed', within: 'P30D' } },
    answer: {
      status: 200,
      description: 'The estimate',
      schema: guess.extend({ total: z.int(), joins: guess.optional(), leaves: guess.optional() }).meta({ id: 'AudienceEstimate' }),
    },
    handler: async ({ deps: { db, settings }, workspaceId, body: { when: given, audienceId } }) => {
      const changed = audienceId === undefined ? undefined : await getAudience(db, workspaceId, audienceId)
      if (changed?.kind === 'list') throw invalid('/audienceId', 'not_available', 'A list has no condition that could be changed.')
      const when = parseWhen(given, settings.eventMonths)
      const { id, name } = changed ?? { id: '', name: '' }
      await checkNames(db, workspaceId, { id, name, when })
      return { body: await (changed ? estimateChange(db, workspaceId, when, id) : estimateAudience(db, workspaceId, when)) }
    },
  }),
  audiences.read({ summary: 'Read an audience' }),
  audiences.replace({
    summary: 'Rename an audience, or change its condition: then every customer is judged anew',
    body: audienceBody,
    documented: documentedBody,
    example: { name: 'Gold', when: { trait: 'plan', op: 'in', value: ['gold', 'platinum'] } },
    change: async (call, write) => {
      const { deps, workspaceId, params, body } = call
      const { kind } = await audiences.find(call)
      if (body.kind !== undefined && body.kind !== kind)
        throw invalid('/kind', 'not_available', `An audience stays a ${kind}; leave 'kind' out, or make another audience.`)
      const when = body.when === undefined ? undefined : whenOf(kind, body.when, deps.settings.eventMonths)
      const input = { name: body.name, ...(when && { when }) }
      const build = await write((db) => changeAudience(db, workspaceId, params.id, input))
      if (build) await startOrLeave(deps, () => deps.temporal.startBuild(build))
      return audiences.find(call)
    },
  }),
  audiences.remove({
    summary: 'Delete an audience that no live orchestration and no other audience names',
    problems: [409],
    remove: deleteAudience,
  }),
  route({
    method: 'get',
    path: '/audiences/{id}/members',
    scope: 'read',
    tag,
    summary: 'List who is in an audience, by id; or find some by how their id, email or name begins',
    params: idParams,
    query: pageQuery.extend({ q: customerSearch }),
    answer: { status: 200, description: 'A page', schema: customersFound },
    handler: async ({ deps, workspaceId, params, query }) => ({
      body: await listCustomers(deps.db, workspaceId, { ...query, audienceId: params.id }),
    }),
  }),
  route({
    method: 'post',
    path: '/audiences/{id}/members',
    scope: 'write',
    tag,
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
      return audiences.show(call, await audiences.find(call))
    },
  }),
  route({
    method: 'post',
    path: '/audiences/{id}/members/sync',
    scope: 'write',
    tag,
    summary: 'Take a batch of a source that keeps a list, such as a reverse-ETL tool',
    description:
      'A batch is taken once: the same `batchId` again gets the first answer and changes nothing. `upsert` adds `members` and takes out `remove`. ' +
      'With `mirror` the list becomes those whom the batches of a run name: at the batch with `last`, all others leave.',
    params: idParams,
    body: syncBody,
    example: { mode: 'mirror', batchId: 'run-7/1', members: ['ada', { id: 'bob', traits: { plan: 'gold' } }], last: true },
    limit: 32 * MB,
    answer: {
      status: 200,
      description: 'What the batch did',
      schema: z.object({ batchId: z.string(), added: z.int(), removed: z.int() }).meta({ id: 'AudienceSync' }),
    },
    handler: async (call) => {
      const { deps, workspaceId, actor, requestId, params, body } = call
      checkBatch(body)
      const members = body.members.map((member) =>
        typeof member === 'string' ? { id: member } : { id: member.id, ...(member.traits && { traits: member.traits }) },
      )
      const answer = await takeBatch(deps.db, { workspaceId, audienceId: params.id }, { ...body, members }, (tx, detail) =>
        audit(tx, { workspaceId, actor, requestId, action: 'audience.sync', subject: params.id, detail: { ...detail, mode: body.mode } }),
      )
      deps.wakeRouter?.()
      return { body: answer }
    },
  }),
]
