import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** A migrated database of a test's own. */
export interface FreshDatabase {
  url: string
  name: string
  drop(): Promise<void>
}

/** Clones the migrated template database (some 50 ms). */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await admin(`create database ${name} template template_tilework`)
  return { name, url: `${server()}/${name}`, drop: () => admin(`drop database ${name} with (force)`) }
}

function server(): string {
  const url = process.env.TILEWORK_TEST_POSTGRES
  if (!url) throw new Error('The global set-up of the tests has not run.')
  return url
}

async function admin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${server()}/postgres` })
  await client.connect()
  try {
    // Two clones of one template at a time are refused: they queue here.
    await client.query('select pg_advisory_lock(1)')
    await client.query(sql)
  } finally {
    await client.end()
  }
}
