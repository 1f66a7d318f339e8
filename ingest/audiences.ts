import type { AudienceIndex, Changed, Indexed } from '../model/audiences.js'
import { look } from '../model/condition.js'
import { countOne, countPage, lockCustomer, readCustomers, type Count, type Judged } from '../store/audiences-customers.js'
import { currentRevision, holdDefinitions, indexAt } from '../store/audiences-index.js'
import { writeVerdicts, type Verdict } from '../store/audiences-members.js'
import type { Db } from '../store/db.js'
import { CHANGE, whatChanged, type StoredEvent } from '../store/events.js'
import { addTally } from '../store/facts.js'
import type { Around } from '../store/imports.js'

/** What judging audiences needs. */
export interface AudienceDeps {
  db: Db
  /** The instant to judge for; the database's clock when absent. */
  now?: () => Promise<Date>
}

/** Whose audiences. */
export interface Whose {
  workspaceId: string
  customerId: string
}

/**
 * Called after something of a customer changed and was committed: judges the audiences by condition that depend on it, and those that depend
 * on these. One indexed query when there are none. Harmless to repeat.
 * @returns how many were judged
 */
export async function audiencesChanged(deps: AudienceDeps, whose: Whose, changed: Changed): Promise<number> {
  const { db } = deps
  const revision = await currentRevision(db, whose.workspaceId, whose.customerId)
  if (revision === 0) return 0
  const index = await indexAt(db, whose.workspaceId, revision)
  if (index.affected(changed).length === 0) return 0
  const now = await deps.now?.()
  return db.tx((tx) => judgeAgain(tx, whose, changed, now))
}

/**
 * Changes traits of a customer and judges the audiences that depend on them, in one transaction: neither is there without the other.
 * @param merge changes them and answers the names of those that changed
 * @returns how many audiences were judged
 */
export async function changeTraits(deps: AudienceDeps, whose: Whose, merge: (tx: Db) => Promise<readonly string[]>): Promise<number> {
  const now = await deps.now?.()
  return deps.db.tx(async (tx) => {
    // Before the merge locks the customer.
    const revision = await holdDefinitions(tx, whose.workspaceId)
    const traits = await merge(tx)
    if (revision === 0 || traits.length === 0) return 0
    const index = await indexAt(tx, whose.workspaceId, revision)
    return index.affected({ traits }).length === 0 ? 0 : judgeAgain(tx, whose, { traits }, now)
  })
}

/**
 * Lets rows be merged into many profiles and judges those that changed by all audiences, as a page: the router does not hear of each.
 * @param now the instant to judge for; the database's clock when absent
 */
export const judgingAround =
  (now?: Date): Around =>
  async (tx, workspaceId, merge) => {
    // Before the merge locks customers.
    const revision = await holdDefinitions(tx, workspaceId)
    const merged = await merge(revision > 0)
    if (revision === 0) return merged
    const index = await indexAt(tx, workspaceId, revision)
    const customers = await readCustomers(tx, workspaceId, [...new Set([...merged.made, ...merged.changed])], { now })
    const count = countPage(tx, customers)
    const verdicts: Verdict[] = []
    for (const customer of customers) verdicts.push(...(await judgeCustomer(index, customer, index.inOrder, count)).verdicts)
    await writeVerdicts(tx, workspaceId, verdicts)
    return merged
  }

/** What an event, or a noted change, says that changed. */
export function changeBy(event: Pick<StoredEvent, 'type' | 'event' | 'properties'>): Changed {
  if (event.type !== CHANGE) return { event: event.event }
  const { traits, joined, left } = whatChanged(event)
  const moved = joined ?? left
  return { ...(traits && { traits }), ...(moved && { audiences: [moved.audienceId] }) }
}

async function judgeAgain(tx: Db, { workspaceId, customerId }: Whose, changed: Changed, now: Date | undefined): Promise<number> {
  const { customer, revision } = await lockCustomer(tx, workspaceId, customerId, now)
  const index = await indexAt(tx, workspaceId, revision)
  const { verdicts, judged } = await judgeCustomer(index, customer, index.affected(changed), countOne(tx))
  await writeVerdicts(tx, workspaceId, verdicts)
  return judged
}

/**
 * Judges a customer by some audiences, and by those that depend on what changes by that: each once, behind those that it names.
 * @returns what changed, and how many audiences were judged
 */
export async function judgeCustomer(
  index: AudienceIndex,
  customer: Judged,
  audiences: readonly Indexed[],
  count: Count,
): Promise<{ verdicts: Verdict[]; judged: number }> {
  const verdicts: Verdict[] = []
  const queue = [...audiences]
  for (const audience of queue) {
    const verdict = await judgeOne(audience, customer, count)
    if (!verdict) continue
    verdicts.push(verdict)
    if (verdict.inside === undefined) continue
    customer.facts.audiences[audience.id] = verdict.inside
    const behind = queue.splice(queue.indexOf(audience) + 1)
    queue.push(...index.order([...new Set([...behind, ...index.affected({ audiences: [audience.id] })])]))
  }
  return { verdicts, judged: queue.length }
}

/** Judges a customer by one audience; undefined: nothing changed. */
export async function judgeOne({ id, when, reads }: Indexed, customer: Judged, count: Count): Promise<Verdict | undefined> {
  const { facts, dues, customerId } = customer
  for (const query of reads.counts) if (!(query.key in facts.events)) addTally(facts, query, await count(customer, query))
  const { holds, changes = null } = look(when, facts)
  const moves = holds !== (facts.audiences[id] === true)
  const waits = changes !== (dues[id] ?? null)
  if (!moves && !waits) return undefined
  return { customerId, audienceId: id, ...(moves && { inside: holds }), ...(waits && { due: changes }) }
}
