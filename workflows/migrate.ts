import { continueAsNew, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow'
import type { MigrateActivities } from './api.js'

/** Members that one activity tells. */
const PAGE = 500
/** How long it waits before it looks who is left: so much a member, and after each look at which nobody had left twice as long, in ms. */
const PAUSE_PER_MEMBER_MS = 2
const LONGEST_BY_MEMBERS_MS = 10_000
const SHORTEST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000

const pages = proxyActivities<MigrateActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20 s',
  retry: { initialInterval: '500 ms', maximumInterval: '30 s' },
})

/**
 * Brings the members of a version over to the next one, as a publication planned. Tells each that stands at a tile that moves or exits, waits
 * while they go, and tells again those who are left when nobody goes any more, until none is: who came to such a tile meanwhile is among them.
 * Each member does it once, so all of this may be repeated.
 */
export async function migrate(jobId: string, pauseMs = SHORTEST_PAUSE_MS): Promise<void> {
  let pause = pauseMs
  for (;;) {
    for (let after: string | undefined = ''; after !== undefined;) ({ after } = await pages.migratePage(jobId, after, PAGE))
    let left = await pages.endMigration(jobId)
    for (let before = left + 1; left > 0 && left < before;) {
      await sleep(Math.max(pause, Math.min(left * PAUSE_PER_MEMBER_MS, LONGEST_BY_MEMBERS_MS)), { summary: `${left} are left` })
      before = left
      left = await pages.endMigration(jobId)
      pause = left < before ? SHORTEST_PAUSE_MS : Math.min(2 * pause, LONGEST_PAUSE_MS)
    }
    if (left === 0) return
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof migrate>(jobId, pause)
  }
}
