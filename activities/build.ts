import { heartbeat } from '@temporalio/activity'
import { judgeOne } from '../ingest/audiences.js'
import { buildAt, noteBuilt, type Build } from '../store/audiences-build.js'
import { countPage, isSlow, lockPage, readCustomers } from '../store/audiences-customers.js'
import { holdDefinitions, indexAt } from '../store/audiences-index.js'
import { writeVerdicts, type Verdict } from '../store/audiences-members.js'
import { isNamed } from '../store/in-use.js'
import type { BuildActivities } from '../workflows/api.js'
import type { StepDeps } from './deps.js'

/** Customers of one page, which one transaction judges and keeps from being judged by others; fewer, but so many at least, where each takes long. */
const PAGE = 1_000
const MIN_PAGE = 20

/** Pages of the build workflow. Each may run again: where the build is, is written with what was judged. */
export function buildActivities(deps: StepDeps): BuildActivities {
  return { buildPages: (build, pages) => buildPages(deps, build, pages) }
}

async function buildPages(deps: StepDeps, build: Build, pages: number): Promise<{ more: boolean }> {
  for (let done = 0; done < pages; done++) {
    if (!(await buildPage(deps, build))) return { more: false }
    heartbeat()
  }
  return { more: true }
}

/**
 * Judges the next customers by a definition.
 * @param most how many at the most
 * @returns whether there may be more
 */
export async function buildPage(deps: StepDeps, build: Build, most = PAGE): Promise<boolean> {
  const { workspaceId, audienceId, generation } = build
  const now = await deps.now?.()
  return deps.db.tx(async (tx) => {
    const revision = await holdDefinitions(tx, workspaceId)
    const at = await buildAt(tx, build)
    const audience = at && (await indexAt(tx, workspaceId, revision)).get(audienceId)
    if (!audience) return false
    const size = Math.max(Math.min(MIN_PAGE, most), Math.floor(most / (1 + audience.reads.counts.filter(isSlow).length)))
    const page = await lockPage(tx, workspaceId, at.after, size)
    const customers = await readCustomers(tx, workspaceId, page.ids, { now, audiences: [audienceId, ...audience.reads.audiences] })
    const count = countPage(tx, customers)
    const verdicts: Verdict[] = []
    for (const customer of customers) {
      const verdict = await judgeOne(audience, customer, count)
      if (verdict) verdicts.push(verdict)
    }
    // Those whom a new audience finds have not joined it just now; but who names it already has to hear of them.
    await writeVerdicts(tx, workspaceId, verdicts, generation > 1 || (await isNamed(tx, workspaceId, audienceId)))
    const last = page.found < size
    await noteBuilt(tx, build, page, last)
    return !last
  })
}
