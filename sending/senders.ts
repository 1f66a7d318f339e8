import { LRUCache } from 'lru-cache'
import { callWebhook } from '../destinations/webhook/index.js'
import { SendError, type Vendors } from '../destinations/index.js'
import { renderAction } from '../destinations/render.js'
import { scopeOf, secretsIn, type TemplateScope } from '../destinations/templates.js'
import type { Tile } from '../tiles/index.js'
import type { Cipher } from '../store/cipher.js'
import type { Db } from '../store/db.js'
import type { DeliveryFacts } from '../store/deliveries.js'
import { openDestination } from '../store/destinations.js'
import { remember } from '../store/remember.js'
import { secretsByName, secretValue } from '../store/secrets.js'

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
}

/** One attempt to send. */
export interface Sending {
  key: string
  member: Sendee
  tileId: string
  facts: DeliveryFacts
  timeoutMs: number
}

/** What a send that was taken leaves in the ledger, and for later tiles. */
export interface Sent {
  vendorId?: string
  answer?: unknown
  output?: unknown
}

/** How a tile sends. */
export interface Sender {
  destinationId: string | null
  action: string
  /** Whether a repeat with the same key has its effect once. */
  dedupes: boolean
  /** @throws SendError */
  send(sending: Sending): Promise<Sent>
}

/** Finds what a tile sends through. A destination that is gone is an error of the send, so that the member parks. */
export async function prepare(deps: SenderDeps, workspaceId: string, tile: DeliverTile): Promise<Sender> {
  return tile.type === 'webhook' ? webhookSender(deps, tile) : actionSender(deps, workspaceId, tile)
}

async function actionSender(deps: SenderDeps, workspaceId: string, tile: Extract<Tile, { type: 'action' }>): Promise<Sender> {
  const { destinationId, action, fields } = tile.config
  const destination = await opened(deps, workspaceId, destinationId)
  const vendor = destination && deps.vendors.get(destination.type)
  const send = async ({ key, member, facts, timeoutMs }: Sending): Promise<Sent> => {
    const act = vendor?.actions[action]
    if (!vendor || !act)
      throw new SendError(
        'permanent',
        'no_destination',
        `There is no destination ${destinationId} with an action '${action}'. Mend it, then retry.`,
      )
    const rendered = renderAction(vendor, action, fields, scoped(member, facts))
    return act.send({
      key,
      workspaceId,
      memberId: member.memberId,
      tileId: tile.id,
      customerId: facts.customerId,
      config: destination.config,
      secrets: destination.secrets,
      fields: rendered,
      signal: AbortSignal.timeout(timeoutMs),
      outboundAllow: deps.outboundAllow,
    })
  }
  return { destinationId, action, dedupes: vendor?.dedupes ?? true, send }
}

type Opened = Awaited<ReturnType<typeof openDestination>>

/** How long a destination is kept in memory: a change of it is felt within a second, in ms. */
const KEPT_MS = 1_000
const kept = new WeakMap<SenderDeps, LRUCache<string, Promise<Opened>>>()

function opened(deps: SenderDeps, workspaceId: string, id: string): Promise<Opened> {
  let cache = kept.get(deps)
  if (!cache) kept.set(deps, (cache = new LRUCache({ max: 500, ttl: KEPT_MS })))
  return remember(cache, `${workspaceId}|${id}`, () => openDestination(deps.db, deps.cipher, workspaceId, id))
}

function webhookSender(deps: SenderDeps, tile: Extract<Tile, { type: 'webhook' }>): Sender {
  const { config } = tile
  return {
    destinationId: null,
    action: 'webhook',
    // The receiver dedupes by webhook-id.
    dedupes: true,
    send: async ({ key, member, facts, timeoutMs }) => {
      const { workspaceId } = member
      const { saved, status } = await callWebhook({
        key,
        method: config.method,
        url: config.url,
        headers: config.headers,
        body: config.body,
        save: config.save,
        signingSecret: config.sign ? await signingSecret(deps, workspaceId, config.secretId!) : undefined,
        scope: scoped(member, facts),
        secrets: await secretsByName(deps.db, deps.cipher, workspaceId, secretsIn(Object.values(config.headers))),
        ids: { memberId: member.memberId, customerId: facts.customerId, orchestrationId: member.journeyId, tileId: tile.id },
        signal: AbortSignal.timeout(timeoutMs),
        outboundAllow: deps.outboundAllow,
      })
      return { answer: { status }, ...(config.save && { output: saved }) }
    },
  }
}

async function signingSecret(deps: SenderDeps, workspaceId: string, id: string): Promise<string> {
  const value = await secretValue(deps.db, deps.cipher, workspaceId, id)
  if (value === undefined) throw new SendError('permanent', 'no_secret', `There is no secret ${id} to sign with. Make it, then retry.`)
  return value
}

const scoped = ({ memberId, journeyId }: Sendee, facts: DeliveryFacts): TemplateScope => scopeOf({ ...facts, memberId, journeyId })
