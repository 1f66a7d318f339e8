import { heartbeat } from '@temporalio/activity'
import { endMigration, leavers, migrationOf, type Leaver, type Migration } from '../store/migrations.js'
import { leaveMember } from '../store/steps.js'
import type { MigrateActivities } from '../workflows/api.js'
import { each } from './bulk.js'
import type { BulkDeps } from './deps.js'

/** Pages of the migrate workflow. Each may run again: a member does once what it is told twice. */
export function migrateActivities(deps: BulkDeps): MigrateActivities {
  return {
    migratePage: (jobId, after, limit) => migratePage(deps, jobId, after, limit),
    endMigration: async (jobId) => endMigration(deps.db, await migrationOf(deps.db, jobId)),
  }
}

async function migratePage(deps: BulkDeps, jobId: string, after: string, limit: number): Promise<{ after?: string }> {
  const migration = await migrationOf(deps.db, jobId)
  if (migration.status === 'done') return {}
  const page = await leavers(deps.db, migration, limit, after)
  await each(page, async (member) => {
    await tell(deps, migration, member)
    heartbeat()
  })
  const last = page.at(-1)
  return page.length === limit && last ? { after: last.id } : {}
}

async function tell({ db, temporal, now }: BulkDeps, { jobId, plan, toVersion }: Migration, { id, tile, old }: Leaver): Promise<void> {
  const { do: fate, to = tile } = plan[tile]!
  const repeat = `migration:${jobId}`
  const told = await temporal.send(
    id,
    fate === 'move'
      ? { kind: 'move', id: repeat, version: toVersion, tile: to }
      : { kind: 'exit', id: repeat, reason: 'version_published', cause: { version: toVersion } },
  )
  if (told === 'sent') return
  // It has exited by itself meanwhile; or its workflow is yet to come, and then its first step asks for the plan; or somebody ended it from outside.
  const run = await temporal.runOf(id)
  if (run === 'running' || (run === 'none' && !old)) return
  // Who ended it cannot be told any more when it has ended by itself or is forgotten, and yet the member is in.
  const reason = run === 'none' || run === 'ended' ? 'terminated' : run
  await leaveMember(db, id, { reason }, await now?.())
}
