import { ApplicationFailure } from '@temporalio/common'
import type { Arrival, Decision, StepReply } from '../engine/host.js'
import { SendError } from '../destinations/vendor.js'
import type { RouteRetry } from '../model/route.js'
import { beginDelivery, deliveryKey, endDelivery } from '../store/deliveries.js'
import { versionOf } from '../store/versions.js'
import type { Tile } from '../tiles/index.js'
import type { DeliverActivities, MemberRef } from '../workflows/api.js'
import type { StepDeps } from './deps.js'
import { prepare, type DeliverTile, type SenderDeps, type Sent } from './senders.js'

export interface DeliverDeps extends StepDeps, SenderDeps {}

/** The deliveries of a member: the regular activities, each attempt of which passes the gate. */
export function deliverActivities(deps: DeliverDeps): DeliverActivities {
  return { deliver: (member, arrival, round) => deliver(deps, member, arrival, round) }
}

/** One attempt as it is on record. */
interface Attempt {
  deps: DeliverDeps
  member: MemberRef
  arrival: Arrival
  tile: DeliverTile
  retry: RouteRetry
  number: number
}

async function deliver(deps: DeliverDeps, member: MemberRef, arrival: Arrival, round: number): Promise<StepReply> {
  const version = await versionOf(deps.db, member.journeyId, member.version)
  const tile = deliverTile(version.tiles.get(arrival.tile), arrival.tile)
  const routeTile = version.route.tiles[tile.id]!
  const sender = await prepare(deps, member.workspaceId, tile)
  const begun = await beginDelivery(deps.db, {
    memberId: member.memberId,
    journeyId: member.journeyId,
    arrival,
    round,
    destinationId: sender.destinationId,
    action: sender.action,
    ...(deps.now && { now: await deps.now() }),
  })
  if (begun.do === 'done') return begun.decision
  if (begun.do !== 'send') return begun
  const attempt: Attempt = { deps, member, arrival, tile, retry: routeTile.retry!, number: begun.attempt }
  if (begun.ambiguous && !sender.dedupes && onAmbiguous(tile) !== 'resend') return unknown(attempt, lost())
  try {
    const sent = await sender.send({
      key: deliveryKey(member.memberId, arrival),
      member,
      tileId: tile.id,
      facts: begun.facts,
      timeoutMs: routeTile.timeoutMs!,
    })
    return await succeed(attempt, sent)
  } catch (error) {
    if (!(error instanceof SendError)) throw error
    return failed(attempt, error, sender.dedupes)
  }
}

function deliverTile(tile: Tile | undefined, id: string): DeliverTile {
  if (tile?.type === 'action' || tile?.type === 'webhook') return tile
  throw new Error(`Tile ${id} does not send.`)
}

const onAmbiguous = (tile: DeliverTile): 'park' | 'continue' | 'resend' =>
  tile.type === 'action' ? (tile.config.onAmbiguous ?? 'park') : 'resend'

/** An attempt that began and never told how it ended: its worker was lost. */
const lost = (): SendError =>
  new SendError('ambiguous', 'lost', 'The worker was lost while it was sending; nobody knows whether the message left.')

async function succeed(attempt: Attempt, sent: Sent): Promise<Decision> {
  const decision: Decision = { do: 'go', port: 'next' }
  await end(attempt, { state: 'sent', decision, ...sent })
  return decision
}

async function failed(attempt: Attempt, error: SendError, dedupes: boolean): Promise<Decision> {
  const ambiguous = error.kind === 'ambiguous'
  if (ambiguous && !dedupes && onAmbiguous(attempt.tile) !== 'resend') return unknown(attempt, error)
  const again = error.kind === 'retry' || ambiguous
  if (again && attempt.number < attempt.retry.maxAttempts) return retryLater(attempt, error)
  const decision = onFailure(attempt.tile, error.code)
  await end(attempt, { state: ambiguous ? 'unknown' : 'failed', decision, ...told(error) })
  return decision
}

/** Fails the activity so that Temporal runs it again, at the instant that the ledger names. */
async function retryLater(attempt: Attempt, error: SendError): Promise<never> {
  const { initialMs, backoff, maxMs, maxAttempts } = attempt.retry
  const backedOff = Math.min(initialMs * backoff ** (attempt.number - 1), maxMs)
  const delayMs = Math.max(backedOff, error.retryAfterMs ?? 0)
  await end(attempt, { state: 'pending', retryAt: new Date(Date.now() + delayMs), ...told(error) })
  throw ApplicationFailure.create({
    // Codes only: vendors' sentences may name addresses, and histories are kept.
    message: `${error.code}, attempt ${attempt.number} of ${maxAttempts}`,
    type: error.code,
    nextRetryDelay: delayMs,
  })
}

async function unknown(attempt: Attempt, error: SendError): Promise<Decision> {
  const decision: Decision = onAmbiguous(attempt.tile) === 'continue' ? { do: 'go', port: 'next' } : { do: 'park', code: error.code }
  await end(attempt, { state: 'unknown', decision, ...told(error) })
  return decision
}

function onFailure(tile: DeliverTile, code: string): Decision {
  switch (tile.config.onFailure ?? 'park') {
    case 'continue':
      return { do: 'go', port: 'next' }
    case 'branch':
      return { do: 'go', port: 'failed' }
    case 'exit':
      return { do: 'exit', reason: 'failed', converted: false }
    default:
      return { do: 'park', code }
  }
}

const told = (error: SendError): { code: string; message: string; answer?: unknown } => ({
  code: error.code,
  message: error.message,
  ...(error.answer !== undefined && { answer: error.answer }),
})

async function end(
  attempt: Attempt,
  how: Omit<Parameters<typeof endDelivery>[1], 'memberId' | 'arrival' | 'attempt' | 'now'>,
): Promise<void> {
  const { deps, member, arrival, number } = attempt
  await endDelivery(deps.db, { memberId: member.memberId, arrival, attempt: number, ...(deps.now && { now: await deps.now() }), ...how })
}
