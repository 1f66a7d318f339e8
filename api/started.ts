import { TileworkError } from '../model/errors.js'
import { dropAbandonedImports } from '../store/imports.js'
import { purgeIdempotency } from '../store/idempotency.js'
import { unfinishedBuilds } from '../store/audiences-build.js'
import { purgeBatches } from '../store/audiences-sync.js'
import { unfinishedMigrations } from '../store/migrations.js'
import { LIMIT, unfinishedEnrolments, unfinishedImports, unfinishedOperations, unfinishedResumes } from '../store/unfinished.js'
import type { ApiDeps } from './deps.js'

/** How often work that is not done is looked for, in ms. */
const EVERY_MS = 15_000

type SweepDeps = Pick<ApiDeps, 'db' | 'temporal' | 'logger'>

/**
 * Starts a bulk workflow for work that is committed to the database already. If Temporal cannot be reached the caller is not told: the
 * work is durable, and the sweep starts it as soon as Temporal is back.
 */
export async function startOrLeave({ logger }: Pick<ApiDeps, 'logger'>, start: () => Promise<void>): Promise<void> {
  try {
    await start()
  } catch (error) {
    if (!(error instanceof TileworkError && error.code === 'unavailable')) throw error
    logger.warn({ err: error }, 'a bulk workflow could not be started; it is started when Temporal answers')
  }
}

/** @throws TileworkError unavailable when Temporal does not answer: better nothing is done than half */
export async function requireTemporal({ temporal }: Pick<ApiDeps, 'temporal'>): Promise<void> {
  if (!(await temporal.ready()))
    throw new TileworkError('unavailable', 'Temporal cannot be reached now; nothing was changed. Try again in a moment.')
}

/** Starts whatever was committed and has no workflow, harmless for what has one, and removes lapsed Idempotency-Keys, ids of batches and abandoned uploads. Answers how many it started. */
export async function sweep({ db, temporal }: Pick<SweepDeps, 'db' | 'temporal'>): Promise<number> {
  const [enrolments, imports, operations, resumes, migrations, builds] = await Promise.all([
    unfinishedEnrolments(db),
    unfinishedImports(db),
    unfinishedOperations(db),
    unfinishedResumes(db),
    unfinishedMigrations(db, LIMIT),
    unfinishedBuilds(db, LIMIT),
    purgeIdempotency(db),
    purgeBatches(db),
    dropAbandonedImports(db),
  ])
  for (const id of enrolments) await temporal.startEnrol(id)
  for (const id of imports) await temporal.startImport(id)
  for (const id of operations) await temporal.startOperate(id)
  for (const resume of resumes) await temporal.startResume(resume)
  for (const id of migrations) await temporal.startMigrate(id)
  for (const build of builds) await temporal.startBuild(build)
  return enrolments.length + imports.length + operations.length + resumes.length + migrations.length + builds.length
}

/** Sweeps now and then. `stop` waits for the sweep that is under way. */
export function startSweep(deps: SweepDeps): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve()
  const run = (): void => {
    running = running
      .then(() => sweep(deps))
      .catch((error: unknown) => deps.logger.warn({ err: error }, 'unfinished work could not be looked for'))
  }
  run()
  const timer = setInterval(run, EVERY_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}
