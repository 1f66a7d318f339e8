import { LRUCache } from 'lru-cache'
import { callWebhook } from '../destinations/webhook/index.js'
import { feedbackUrlOf } from '../destinations/feedback.js'
import { countsRequests, paceOf, repeatsOf, SendError, type Vendors } from '../destinations/index.js'
import { composeMessage } from '../destinations/message.js'
import { errorWithout, textsIn, withoutSecrets } from '../destinations/redact.js'
import { hiddenIn, shownWebhook } from '../destinations/render.js'
import { scopeOf, secretsIn, type TemplateScope } from '../destinations/templates.js'
import type { Settings, Tile } from '../tiles/index.js'
import type { Cipher } from '../store/cipher.js'
import type { Db } from '../store/db.js'
import type { DeliveryFacts } from '../store/deliveries.js'
import { openDestination } from '../store/destinations.js'
import { remember } from '../store/remember.js'
import { secretsByName, secretValue } from '../store/secrets.js'
import type { Reach } from './admit.js'
import { linkToken, unsubscribeHeaders, unsubscribeUrl } from './unsubscribe.js'
import { sourcesOf } from './content.js'
import { createGatherer, type Gatherer } from './gather.js'
import { turnOfRequest } from './pace.js'
import { trackingOf } from './tracking.js'

/** For whom it is sent. */
export interface Sendee {
  memberId: string
  workspaceId: string
  journeyId: string
}

export type DeliverTile = Extract<Tile, { type: 'action' | 'webhook' }>

/** What sends need. */
export interface SenderDeps {
  db: Db
  vendors: Vendors
  cipher: Cipher
  /** CIDRs of OUTBOUND_ALLOW. */
  outboundAllow: readonly string[]
  /** Where links in messages lead: the API as others reach it, without a slash at its end. */
  publicUrl: string
  /** An address that takes unsubscriptions by email; absent: only links do. */
  unsubscribeEmail?: string
}

/** One attempt to send. */
export interface Sending {
  key: string
  member: Sendee
  tileId: string
  facts: DeliveryFacts
  timeoutMs: number
  /** Of the orchestration, in the version that the member walks. */
  settings: Settings
}

/** What a send that was taken leaves in the ledger, and for later tiles. */
export interface Sent {
  vendorId?: string
  answer?: unknown
  output?: unknown
}

/** A send that is rendered and has not begun. */
export interface Composed {
  /** As much as could be rendered, by field, without secrets; of a webhook `method`, `url`, `headers.<name>` and `body`. `template.<…>`: by which versions. */
  rendered: Record<string, string>
  /** @throws SendError, also for what could not be rendered */
  send(): Promise<Sent>
}

/** How a tile sends. */
export interface Sender {
  destinationId: string | null
  action: string
  /** Whether a repeat with the same key has its effect once. */
  dedupes: boolean
  /** Whether its circuit is open, as last read. */
  failing?: boolean
  /** What kind of message it is; absent: it reaches no customer. */
  reach?: Reach
  /** Most sends a second through it, over all workers; absent: as many as come, or as are gathered in requests that have a limit. */
  perSecond?: number
  compose(sending: Sending): Promise<Composed>
}

/** Finds what a tile sends through. A destination that is gone is an error of the send, so that the member parks. */
export async function prepare(deps: SenderDeps, workspaceId: string, tile: DeliverTile): Promise<Sender> {
  return tile.type === 'webhook' ? webhookSender(deps, tile) : actionSender(deps, workspaceId, tile)
}

async function actionSender(deps: SenderDeps, workspaceId: string, tile: Extract<Tile, { type: 'action' }>): Promise<Sender> {
  const { destinationId, action, fields, topic, transactional = false, quietHours, priority } = tile.config
  const destination = await opened(deps, workspaceId, destinationId)
  const vendor = destination && deps.vendors.get(destination.type)
  const pace = destination && paceOf(vendor, destination.rateLimit)
  const byRequest = pace !== undefined && countsRequests(vendor, action, destination?.rateLimit)
  const told = destination && vendor?.feedback !== undefined && vendor.feedback.missing(destination) === undefined
  const feedbackUrl = told ? feedbackUrlOf(deps.publicUrl, destinationId) : undefined
  const channel = vendor?.actions[action]?.channel
  const compose = async ({ key, member, facts, timeoutMs, settings }: Sending): Promise<Composed> => {
    const { template, linkTags } = tile.config
    const token = linkToken(deps.cipher, { key, channel: channel ?? 'email', topic })
    const scope = scoped(member, facts, unsubscribeUrl(deps.publicUrl, token))
    const headers = channel === 'email' && !transactional && unsubscribeHeaders(deps.publicUrl, token, deps.unsubscribeEmail)
    const sources = await sourcesOf(deps.db, deps.publicUrl, workspaceId, { template, linkTags: [linkTags, settings.linkTags] })
    const { rendered, faults, used } = composeMessage({ vendor, action, fields, scope, tile, sources })
    const kept = { ...rendered, ...used }
    if (!destination || !vendor?.actions[action])
      return { rendered: kept, send: () => Promise.reject(noDestination(destinationId, action)) }
    const send = async (): Promise<Sent> => {
      const [fault] = faults
      if (fault) throw new SendError('permanent', fault.code, fault.message)
      const through = { vendor, action, destinationId, revision: destination.revision }
      const call = {
        key,
        workspaceId,
        memberId: member.memberId,
        tileId: tile.id,
        customerId: facts.customerId,
        config: destination.config,
        secrets: destination.secrets,
        fields: rendered,
        ...(headers && { headers }),
        signal: AbortSignal.timeout(timeoutMs),
        outboundAllow: deps.outboundAllow,
        ...(byRequest && { turn: (off: AbortSignal) => turnOfRequest(deps.db, destinationId, pace, off) }),
        tracking: trackingOf(deps, key),
        ...(feedbackUrl !== undefined && { feedbackUrl }),
      }
      const hidden = textsIn(destination.secrets)
      try {
        return withoutSecrets(await sharedBy(deps).gatherer.send(through, call), hidden) as Sent
      } catch (error) {
        throw errorWithout(error, hidden)
      }
    }
    return { rendered: kept, send }
  }
  const dedupes = vendor ? repeatsOf(vendor, vendor.actions[action]).dedupes : true
  return {
    destinationId,
    action,
    dedupes,
    ...(channel && { reach: { channel, topic, transactional, quietHours, priority } }),
    ...(pace !== undefined && !byRequest && { perSecond: pace }),
    ...(destination?.failing && { failing: true }),
    compose,
  }
}

const noDestination = (id: string, action: string): SendError =>
  new SendError('permanent', 'no_destination', `There is no destination ${id} with an action '${action}'. Mend it, then retry.`)

type Opened = Awaited<ReturnType<typeof openDestination>>

/** How long a destination is kept in memory: a change of it is felt within a second, in ms. */
const KEPT_MS = 1_000

/** What all sends of a process share. */
interface Shared {
  destinations: LRUCache<string, Promise<Opened>>
  gatherer: Gatherer
}

const shared = new WeakMap<SenderDeps, Shared>()

function sharedBy(deps: SenderDeps): Shared {
  let found = shared.get(deps)
  if (!found) shared.set(deps, (found = { destinations: new LRUCache({ max: 500, ttl: KEPT_MS }), gatherer: createGatherer() }))
  return found
}

const opened = (deps: SenderDeps, workspaceId: string, id: string): Promise<Opened> =>
  remember(sharedBy(deps).destinations, `${workspaceId}|${id}`, () => openDestination(deps.db, deps.cipher, workspaceId, id))

function webhookSender(deps: SenderDeps, tile: Extract<Tile, { type: 'webhook' }>): Sender {
  const { config } = tile
  return {
    destinationId: null,
    action: 'webhook',
    // The receiver dedupes by webhook-id.
    dedupes: true,
    compose: async ({ key, member, facts, timeoutMs }) => {
      const { workspaceId } = member
      const secrets = await secretsByName(deps.db, deps.cipher, workspaceId, secretsIn(Object.values(config.headers)))
      const templates = {
        ...config,
        scope: scoped(member, facts),
        secrets,
        ids: { memberId: member.memberId, customerId: facts.customerId, orchestrationId: member.journeyId, tileId: tile.id },
      }
      const send = async (): Promise<Sent> => {
        const { saved, status } = await callWebhook({
          ...templates,
          key,
          signingSecret: config.sign ? await signingSecret(deps, workspaceId, config.secretId!) : undefined,
          signal: AbortSignal.timeout(timeoutMs),
          outboundAllow: deps.outboundAllow,
        })
        return { answer: { status }, ...(config.save && { output: saved }) }
      }
      const rendered = shownWebhook(templates)
      return {
        rendered,
        send: () =>
          send().catch((error: unknown) => {
            throw error instanceof SendError ? errorWithout(error, hiddenIn(templates)) : error
          }),
      }
    },
  }
}

async function signingSecret(deps: SenderDeps, workspaceId: string, id: string): Promise<string> {
  const value = await secretValue(deps.db, deps.cipher, workspaceId, id)
  if (value === undefined) throw new SendError('permanent', 'no_secret', `There is no secret ${id} to sign with. Make it, then retry.`)
  return value
}

const scoped = ({ memberId, journeyId }: Sendee, facts: DeliveryFacts, unsubscribeUrl?: string): TemplateScope =>
  scopeOf({ ...facts, memberId, journeyId, ...(unsubscribeUrl !== undefined && { unsubscribeUrl }) })
