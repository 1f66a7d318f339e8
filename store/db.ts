import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '../prisma/client/client.js'

/** What every store function takes. */
export interface Db {
  /** Rows of one statement. `$1` parameters; pass jsonb as JSON text and cast (`$1::jsonb`); timestamptz comes back as Date. */
  query<T extends object>(sql: string, params?: readonly unknown[]): Promise<T[]>
  /** The first row, or undefined. */
  one<T extends object>(sql: string, params?: readonly unknown[]): Promise<T | undefined>
  /**
   * As `query`, straight through the driver under Prisma and its pool: for the statements that every step, send and event makes. Prisma's own
   * path costs a multiple of the CPU (docs/decisions/0003-hot-statements.md).
   */
  hot<T extends object>(sql: string, params?: readonly unknown[]): Promise<T[]>
  /** The same object for a pool and all its transactions: what caches hang on. */
  readonly pool: object
  /** Runs `work` in one transaction (read committed); rolls back when it throws. Inside a transaction it joins it. */
  tx<T>(work: (tx: Db) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** The Prisma client, whole or inside a transaction. */
type Prisma = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>

/** Longest that a transaction may wait for a connection, and may run, in milliseconds. */
const TX = { maxWait: 10_000, timeout: 60_000 }

/**
 * Opens a pool.
 * @param url PostgreSQL URL
 * @param options.max connections at the most, 10 unless told
 */
export function openDb(url: string, options: { max?: number } = {}): Db {
  const connection = new URL(url)
  // The adapter drops time-zone offsets: every connection must speak UTC.
  connection.searchParams.set('options', '-c timezone=UTC')
  const pool = new pg.Pool({ connectionString: connection.toString(), max: options.max ?? 10 })
  // A connection that breaks while idle is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => undefined)
  const adapter = new PrismaPg(pool, { statementNameGenerator: ({ sql }) => statementName(sql) })
  const client = new PrismaClient({ adapter })
  return {
    ...over(client),
    hot: async <T extends object>(sql: string, params: readonly unknown[] = []) =>
      (await pool.query({ name: statementName(sql), text: sql, values: [...params] })).rows as T[],
    pool: client,
    tx: (work) => client.$transaction((tx) => work(inside(tx, client)), TX),
    close: async () => {
      await client.$disconnect()
      await pool.end()
    },
  }
}

function over(prisma: Prisma): Pick<Db, 'query' | 'one'> {
  const query = <T extends object>(sql: string, params: readonly unknown[] = []) => prisma.$queryRawUnsafe<T[]>(sql, ...params)
  return { query, one: async <T extends object>(sql: string, params?: readonly unknown[]) => (await query<T>(sql, params))[0] }
}

function inside(prisma: Prisma, pool: object): Db {
  const base = over(prisma)
  const db: Db = { ...base, hot: base.query, pool, tx: (work) => work(db), close: () => Promise.resolve() }
  return db
}

const names = new Map<string, string>()

/** Prepared statements are named by their text, so that PostgreSQL parses and plans each once per connection. */
function statementName(sql: string): string {
  let name = names.get(sql)
  if (name === undefined) {
    if (names.size >= 1000) names.clear()
    names.set(sql, (name = `tw${serial++}`))
  }
  return name
}
let serial = 0
