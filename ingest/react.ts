import { evaluate, conditionReads, type Condition } from '../model/condition.js'
import type { Db } from '../store/db.js'
import { judge, loadFacts } from '../store/facts.js'
import { liveMembers, type LiveMember } from '../store/members.js'
import { meetCondition, meetWait } from '../store/steps.js'
import { versionOf } from '../store/versions.js'
import type { StoredEvent } from '../store/events.js'
import type { Temporal } from '../temporal/client.js'
import type { WaitConfig } from '../tiles/index.js'
import { due } from '../tiles/wait/decide.js'

/** What reacting needs. */
export interface ReactDeps {
  db: Db
  temporal: Pick<Temporal, 'send'>
}

type Waiting = LiveMember & { wait: WaitConfig }
type WaitOf<K extends WaitConfig['kind']> = Waiting & { wait: Extract<WaitConfig, { kind: K }> }

/**
 * Called after a customer's traits, audiences or events changed: condition waits that hold now are met, waits that depend on a trait
 * or a time zone are re-armed. One indexed query when the customer is in no orchestration.
 */
export async function customerChanged(deps: ReactDeps, workspaceId: string, customerId: string): Promise<void> {
  for (const member of await waiting(deps.db, workspaceId, customerId)) {
    if (isKind(member, 'condition')) await checkCondition(deps, member)
    else if (member.wait.kind !== 'event') await rearm(deps, member as WaitOf<'duration' | 'time' | 'date' | 'trait'>)
  }
}

/** Meets the event waits of a customer that an event ends: those that the member arrived at before the event was received. */
export async function eventReceived(deps: ReactDeps, workspaceId: string, event: StoredEvent): Promise<void> {
  for (const member of await waiting(deps.db, workspaceId, event.customerId)) {
    if (isKind(member, 'event') && (await meets(deps.db, member, event))) await meetBy(deps, member, event)
    else if (isKind(member, 'condition') && reads(member.wait.when, event.event)) await checkCondition(deps, member)
  }
}

const isKind = <K extends WaitConfig['kind']>(member: Waiting, kind: K): member is WaitOf<K> => member.wait.kind === kind

const reads = (condition: Condition, event: string): boolean => conditionReads(condition).events.some((query) => query.event === event)

async function waiting(db: Db, workspaceId: string, customerId: string): Promise<Waiting[]> {
  const members = await liveMembers(db, workspaceId, customerId)
  const found: Waiting[] = []
  for (const member of members) {
    const version = await versionOf(db, member.journeyId, member.version)
    const tile = version.tiles.get(member.tileId)
    if (tile?.type === 'wait') found.push({ ...member, wait: tile.config })
  }
  return found
}

async function meets(db: Db, member: WaitOf<'event'>, event: StoredEvent): Promise<boolean> {
  const { wait } = member
  if (wait.event !== event.event || event.receivedAt < member.arrivedAt) return false
  return !wait.where || (await judge(db, member, wait.where, event.properties)).holds
}

async function meetBy(deps: ReactDeps, member: WaitOf<'event'>, event: StoredEvent): Promise<void> {
  const { memberId, tileId: tile, visit } = member
  const output = { event: event.event, properties: event.properties }
  const met = await meetWait(deps.db, { memberId, tile, visit, eventId: event.id, output, receivedAt: event.receivedAt })
  if (met) await deps.temporal.send(memberId, { kind: 'wake', tile, visit, port: 'met' })
}

async function checkCondition(deps: ReactDeps, member: WaitOf<'condition'>): Promise<void> {
  const { memberId, tileId: tile, visit } = member
  const facts = await loadFacts(deps.db, member, conditionReads(member.wait.when))
  const judged = evaluate(member.wait.when, facts)
  if (!judged.holds) return
  await meetCondition(deps.db, { memberId, tile, visit }, judged.reads)
  await deps.temporal.send(memberId, { kind: 'wake', tile, visit, port: 'met' })
}

/** Reckons the wait anew from when it began; tells the member only when the instant is another. */
async function rearm(deps: ReactDeps, member: WaitOf<'duration' | 'time' | 'date' | 'trait'>): Promise<void> {
  const { memberId, tileId: tile, visit, wait } = member
  if (!mayMove(wait)) return
  const { settings } = await versionOf(deps.db, member.journeyId, member.version)
  const facts = await loadFacts(
    deps.db,
    { ...member, now: member.arrivedAt },
    { traits: true, entry: false, outputs: [], audiences: [], events: [] },
  )
  const { until, reads: read } = due(wait, facts, settings)
  const moved = await deps.db.one<{ moved: boolean }>(
    `update step set decision = jsonb_set(decision, '{until}', to_jsonb($4::float8)), reads = $5::jsonb
     where member_id = $1 and tile_id = $2 and visit = $3::int and decision ->> 'do' = 'wait' and (decision ->> 'until')::float8 is distinct from $4::float8
     returning true as moved`,
    [memberId, tile, visit, until ?? 0, JSON.stringify(read ?? {})],
  )
  if (moved) await deps.temporal.send(memberId, { kind: 'rearm', tile, visit, until: until ?? 0 })
}

/** A wait whose instant depends on a trait or on the customer's time zone. Hours and less are exact, an instant with an offset too. */
function mayMove(wait: WaitConfig): boolean {
  if (wait.kind === 'trait') return true
  if (wait.timezone !== undefined && wait.timezone !== 'customer') return false
  return wait.kind === 'duration' ? /^P[^T]/.test(wait.duration) : wait.kind === 'time' || wait.kind === 'date'
}
