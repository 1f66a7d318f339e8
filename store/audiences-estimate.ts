import { conditionReads, look, type Condition } from '../model/condition.js'
import { countPage, readCustomers } from './audiences-customers.js'
import type { Db } from './db.js'
import { addTally } from './facts.js'

/** How many customers a condition holds for now. */
export interface Estimate {
  estimate: number
  /** Customers that there are. */
  total: number
  /** Every customer was judged. */
  exact: boolean
  /** The true number is at most so far from the estimate, 19 times of 20. */
  margin: number
}

/** Most customers that are all judged. */
const ALL = 10_000
/** How many are drawn by lot where there are more. */
const SAMPLE = 2_000
/** Customers that are read at a time. */
const PAGE = 1_000
/** Of the normal distribution: within so many deviations lie 95 %. */
const Z = 1.96

/** Judges all customers, or where there are more than 10,000 a random sample of 2,000, without locks: as they are just now. */
export async function estimateAudience(db: Db, workspaceId: string, when: Condition): Promise<Estimate> {
  const [row] = await db.hot<{ total: number }>('select count(*)::int as total from customer where workspace_id = $1', [workspaceId])
  const { total } = row!
  const exact = total <= ALL
  const ids = await drawn(db, workspaceId, exact ? 1 : (1.1 * SAMPLE) / total)
  const holds = await countHolding(db, workspaceId, when, exact ? ids : shuffled(ids).slice(0, SAMPLE))
  const judged = exact ? ids.length : Math.min(ids.length, SAMPLE)
  if (exact || judged === 0) return { estimate: holds, total: exact ? judged : total, exact, margin: 0 }
  return { ...projected(holds, judged, total), total, exact }
}

/** From a sample to all, by Wilson's score interval: it has a width also when all or none of the sample hold. */
function projected(holds: number, judged: number, total: number): Pick<Estimate, 'estimate' | 'margin'> {
  const share = holds / judged
  const scale = 1 + Z ** 2 / judged
  const middle = (share + Z ** 2 / (2 * judged)) / scale
  const half = (Z * Math.sqrt((share * (1 - share)) / judged + Z ** 2 / (4 * judged ** 2))) / scale
  const width = Math.max(middle + half - share, share - (middle - half))
  return { estimate: Math.round(share * total), margin: Math.ceil(width * total) }
}

/** Ids of customers, each with the same chance: one walk over an index, no row is read. */
async function drawn(db: Db, workspaceId: string, chance: number): Promise<string[]> {
  const rows = await db.hot<{ id: string }>('select id from customer where workspace_id = $1 and random() < $2::float8', [
    workspaceId,
    chance,
  ])
  return rows.map(({ id }) => id)
}

function shuffled<T>(items: T[]): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1))
    ;[items[last], items[other]] = [items[other]!, items[last]!]
  }
  return items
}

async function countHolding(db: Db, workspaceId: string, when: Condition, ids: readonly string[]): Promise<number> {
  const { audiences, events } = conditionReads(when)
  let holding = 0
  for (let from = 0; from < ids.length; from += PAGE) {
    const customers = await readCustomers(db, workspaceId, ids.slice(from, from + PAGE), { audiences })
    const count = countPage(db, customers)
    for (const customer of customers) {
      for (const query of events) addTally(customer.facts, query, await count(customer, query))
      if (look(when, customer.facts).holds) holding++
    }
  }
  return holding
}
