import { countOne, dueWorkspaces, lockDue, readCustomers } from '../store/audiences-customers.js'
import { holdDefinitions, indexAt } from '../store/audiences-index.js'
import { rollUpSizes, writeVerdicts } from '../store/audiences-members.js'
import type { Db } from '../store/db.js'
import { judgeCustomer, type AudienceDeps } from './audiences.js'

/** How often it looks unless told, in ms. */
const EVERY_MS = 500
/** Customers that one transaction judges. */
const PAGE = 100
/** How often the sizes of audiences are rolled up, in ms. */
const SIZES_MS = 10_000

/**
 * Judges the customers whom time alone may have brought into an audience or out of one: a date came into its window, an event is too long ago.
 * Any number of processes may do so at once.
 * @returns how many customers were judged
 */
export async function slideWindows(deps: AudienceDeps, stopping: () => boolean = () => false): Promise<number> {
  let judged = 0
  for (const workspaceId of await dueWorkspaces(deps.db, await deps.now?.()))
    for (let page = PAGE; page === PAGE && !stopping();) {
      page = await slidePage(deps, workspaceId)
      judged += page
    }
  return judged
}

async function slidePage({ db, now }: AudienceDeps, workspaceId: string): Promise<number> {
  const at = await now?.()
  return db.tx(async (tx) => {
    const index = await indexAt(tx, workspaceId, await holdDefinitions(tx, workspaceId))
    const ids = await lockDue(tx, workspaceId, PAGE, at)
    const customers = await readCustomers(tx, workspaceId, ids, { now: at })
    for (const customer of customers) {
      const due = index.inOrder.filter(({ id }) => (customer.dues[id] ?? Infinity) <= customer.facts.now)
      await writeVerdicts(tx, workspaceId, (await judgeCustomer(index, customer, due, countOne(tx))).verdicts)
    }
    return customers.length
  })
}

export interface AudienceClock {
  /** Lets the page that is under way end. */
  stop(): Promise<void>
}

/** Slides windows every now and then, and rolls up the sizes of audiences. */
export function startAudienceClock(deps: AudienceDeps & { onError?: (error: unknown) => void }, everyMs = EVERY_MS): AudienceClock {
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let rolled = 0
  const tick = async (): Promise<void> => {
    try {
      await slideWindows(deps, () => stopping)
      rolled = await rollUp(deps.db, rolled)
    } catch (error) {
      if (!stopping) deps.onError?.(error)
    }
    if (!stopping) timer = setTimeout(() => (running = tick()), everyMs)
  }
  let running = tick()
  return {
    stop: async () => {
      stopping = true
      clearTimeout(timer)
      await running
    },
  }
}

async function rollUp(db: Db, rolled: number): Promise<number> {
  if (Date.now() - rolled < SIZES_MS) return rolled
  await rollUpSizes(db)
  return Date.now()
}
