import { z } from 'zod'
import { feedbackUrlOf } from '../../destinations/feedback.js'
import { paceOf, repeatsOf, type Vendor } from '../../destinations/index.js'
import { errorWithout, textsIn } from '../../destinations/redact.js'
import { CHANNELS } from '../../model/channels.js'
import { TileworkError } from '../../model/errors.js'
import { audited } from '../audited.js'
import {
  createDestination,
  deleteDestination,
  getDestination,
  listDestinations,
  openDestination,
  replaceDestination,
  type Destination,
  type DestinationInput,
} from '../../store/destinations.js'
import { closeCircuit } from '../../store/circuits.js'
import { createSecret, deleteSecret, listSecrets, replaceSecret } from '../../store/secrets.js'
import { listMessages } from '../../store/sandbox.js'
import { SANDBOX_DESTINATION } from '../../store/workspaces.js'
import { pointer } from '../../model/pointer.js'
import { issuesOf } from '../../tiles/parse.js'
import type { ApiDeps } from '../deps.js'
import { Resource, withoutRevision } from '../resource.js'
import { route, type Answer, type Call, type Route } from '../route.js'
import { idParams, instant, json, pageOf, pageQuery } from '../schemas/common.js'

const tag = 'Destinations'
/** Longest that the test of a connection may take, in ms. */
const TEST_MS = 15_000

const name = z.string().trim().min(1, 'Give a name.').max(200)
const rateLimit = z
  .strictObject({
    perSecond: z
      .number('Give a number of sends a second, such as 20.')
      .min(0.01, 'Give at least 0.01.')
      .max(10_000, 'Give at most 10,000.'),
  })
  .meta({ description: "Most sends a second, over all workers. Absent: the vendor's own limit, where there is one." })
const destinationBody = z.strictObject({
  name,
  type: z.string().min(1, 'Give a type; they are listed at /destination-types.').max(64),
  config: json.default({}),
  secrets: json.optional(),
  rateLimit: rateLimit.optional(),
})
const failing = z
  .object({ since: instant, nextTryAt: instant, code: z.string(), message: z.string() })
  .meta({ description: 'Of one that fails: since when, when a member tries next, and how the last try failed' })
const feedback = z.object({ url: z.string(), ready: z.boolean(), missing: z.string().optional() }).meta({
  description: 'Of a vendor that tells what becomes of messages: where to, and whether it is heard there; in lists it is left out',
})
const destination = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    config: json,
    rateLimit: rateLimit.optional(),
    hasSecrets: z.boolean().meta({ description: 'Whether any are kept' }),
    status: z.enum(['ready', 'failing']).meta({ description: 'failing: it failed again and again, and its members wait' }),
    failing: failing.optional(),
    feedback: feedback.optional(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Destination' })
const EXAMPLE = {
  name: 'Mail',
  type: 'smtp',
  config: { host: 'smtp.example.com', port: 587, secure: false, from: 'hello@example.com' },
  secrets: { password: '…' },
}
const secretValue = z.string().min(1, 'Give a value.').max(10_000)
const secret = z.object({ id: z.string(), name: z.string(), createdAt: instant }).meta({ id: 'Secret' })

const bodyOf = ({ rateLimit, failing, ...found }: Destination): object => ({
  ...withoutRevision(found),
  ...(rateLimit && { rateLimit }),
  ...(failing && { failing }),
})
/** A destination as it is shown alone: with where its vendor tells what becomes of messages, and whether that is set up. */
async function shownAlone({ deps, workspaceId }: Call<unknown, unknown, unknown>, found: Destination): Promise<Answer> {
  const feedback = await feedbackShown(deps, workspaceId, found)
  return { body: { ...bodyOf(found), ...(feedback && { feedback }) } }
}

async function feedbackShown(
  deps: ApiDeps,
  workspaceId: string,
  { id, type }: Destination,
): Promise<z.output<typeof feedback> | undefined> {
  const vendor = deps.vendors.get(type)
  if (!vendor?.feedback) return undefined
  const opened = await openDestination(deps.db, deps.cipher, workspaceId, id)
  const missing = opened && vendor.feedback.missing(opened)
  return { url: feedbackUrlOf(deps.settings.publicUrl, id), ready: missing === undefined, ...(missing !== undefined && { missing }) }
}

function vendorOf({ vendors }: ApiDeps, type: string): Vendor {
  const vendor = vendors.get(type)
  if (vendor) return vendor
  const message = `There is no type '${type}'; choose one of ${[...vendors.keys()].join(', ')}.`
  throw new TileworkError('invalid', message, [{ path: '/type', code: 'unknown_type', message }])
}

/** @throws TileworkError invalid with the pointers of what is wrong */
function checked(deps: ApiDeps, body: z.output<typeof destinationBody>): DestinationInput {
  const vendor = vendorOf(deps, body.type)
  const parts = (['config', 'secrets'] as const).map((part) => {
    if (part === 'secrets' && body.secrets === undefined) return undefined
    const parsed = vendor[part].safeParse(body[part])
    if (parsed.success) return parsed.data as Record<string, unknown>
    const errors = issuesOf(parsed.error, body[part]).map(({ path, code, message }) => ({ path: pointer([part, ...path]), code, message }))
    throw new TileworkError('invalid', `${errors[0]!.path}: ${errors[0]!.message}`, errors)
  })
  const { rateLimit } = body
  return {
    name: body.name,
    type: body.type,
    config: parts[0]!,
    secrets: parts[1],
    rateLimit,
    limited: paceOf(vendor, rateLimit) !== undefined,
  }
}

/** Secrets over those that are kept; null takes one away. */
const merged = (kept: Record<string, unknown> = {}, given: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries({ ...kept, ...given }).filter(([, value]) => value !== null))

const destinations = new Resource({
  path: '/destinations',
  tag,
  kind: 'destination',
  schema: destination,
  scope: 'write',
  get: getDestination,
  show: shownAlone,
})

export const destinationRoutes: Route[] = [
  route({
    method: 'get',
    path: '/destination-types',
    scope: 'read',
    tag,
    summary: 'Kinds of destinations, with their settings, actions and fields',
    answer: {
      status: 200,
      description: 'All types',
      schema: z.object({
        data: z.array(
          z.object({
            type: z.string(),
            title: z.string(),
            docs: z.string().optional(),
            perSecond: z.number().optional(),
            dedupes: z.boolean(),
            idempotency: z.string(),
            config: json,
            secrets: json,
            feedback: z
              .object({ docs: z.string(), events: z.array(z.string()), setup: z.array(z.string()) })
              .optional()
              .meta({ description: 'Of a vendor that tells what becomes of messages: by which events, and what to set there' }),
            actions: z.record(
              z.string(),
              z.object({
                title: z.string(),
                channel: z
                  .enum(CHANNELS)
                  .optional()
                  .meta({ description: 'By what it reaches the customer; absent: it sends them no message' }),
                dedupes: z.boolean(),
                idempotency: z.string(),
                fields: json,
              }),
            ),
          }),
        ),
      }),
    },
    handler: ({ deps }) => Promise.resolve({ body: { data: [...deps.vendors.values()].map(describeVendor) } }),
  }),
  destinations.list({ summary: 'List destinations', query: pageQuery, find: listDestinations, brief: bodyOf }),
  destinations.create({
    summary: 'Create a destination',
    body: destinationBody,
    example: EXAMPLE,
    make: ({ deps, workspaceId, body }, write) => {
      const input = checked(deps, body)
      return write((db) => createDestination(db, deps.cipher, workspaceId, input))
    },
  }),
  destinations.read({ summary: 'Read a destination; its secrets are never shown' }),
  destinations.replace({
    summary: 'Replace a destination; secrets that are not given stay, null removes one',
    body: destinationBody,
    example: EXAMPLE,
    change: async (call, write) => {
      const { deps, workspaceId, body, expectedRevision } = call
      const before = await destinations.find(call)
      const { secrets } = body
      const kept = secrets && (await openDestination(deps.db, deps.cipher, workspaceId, before.id))?.secrets
      const input = checked(deps, secrets ? { ...body, secrets: merged(kept, secrets) } : body)
      if (input.type !== before.type) {
        const message = `This destination is of type ${before.type}; make a new one for ${input.type}.`
        throw new TileworkError('invalid', message, [{ path: '/type', code: 'immutable', message }])
      }
      // Secrets are laid over those of one revision: another's would be lost.
      const revision = expectedRevision ?? (secrets && before.revision)
      return write((db) => replaceDestination(db, deps.cipher, workspaceId, before.id, input, revision))
    },
  }),
  destinations.remove({
    summary: 'Delete a destination that no live orchestration sends through',
    problems: [409],
    remove: (db, workspaceId, id, revision) => {
      if (id === SANDBOX_DESTINATION) {
        const message = 'The sandbox is built in and cannot be deleted.'
        throw new TileworkError('wrong_state', message, [{ path: 'id', code: 'built_in', message }])
      }
      return deleteDestination(db, workspaceId, id, revision)
    },
  }),
  route({
    method: 'post',
    path: '/destinations/{id}/test',
    scope: 'write',
    tag,
    summary: 'Try the connection; nothing is sent',
    params: idParams,
    answer: {
      status: 200,
      description: 'Whether it works',
      schema: z.object({ ok: z.boolean(), code: z.string().optional(), message: z.string().optional() }),
    },
    handler: async ({ deps, workspaceId, params }) => {
      await getDestination(deps.db, workspaceId, params.id)
      const opened = (await openDestination(deps.db, deps.cipher, workspaceId, params.id))!
      const { type, config, secrets } = opened
      const { outboundAllow } = deps.settings
      const vendor = vendorOf(deps, type)
      try {
        await vendor.test({ config, secrets, signal: AbortSignal.timeout(TEST_MS), outboundAllow })
      } catch (error) {
        const { code, message } = errorWithout(error, textsIn(secrets))
        return { body: { ok: false, code, message } }
      }
      await closeCircuit(deps.db, params.id)
      return { body: { ok: true } }
    },
  }),
  route({
    method: 'get',
    path: '/secrets',
    scope: 'read',
    tag,
    summary: 'Names of secrets; their values are never shown',
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(secret) },
    handler: async ({ deps, workspaceId, query }) => ({ body: await listSecrets(deps.db, workspaceId, query) }),
  }),
  route({
    method: 'post',
    path: '/secrets',
    scope: 'write',
    tag,
    summary: 'Keep a secret, for webhook headers and signatures',
    body: z.strictObject({
      name: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, { error: 'A name has 1 to 64 letters, digits, _ and -, and begins with a letter.' }),
      value: secretValue,
    }),
    example: { name: 'crm', value: 'whsec_…' },
    answer: { status: 201, description: 'Kept', schema: secret },
    problems: [409],
    handler: async (call) => {
      const { name, value } = call.body
      const change = { action: 'secret.create', subject: ({ id }: { id: string }) => id, detail: { name } }
      return { body: await audited(call, change, (db) => createSecret(db, call.deps.cipher, call.workspaceId, name, value)) }
    },
  }),
  route({
    method: 'put',
    path: '/secrets/{id}',
    scope: 'write',
    tag,
    summary: "Replace a secret's value; what names it sends the new one from now on",
    params: idParams,
    body: z.strictObject({ value: secretValue }),
    example: { value: 'whsec_…' },
    answer: { status: 200, description: 'Replaced', schema: secret },
    handler: async (call) => {
      const { id } = call.params
      return {
        body: await audited(call, { action: 'secret.replace', subject: id }, (db) =>
          replaceSecret(db, call.deps.cipher, call.workspaceId, id, call.body.value),
        ),
      }
    },
  }),
  route({
    method: 'delete',
    path: '/secrets/{id}',
    scope: 'write',
    tag,
    summary: 'Delete a secret that no live orchestration names',
    params: idParams,
    answer: { status: 204, description: 'Deleted' },
    problems: [409],
    handler: async (call) => {
      const { id } = call.params
      await audited(call, { action: 'secret.delete', subject: id }, (db) => deleteSecret(db, call.workspaceId, id))
      return {}
    },
  }),
  route({
    method: 'get',
    path: '/sandbox/messages',
    scope: 'read',
    tag,
    summary: 'What the sandbox received, newest first',
    query: pageQuery.extend({ customerId: z.string().max(255).optional() }),
    answer: {
      status: 200,
      description: 'A page',
      schema: pageOf(
        z.object({
          id: z.string(),
          at: instant,
          customerId: z.string(),
          action: z.string(),
          fields: json,
          memberId: z.string(),
          tileId: z.string(),
        }),
      ),
    },
    handler: async ({ deps, workspaceId, query }) => ({ body: await listMessages(deps.db, workspaceId, query) }),
  }),
]

function describeVendor(vendor: Vendor): unknown {
  const { type, title, docs, perSecond, dedupes, idempotency, config, secrets, actions, feedback } = vendor
  const schemaOf = (schema: z.ZodType): unknown => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const described = Object.entries(actions).map(([id, action]) => [
    id,
    {
      title: action.title,
      ...(action.channel && { channel: action.channel }),
      ...repeatsOf(vendor, action),
      fields: schemaOf(action.fields),
    },
  ])
  return {
    type,
    title,
    ...(docs !== undefined && { docs }),
    ...(perSecond !== undefined && { perSecond }),
    dedupes,
    idempotency,
    config: schemaOf(config),
    secrets: schemaOf(secrets),
    actions: Object.fromEntries(described) as unknown,
    ...(feedback && { feedback: { docs: feedback.docs, events: feedback.events, setup: feedback.setup } }),
  }
}
