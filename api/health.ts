import { readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Router } from 'express'
import type { ApiDeps } from './deps.js'

/** Longest that one part may take to answer, in ms. */
const PATIENCE_MS = 3_000

type Part = 'ok' | string

/** `/health/live`: this process answers. `/health/ready`: it can do its work; else 503 and which part is missing. */
export function health(deps: ApiDeps): Router {
  const router = Router()
  router.get('/live', (_req, res) => void res.json({ status: 'ok' }))
  router.get('/ready', async (_req, res) => {
    const parts = await readiness(deps)
    const ready = Object.values(parts).every((part) => part === 'ok')
    res.setHeader('Cache-Control', 'no-store')
    res.status(ready ? 200 : 503).json({ status: ready ? 'ok' : 'unavailable', parts })
  })
  return router
}

async function readiness({ db, temporal, workerPolling }: ApiDeps): Promise<Record<string, Part>> {
  const [postgresql, migrations, temporalPart] = await Promise.all([
    within(
      db.query('select 1 as one').then((): Part => 'ok'),
      'PostgreSQL does not answer',
    ),
    within(missingMigrations(db), 'the migrations cannot be read'),
    within(
      temporal.ready().then((up): Part => (up ? 'ok' : 'Temporal does not answer')),
      'Temporal does not answer',
    ),
  ])
  return {
    postgresql,
    migrations,
    temporal: temporalPart,
    ...(workerPolling !== undefined && { worker: workerPolling() ? 'ok' : 'the worker is not polling' }),
  }
}

async function within(work: Promise<Part>, otherwise: string): Promise<Part> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Part>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS, otherwise)))
  return Promise.race([work.catch(() => otherwise), late]).finally(() => clearTimeout(timer))
}

async function missingMigrations(db: ApiDeps['db']): Promise<Part> {
  const rows = await db.query<{ name: string }>('select migration_name as name from _prisma_migrations where finished_at is not null')
  const applied = new Set(rows.map(({ name }) => name))
  const missing = migrationNames().filter((name) => !applied.has(name))
  return missing.length === 0 ? 'ok' : `not applied: ${missing.join(', ')}`
}

let names: string[] | undefined

/** The migrations that this build brings: the folders of prisma/migrations, next to the sources or one above the compiled files. */
function migrationNames(): string[] {
  if (names !== undefined) return names
  const here = path.dirname(fileURLToPath(import.meta.url))
  for (const root of [path.join(here, '..'), path.join(here, '..', '..')]) {
    try {
      const found = readdirSync(path.join(root, 'prisma', 'migrations'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
      return (names = found.map((entry) => entry.name).sort())
    } catch {
      continue
    }
  }
  throw new Error('prisma/migrations is not where this build expects it')
}
