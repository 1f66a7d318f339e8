import { conditionReads, type Condition } from '../model/condition.js'
import type { Db } from '../store/db.js'
import type { StoredEvent } from '../store/events.js'
import { judge, type FactsOf } from '../store/facts.js'
import { liveMembers, type LiveMember } from '../store/members.js'
import { eventsSinceArrival, looksElsewhere, meetCondition, meetWait, type SeenEvent } from '../store/steps.js'
import { versionOf } from '../store/versions.js'
import type { Temporal } from '../temporal/client.js'
import type { Settings, WaitConfig } from '../tiles/index.js'
import { mayMove } from '../tiles/wait/decide.js'
import { rearm } from './rearm.js'
import { takeOut } from './take-out.js'

/** What reacting needs. */
export interface ReactDeps {
  db: Db
  temporal: Pick<Temporal, 'send'>
}

/** A member at a wait. */
export type Waiting<K extends WaitConfig['kind'] = WaitConfig['kind']> = LiveMember & {
  wait: Extract<WaitConfig, { kind: K }>
  settings: Settings
}

/** What judging a member's wait reads by: the zone in force is the wait's, the customer's or the settings'. */
const judging = (member: Waiting): FactsOf => ({ ...member, ...(member.wait.timezone !== undefined && { timezone: member.wait.timezone }) })

/**
 * Called after a customer's traits or audiences changed: exit criteria and goals that hold now take members out, condition waits that hold
 * are met, waits that depend on a trait or a time zone are re-armed. One indexed query when the customer is in no orchestration. Harmless to repeat.
 * @throws TileworkError unavailable when Temporal cannot be reached: call again
 */
export async function customerChanged(deps: ReactDeps, workspaceId: string, customerId: string): Promise<void> {
  for (const member of await liveMembers(deps.db, workspaceId, customerId)) {
    if (await takeOut(deps, member)) continue
    const waiting = await waitOf(deps.db, member)
    if (!waiting) continue
    const met = isAt(waiting, 'condition') && (await checkCondition(deps, waiting))
    if (!met && mayMove(waiting.wait)) await rearm(deps, waiting)
  }
}

/**
 * Called after another customer became this one: as when a customer changed, and with all events of both, each may have become another's: criteria,
 * conditions and event waits look at those received since the member entered, or arrived. Harmless to repeat.
 */
export async function customerMerged(deps: ReactDeps, workspaceId: string, customerId: string): Promise<void> {
  for (const member of await liveMembers(deps.db, workspaceId, customerId)) {
    if (await takeOut(deps, member, 'any')) continue
    const waiting = await waitOf(deps.db, member)
    if (!waiting) continue
    const met = isAt(waiting, 'condition')
      ? await checkCondition(deps, waiting)
      : isAt(waiting, 'event') && (await checkPast(deps, waiting))
    if (!met && mayMove(waiting.wait)) await rearm(deps, waiting)
  }
}

/**
 * Takes out the members of a customer whom an event takes out, and meets the waits that it ends: event waits that the member arrived at before
 * the event was received, and condition waits that ask for such events. The event is committed before the members are read, and a member's
 * arrival before it reads the events: one of the two sees the other.
 */
export async function eventReceived(deps: ReactDeps, workspaceId: string, event: StoredEvent): Promise<void> {
  for (const member of await liveMembers(deps.db, workspaceId, event.customerId)) {
    if (event.receivedAt >= member.enteredAt && (await takeOut(deps, member, event))) continue
    const waiting = await waitOf(deps.db, member)
    if (!waiting) continue
    if (isAt(waiting, 'event')) await checkEvent(deps, waiting, event)
    else if (isAt(waiting, 'condition') && counts(waiting.wait.when, event.event)) await checkCondition(deps, waiting)
  }
}

const counts = (condition: Condition, event: string): boolean => conditionReads(condition).events.some((query) => query.event === event)

/** A member with the wait that it may be at. */
async function waitOf(db: Db, member: LiveMember): Promise<Waiting | undefined> {
  if (!member.waits) return undefined
  const { tiles, settings } = await versionOf(db, member.journeyId, member.version)
  const tile = tiles.get(member.tileId)
  return tile?.type === 'wait' ? { ...member, wait: tile.config, settings } : undefined
}

const isAt = <K extends WaitConfig['kind']>(member: Waiting, kind: K): member is Waiting<K> => member.wait.kind === kind

/** Recorded first, for the templates and conditions of the tiles behind read it; a repeat by the same event tells the member again. */
async function checkEvent(deps: ReactDeps, member: Waiting<'event'>, event: SeenEvent): Promise<boolean> {
  const { memberId, tileId: tile, visit, wait } = member
  if (wait.event !== event.event || event.receivedAt < member.arrivedAt) return false
  if (wait.where && !(await judge(deps.db, judging(member), wait.where, event.properties)).holds) return false
  const output = { event: event.event, properties: event.properties }
  const met = await meetWait(deps.db, { memberId, tile, visit, eventId: event.id, output })
  if (met) await deps.temporal.send(memberId, { kind: 'wake', tile, visit, port: 'met' })
  return met
}

/** Whether an event that was received since the arrival meets the wait: the first that does. */
async function checkPast(deps: ReactDeps, member: Waiting<'event'>): Promise<boolean> {
  const { memberId, tileId: tile, visit, wait } = member
  for (let after: string | undefined; ;) {
    const events = await eventsSinceArrival(deps.db, { memberId, tile, visit, event: wait.event, ...(after !== undefined && { after }) })
    for (const event of events) if (await checkEvent(deps, member, event)) return true
    if (events.length === 0) return false
    after = events.at(-1)!.id
  }
}

/** Whether the condition holds. Recorded only if the member could be told: else the condition may hold no more when it is tried again. */
async function checkCondition(deps: ReactDeps, member: Waiting<'condition'>): Promise<boolean> {
  const { memberId, tileId: tile, visit, wait } = member
  const judged = await judge(deps.db, judging(member), wait.when)
  if (!judged.holds) {
    // With other data, time alone may meet it at another instant than the member looks at.
    const { look } = judged
    if (look !== undefined && (await looksElsewhere(deps.db, { memberId, tile, visit }, 'waitLook', look)))
      await deps.temporal.send(memberId, { kind: 'look' })
    return false
  }
  await deps.db.tx(async (tx) => {
    await meetCondition(tx, { memberId, tile, visit }, judged.reads)
    await deps.temporal.send(memberId, { kind: 'wake', tile, visit, port: 'met' })
  })
  return true
}
