// Applies prisma/migrations with pg only, and writes the rows of _prisma_migrations that `prisma migrate deploy` would write, so
// that both agree. Needs no engine download.
import { createHash, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'

/** The advisory lock that Prisma's own migrate takes. */
const LOCK = 72707369

/**
 * @param {string} url PostgreSQL URL
 * @param {string} directory of migrations
 * @returns {Promise<string[]>} names of the migrations that were applied now
 */
export async function migrate(url, directory) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await client.query(`create table if not exists _prisma_migrations (
      id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
      logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`)
    const { rows } = await client.query('select migration_name, checksum from _prisma_migrations where rolled_back_at is null')
    const done = new Map(rows.map((row) => [row.migration_name, row.checksum]))
    const applied = []
    for (const name of migrationsIn(directory)) {
      const sql = fs.readFileSync(path.join(directory, name, 'migration.sql'), 'utf8')
      const checksum = createHash('sha256').update(sql).digest('hex')
      if (done.has(name)) {
        if (done.get(name) !== checksum) console.warn(`Migration ${name} was edited after it was applied.`)
        continue
      }
      await apply(client, name, sql, checksum)
      applied.push(name)
    }
    return applied
  } finally {
    await client.end()
  }
}

function migrationsIn(directory) {
  return fs
    .readdirSync(directory)
    .filter((name) => fs.existsSync(path.join(directory, name, 'migration.sql')))
    .sort()
}

async function apply(client, name, sql, checksum) {
  await client.query('begin')
  try {
    await client.query(sql)
    await client.query(
      'insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) values ($1, $2, $3, now(), 1)',
      [randomUUID(), checksum, name],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}
