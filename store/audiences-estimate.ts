import { conditionReads, look, type Condition } from '../model/condition.js'
import { countPage, readCustomers } from './audiences-customers.js'
import type { Db } from './db.js'
import { addTally } from './facts.js'

/** How many of a crowd something is said of. */
export interface Guess {
  estimate: number
  /** Every customer of the crowd was judged. */
  exact: boolean
  /** The true number is at most so far from the estimate, 19 times of 20. */
  margin: number
}

/** How many customers a condition holds for now. */
export interface Estimate extends Guess {
  /** Customers that there are. */
  total: number
}

/** And how that would change who is in an audience. */
export interface ChangeEstimate extends Estimate {
  /** Who is not in it and would come in; who is in it and would go out. */
  joins: Guess
  leaves: Guess
}

/** Most customers that are all judged. */
const ALL = 10_000
/** How many are drawn by lot where there are more. */
const SAMPLE = 2_000
/** Customers that are read at a time. */
const PAGE = 1_000
/** Of the normal distribution: within so many deviations lie 95 %. */
const Z = 1.96

/** Customers to judge, or to draw from: the end of a statement behind `from`, with $1 the workspace, and the column of their ids. */
interface Crowd {
  from: string
  id: string
  params: string[]
}

/** Judges all customers, or where there are more than 10,000 a random sample of 2,000, without locks: as they are just now. */
export const estimateAudience = (db: Db, workspaceId: string, when: Condition): Promise<Estimate> =>
  estimate(db, workspaceId, when, { from: 'customer c where c.workspace_id = $1', id: 'c.id', params: [] })

/** The same of those who are in an audience and of those who are not, so that also few who come or go are seen among many who stay. */
export async function estimateChange(db: Db, workspaceId: string, when: Condition, audienceId: string): Promise<ChangeEstimate> {
  const params = [audienceId]
  const inside = await estimate(db, workspaceId, when, {
    from: 'audience_member m where m.workspace_id = $1 and m.audience_id = $2',
    id: 'm.customer_id',
    params,
  })
  const outside = await estimate(db, workspaceId, when, {
    from: 'customer c where c.workspace_id = $1 and not exists (select from audience_member m where m.audience_id = $2 and m.customer_id = c.id)',
    id: 'c.id',
    params,
  })
  const { total, ...joins } = outside
  return {
    estimate: inside.estimate + outside.estimate,
    total: inside.total + total,
    exact: inside.exact && outside.exact,
    margin: Math.ceil(Math.hypot(inside.margin, outside.margin)),
    joins,
    leaves: { estimate: inside.total - inside.estimate, exact: inside.exact, margin: inside.margin },
  }
}

async function estimate(db: Db, workspaceId: string, when: Condition, crowd: Crowd): Promise<Estimate> {
  const [row] = await db.hot<{ total: number }>(`select count(*)::int as total from ${crowd.from}`, [workspaceId, ...crowd.params])
  const { total } = row!
  const exact = total <= ALL
  const ids = await drawn(db, workspaceId, crowd, exact ? 1 : (1.1 * SAMPLE) / total)
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

/** Ids of a crowd, each with the same chance: one walk over an index, no row is read. */
async function drawn(db: Db, workspaceId: string, { from, id, params }: Crowd, chance: number): Promise<string[]> {
  const rows = await db.hot<{ id: string }>(`select ${id} as id from ${from} and random() < $${params.length + 2}::float8`, [
    workspaceId,
    ...params,
    chance,
  ])
  return rows.map((row) => row.id)
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
