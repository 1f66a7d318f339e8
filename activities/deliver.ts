import { Context } from '@temporalio/activity'
import type { Arrival, Decision, StepReply } from '../engine/host.js'
import { SendError } from '../destinations/vendor.js'
import type { RouteRetry } from '../model/route.js'
import {
  beginDelivery,
  deliveryKey,
  endDelivery,
  endDeliveryAndStep,
  nextAttemptAt,
  type DeliveryEnd,
  type DeliveryFacts,
} from '../store/deliveries.js'
import { standing } from '../store/criteria.js'
import { versionOf } from '../store/versions.js'
import { criteriaOf } from '../tiles/criteria.js'
import { settlesUnknown, unknownBy, verdictOn, type Verdict } from '../tiles/failure.js'
import type { Settings, Tile } from '../tiles/index.js'
import type { DeliverActivities, MemberRef } from '../workflows/api.js'
import type { ReactingDeps } from './deps.js'
import { againAt, leaveTo, type Left } from './leave.js'
import { leaveBy } from './member.js'
import { blindStep, makeStep, watched } from './step.js'
import { admit, REASONS, type Leave, type Reach } from '../sending/admit.js'
import { Breaker, isUnwell } from '../sending/breaker.js'
import { apart } from '../sending/pace.js'
import { prepare, type DeliverTile, type Sender, type SenderDeps, type Sent } from '../sending/senders.js'

export interface DeliverDeps extends ReactingDeps, SenderDeps {
  /** Those of the product when absent. */
  breaker?: Breaker
}

type Delivering = DeliverDeps & { breaker: Breaker }

/** The deliveries of a member: the regular activities, each attempt of which passes the gate. */
export function deliverActivities(options: DeliverDeps): DeliverActivities {
  const deps = { ...options, breaker: options.breaker ?? new Breaker(options.db) }
  return {
    deliver: async (member, arrival) => walkOn(deps, member, arrival, await deliver(deps, member, arrival)),
  }
}

/** The step behind, when the workflow asked for it, the member leaves by `next`, and the end of the delivery has not brought it along. */
async function walkOn(deps: Delivering, member: MemberRef, arrival: Arrival, reply: StepReply): Promise<StepReply> {
  const onward = onwardBy(arrival, reply)
  if (!onward || (reply.do === 'go' && reply.onward)) return reply
  return { ...reply, onward: await makeStep(deps, member, onward) } as StepReply
}

/** The arrival at the visit behind, if the reply leads there. */
const onwardBy = ({ tile, visit, onward }: Arrival, reply: StepReply): Arrival | undefined =>
  onward && reply.do === 'go' && reply.port === 'next' ? { ...onward, from: { tile, visit, port: 'next' } } : undefined

/** One attempt as it is on record. */
interface Attempt extends Left {
  deps: Delivering
  member: MemberRef
  arrival: Arrival
  tile: DeliverTile
  /** Of the orchestration, in the version that the member walks. */
  settings: Settings
  retry: RouteRetry
  timeoutMs: number
  number: number
  /** When time alone may take the member out, ms: it is tried again then at the latest. */
  look: number | undefined
  /** What it renders, without secrets; absent of one that was lost. */
  rendered?: Record<string, string>
}

async function deliver(deps: Delivering, member: MemberRef, arrival: Arrival): Promise<StepReply> {
  const version = await versionOf(deps.db, member.journeyId, member.version)
  const tile = deliverTile(version.tiles.get(arrival.tile), arrival.tile)
  const routeTile = version.route.tiles[tile.id]!
  const now = await deps.now?.()
  const { leaving, look } = await standing(deps.db, { ...member, tileId: tile.id, ...(now && { now }) }, version)
  if (leaving) {
    await leaveBy(deps, member, leaving)
    return { do: 'gone', reason: leaving.reason }
  }
  if (criteriaOf(version.settings).length > 0) await keepBackingOff(deps, member, arrival, look)
  const sender = await prepare(deps, member.workspaceId, tile)
  const { settings } = version
  const ahead = sender.reach && { ...sender.reach, ...askedBy(member, arrival), settings, ...(now && { now }) }
  const left = await leaveTo(deps, { sender, ahead, look })
  const of = { deps, member, arrival, tile, settings, retry: routeTile.retry!, timeoutMs: routeTile.timeoutMs!, look, ...left }
  return watched(await attempt(of, sender), look)
}

/** Goes on backing off when a look has cut it short and found that the member stays. Only within one activity: whoever starts another wants an attempt. */
async function keepBackingOff(deps: DeliverDeps, member: MemberRef, arrival: Arrival, look: number | undefined): Promise<void> {
  if (Context.current().info.attempt === 1) return
  const due = await nextAttemptAt(deps.db, member.memberId, arrival)
  const now = await nowOf(deps)
  if (due !== undefined && due > now) throw againAt('backing_off', 'The next attempt is not due yet.', now, due, look)
}

/** What it is by the clock of the deliveries, ms. */
const nowOf = async ({ now }: Pick<DeliverDeps, 'now'>): Promise<number> => (await now?.())?.getTime() ?? Date.now()

/** Passes the gate, sends, and decides what a failure means. */
async function attempt(of: Omit<Attempt, 'number'>, sender: Sender): Promise<StepReply> {
  const { deps, member, arrival, tile } = of
  const begun = await beginDelivery(deps.db, {
    memberId: member.memberId,
    journeyId: member.journeyId,
    arrival,
    destinationId: sender.destinationId,
    action: sender.action,
    ...(deps.now && { now: await deps.now() }),
  })
  if (begun.do === 'done') return begun.decision
  if (begun.do !== 'send') return begun
  if (begun.ambiguous && settlesUnknown(tile, sender.dedupes)) {
    const error = lost()
    return settle({ ...of, number: begun.attempt }, unknownBy(tile, error.code), error)
  }
  const { rendered, send } = await sender.compose({
    key: deliveryKey(member.memberId, arrival),
    member,
    tileId: tile.id,
    facts: begun.facts,
    timeoutMs: of.timeoutMs,
    settings: of.settings,
  })
  const made: Attempt = { ...of, number: begun.attempt, rendered }
  const leave = sender.reach && (await askLeave(made, sender.reach, begun.facts))
  if (leave && leave.do !== 'send') return keptBack(made, leave)
  if (!of.turn) return putOff(made, await nowOf(deps), TURNLESS)
  try {
    return await succeed(made, await watchedSend(made, sender, send))
  } catch (error) {
    if (!(error instanceof SendError)) throw error
    return failed(made, error, sender.dedupes)
  }
}

/** Who asks whether a message may go. */
const askedBy = ({ memberId, workspaceId, customerId }: MemberRef, arrival: Arrival) => ({
  key: deliveryKey(memberId, arrival),
  memberId,
  workspaceId,
  customerId,
})

/** Whether a message may reach the customer now. */
function askLeave({ deps, member, arrival, settings, rendered }: Attempt, reach: Reach, facts: DeliveryFacts): Promise<Leave> {
  const { customerId, traits, now } = facts
  const of = { ...reach, ...askedBy(member, arrival), customerId, address: rendered?.to, settings, traits, now }
  return admit(deps, { ...of, clocked: deps.now !== undefined })
}

async function watchedSend({ deps, probing }: Attempt, { destinationId, perSecond }: Sender, send: () => Promise<Sent>): Promise<Sent> {
  if (destinationId === null) return send()
  if (perSecond !== undefined) await apart(destinationId, perSecond)
  return deps.breaker.watch(destinationId, probing, send)
}

function deliverTile(tile: Tile | undefined, id: string): DeliverTile {
  if (tile?.type === 'action' || tile?.type === 'webhook') return tile
  throw new Error(`Tile ${id} does not send.`)
}

/** An attempt that began and never told how it ended: its worker was lost. */
const lost = (): SendError =>
  new SendError('ambiguous', 'lost', 'The worker was lost while it was sending; nobody knows whether the message left.')

const succeed = (attempt: Attempt, sent: Sent): Promise<Decision> =>
  decided(attempt, { do: 'go', port: 'next' }, { state: 'sent', ...sent })

async function failed(attempt: Attempt, error: SendError, dedupes: boolean): Promise<Decision> {
  const { tile, number, retry, probing } = attempt
  // Who tries a destination that fails does so for all, and not at the cost of an attempt.
  if (probing && isUnwell(error) && !(error.kind === 'ambiguous' && settlesUnknown(tile, dedupes))) return retryLater(attempt, error)
  const verdict = verdictOn(tile, { kind: error.kind, code: error.code, dedupes, attempt: number, maxAttempts: retry.maxAttempts })
  return verdict === 'again' ? retryLater(attempt, error) : settle(attempt, verdict, error)
}

/** The member goes on without the message, or comes back for it. Neither is an attempt or an error. */
async function keptBack(attempt: Attempt, leave: Exclude<Leave, { do: 'send' }>): Promise<Decision> {
  const told = { code: leave.reason, message: REASONS[leave.reason], ...(leave.reads && { reads: leave.reads }) }
  return leave.do === 'skip' ? decided(attempt, { do: 'go', port: 'next' }, { state: 'skipped', ...told }) : putOff(attempt, leave.at, told)
}

/** What was to keep the message back, so that it asked for no turn, is over: it comes again for one. */
const TURNLESS = { code: 'rate_limited', message: 'It waits for its turn at the destination.' }

/** @param at when it comes back, ms */
async function putOff(
  attempt: Attempt,
  at: number,
  told: { code: string; message: string; reads?: Record<string, unknown> },
): Promise<never> {
  const { deps, look } = attempt
  const now = await nowOf(deps)
  await endDelivery(deps.db, await endOf(attempt, { state: 'later', retryAt: new Date(at), ...told }))
  throw againAt(told.code, told.message, now, at, look)
}

/** Notes when the next attempt is due, and has the activity run again then, or when the member has to look. */
async function retryLater(attempt: Attempt, error: SendError): Promise<never> {
  const { deps, look, number, retry } = attempt
  const { initialMs, backoff, maxMs, maxAttempts } = retry
  const now = await nowOf(deps)
  const due = now + Math.max(Math.min(initialMs * backoff ** (number - 1), maxMs), error.retryAfterMs ?? 0)
  await endDelivery(deps.db, await endOf(attempt, { state: 'pending', retryAt: new Date(due), ...told(error) }))
  throw againAt(error.code, `${error.code}, attempt ${number} of ${maxAttempts}`, now, due, look)
}

const settle = (attempt: Attempt, { state, decision }: Exclude<Verdict, 'again'>, error: SendError): Promise<Decision> =>
  decided(attempt, decision, { state, ...told(error) })

const told = (error: SendError): { code: string; message: string; answer?: unknown } => ({
  code: error.code,
  message: error.message,
  ...(error.answer !== undefined && { answer: error.answer }),
})

type How = Omit<DeliveryEnd, 'memberId' | 'arrival' | 'attempt' | 'rendered' | 'now' | 'decision'>

/** Ends the attempt, and with it the delivery, in one round trip with the step behind where that one reads nothing. */
async function decided(attempt: Attempt, decision: Decision, how: How): Promise<Decision> {
  const { deps, member, arrival } = attempt
  const onward = onwardBy(arrival, decision)
  const step = onward && (await blindStep(deps, member, onward))
  const ended = { ...(await endOf(attempt, how)), decision }
  if (!step) {
    await endDelivery(deps.db, ended)
    return decision
  }
  const reply = await endDeliveryAndStep(deps.db, ended, step.commit)
  return reply ? ({ ...decision, onward: await step.settle(reply) } as Decision) : decision
}

async function endOf({ deps, member, arrival, number, rendered }: Attempt, how: How): Promise<DeliveryEnd> {
  const now = deps.now && { now: await deps.now() }
  return { memberId: member.memberId, arrival, attempt: number, ...(rendered && { rendered }), ...now, ...how }
}
