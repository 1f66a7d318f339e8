import { z } from 'zod'
import { composeMessage, type Message } from '../../destinations/message.js'
import { hiddenSecrets, previewWebhook } from '../../destinations/render.js'
import { SendError, type Vendor } from '../../destinations/index.js'
import { scopeOf, type TemplateScope } from '../../destinations/templates.js'
import { durationMs } from '../../model/duration.js'
import { TileworkError } from '../../model/errors.js'
import { newId } from '../../model/ids.js'
import { pointer } from '../../model/pointer.js'
import { sourcesOf } from '../../sending/content.js'
import { prepare, type DeliverTile } from '../../sending/senders.js'
import { SAMPLE_TOKEN, unsubscribeUrl } from '../../sending/unsubscribe.js'
import { audit } from '../../store/audit.js'
import { destinationTypes } from '../../store/destinations.js'
import { getJourney, type Journey } from '../../store/journeys.js'
import { tileSchema } from '../../tiles/index.js'
import { issuesOf } from '../../tiles/parse.js'
import { route, type Call, type Route } from '../route.js'
import { idParams } from '../schemas/common.js'
import { versionQuery } from '../schemas/journeys.js'
import { previewBody, previewed, testSendBody, testSent, type About } from '../schemas/previews.js'
import { entryOf, subjectOf, type Subject } from '../test-run/about.js'
import { previewTemplate, problemsOf } from '../template-preview.js'
import { MEMBER } from '../test-run/walk.js'

const tag = 'Previews'
const EXAMPLE = { customer: { id: 'ada', traits: { name: 'Ada' } } }
/** Longest that a test send to a destination may take, in ms. */
const TIMEOUT_MS = 30_000

type Which = Pick<Journey, 'id' | 'name' | 'version' | 'draftVersion'> & Partial<Pick<Journey, 'settings'>>
const SOME: Which = { id: 'jrn_test', name: 'Test', version: 1, draftVersion: null }

function scopeFor(subject: Subject, { entry, tiles }: About, journey: Which, unsubscribeUrl?: string): TemplateScope {
  return scopeOf({
    customerId: subject.id,
    traits: subject.traits,
    entry: entryOf(entry),
    outputs: tiles,
    journeyId: journey.id,
    journeyName: journey.name,
    version: journey.version ?? journey.draftVersion!,
    memberId: MEMBER,
    enteredAt: Date.now(),
    ...(unsubscribeUrl !== undefined && { unsubscribeUrl }),
  })
}

type PreviewCall = Call<unknown, unknown, z.output<typeof previewBody>>

type Shown = Omit<Message, 'used'> & Partial<Pick<Message, 'used'>>

async function render({ deps, workspaceId, body }: PreviewCall, subject: Subject): Promise<Shown> {
  const journey = body.orchestrationId === undefined ? SOME : await getJourney(deps.db, workspaceId, body.orchestrationId)
  const link = body.type === 'webhook' ? undefined : unsubscribeUrl(deps.settings.publicUrl, SAMPLE_TOKEN)
  const scope = scopeFor(subject, body, journey, link)
  if (body.type === 'webhook') {
    const ids = { memberId: MEMBER, customerId: subject.id, orchestrationId: journey.id, tileId: 'tile' }
    return previewWebhook({ ...body, scope, secrets: hiddenSecrets(body.headers), ids })
  }
  if (body.type === 'template') return previewTemplate({ deps, workspaceId }, body, scope)
  const { destinationId, action = '', fields, template, linkTags, tile = { id: 'tile' } } = body
  const vendor =
    destinationId === undefined ? undefined : deps.vendors.get((await destinationTypes(deps.db, workspaceId)).get(destinationId) ?? '')
  const content = { template, linkTags: [linkTags, journey.settings?.linkTags] }
  const sources = await sourcesOf(deps.db, deps.settings.publicUrl, workspaceId, content)
  const message = composeMessage({ vendor, action, fields, scope, tile, sources })
  if (destinationId === undefined || vendor?.actions[action]) return message
  const missing = `There is no destination ${destinationId} with an action '${action}'.`
  return { ...message, faults: [{ field: 'destinationId', code: 'no_destination', message: missing }, ...message.faults] }
}

/** Where a field is in the body. */
const placeOf = (type: 'action' | 'webhook', field: string): string =>
  field === 'destinationId' || field === 'template'
    ? `/${field}`
    : field.startsWith('linkTags.')
      ? pointer(field.split(/\.(.*)/s).filter(Boolean))
      : pointer(type === 'action' ? ['fields', field] : field.split(/\.(.*)/s).filter(Boolean))

type SendCall = Call<{ id: string; tileId: string }, z.output<typeof versionQuery>, z.output<typeof testSendBody>>

/** The tile to send, whole. @throws TileworkError not_found; invalid when it does not send, or lacks something */
function sendingTile(journey: Journey, id: string): DeliverTile {
  const draft = journey.tiles.find((tile) => tile.id === id)
  if (!draft) throw new TileworkError('not_found', `Orchestration ${journey.id} has no tile '${id}' there.`)
  if (draft.type !== 'action' && draft.type !== 'webhook')
    throw new TileworkError('invalid', `Tile '${id}' sends nothing: it is of type ${draft.type}. Name one that is an action or a webhook.`)
  const parsed = tileSchema.safeParse(draft)
  if (parsed.success) return parsed.data as DeliverTile
  const errors = issuesOf(parsed.error, draft).map(({ path, code, message }) => ({ path: pointer(path), code, message, tileId: id }))
  throw new TileworkError('invalid', `Tile '${id}' cannot be sent yet: ${errors[0]!.message}`, errors)
}

/** The tile with its recipient, marked as a test. @throws TileworkError invalid at /to */
function marked(tile: DeliverTile, to: string | undefined, vendor: Vendor | undefined): DeliverTile {
  const wrong = (message: string): TileworkError =>
    new TileworkError('invalid', `/to: ${message}`, [{ path: '/to', code: 'invalid_value', message }])
  if (tile.type === 'webhook') {
    if (to !== undefined) throw wrong('A webhook goes to its URL. Leave this out.')
    return { ...tile, config: { ...tile.config, headers: { ...tile.config.headers, 'tilework-test': 'true' } } }
  }
  const takes = vendor?.actions[tile.config.action]?.fields.shape['to'] !== undefined
  if (takes && to === undefined) throw wrong('Give whom it is sent to.')
  if (!takes && to !== undefined) throw wrong(`The action '${tile.config.action}' has no recipient. Leave this out.`)
  const fields = Object.entries(tile.config.fields).map(([name, text]) => [name, TITLES.has(name) ? `[Test] ${text}` : text])
  return { ...tile, config: { ...tile.config, fields: { ...Object.fromEntries(fields), ...(to !== undefined && { to }) } } }
}

/** Fields in which a person sees first that it is a test. */
const TITLES = new Set(['subject', 'title'])

async function testSend(call: SendCall): Promise<z.input<typeof testSent>> {
  const { deps, workspaceId, params, query, body } = call
  const { db, vendors, cipher, settings } = deps
  const which = query.version === undefined || query.version === 'draft' ? query.version : Number(query.version)
  const journey = await getJourney(db, workspaceId, params.id, which)
  const whole = sendingTile(journey, params.tileId)
  const types = await destinationTypes(db, workspaceId)
  const tile = marked(whole, body.to, whole.type === 'action' ? vendors.get(types.get(whole.config.destinationId) ?? '') : undefined)
  const subject = await subjectOf(deps, workspaceId, body.customer)
  const key = `test:${newId('req')}`
  const detail = { tileId: tile.id, customerId: subject.id, key, ...(body.to !== undefined && { to: body.to }) }
  // Before it is sent: nothing leaves that nobody answers for.
  await audit(db, { ...call, action: 'tile.test_send', subject: journey.id, detail })
  const sender = await prepare(
    { db, vendors, cipher, outboundAllow: settings.outboundAllow, publicUrl: settings.publicUrl },
    workspaceId,
    tile,
  )
  const now = Date.now()
  const facts = {
    customerId: subject.id, traits: subject.traits, entry: entryOf(body.entry), outputs: body.tiles,
    journeyName: journey.name, version: journey.version ?? journey.draftVersion!, enteredAt: now, now,
  } // prettier-ignore
  const timeoutMs = tile.type === 'webhook' ? durationMs(tile.config.timeout) : TIMEOUT_MS
  try {
    const { send } = await sender.compose({
      key,
      member: { memberId: MEMBER, workspaceId, journeyId: journey.id },
      tileId: tile.id,
      facts,
      timeoutMs,
      settings: journey.settings,
    })
    return { sent: true, key, ...((await send()) as Omit<z.input<typeof testSent>, 'sent' | 'key'>) }
  } catch (error) {
    if (!(error instanceof SendError)) throw error
    const { kind, code, message, answer } = error
    return { sent: false, key, error: { kind, code, message }, ...(answer !== undefined && { answer }) }
  }
}

export const previewRoutes: Route[] = [
  route({
    method: 'post',
    path: '/templates/preview',
    scope: 'read',
    tag,
    summary: 'Show the fields of an action or a webhook as they would be sent',
    description:
      'By the code that sends. What can be rendered is, and everything else is said at its field. A `template` is shown by itself, with everything that keeps it from being published. With `destinationId` and `action` the fields are also checked as the destination does.',
    body: previewBody,
    example: { type: 'action', fields: { subject: 'Hello {{ customer.traits.name }}' }, ...EXAMPLE },
    answer: { status: 200, description: 'Fields and problems', schema: previewed },
    problems: [404],
    handler: async (call) => {
      const { deps, workspaceId, body } = call
      const subject = await subjectOf(deps, workspaceId, body.customer)
      const { rendered, faults, used } = await render(call, subject)
      const customer = { id: subject.id, known: subject.known }
      const locale = used?.['template.locale']
      const problems =
        body.type === 'template'
          ? await problemsOf(call, body, faults)
          : faults.map((fault) => ({ path: placeOf(body.type, fault.field), ...fault }))
      return { body: { customer, rendered, problems, ...(locale !== undefined && { locale }) } }
    },
  }),
  route({
    method: 'post',
    path: '/journeys/{id}/tiles/{tileId}/test-send',
    scope: 'operate',
    tag,
    summary: 'Send what a tile sends, once, to a recipient of your choice',
    description:
      'Through the real destination, from the draft while none is live, else from the live version, or `?version`. It is marked as a test: `[Test]` before a subject or a title, a header `tilework-test: true` of a webhook, and `mem_test` as its member. No member, step or delivery is written; the audit log has who sent it. A send that fails is answered 200 with the `error`.',
    params: idParams.extend({ tileId: z.string().min(1).max(64) }),
    query: versionQuery,
    body: testSendBody,
    example: { to: 'me@example.com', ...EXAMPLE },
    answer: { status: 200, description: 'What came of it', schema: testSent },
    handler: async (call) => ({ body: await testSend(call) }),
  }),
]
