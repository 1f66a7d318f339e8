import { newId } from '../model/ids.js'
import { TileworkError } from '../model/errors.js'
import { closeCircuit } from './circuits.js'
import type { Cipher } from './cipher.js'
import type { Db } from './db.js'
import { refuseIfInUse } from './in-use.js'
import { pageBy, type Page, type PageQuery } from './page.js'
import { deleteRow, written } from './revision.js'

/** A configured account at a vendor, as the API shows it: never its secrets. */
export interface Destination {
  id: string
  name: string
  type: string
  config: Record<string, unknown>
  /** Whether any are kept. */
  hasSecrets: boolean
  rateLimit: RateLimit | null
  /** `ready`, or `failing`: its circuit is open. */
  status: string
  /** Why it is failing, and when it is tried next. */
  failing: Failing | null
  revision: number
  createdAt: Date
  updatedAt: Date
}

/** A circuit that is open. */
export interface Failing {
  since: Date
  nextTryAt: Date
  code: string
  message: string
}

/** Most sends of a destination in a second, over all workers. */
export interface RateLimit {
  perSecond: number
}

/** What is written; secrets are encrypted. Absent secrets stay as they are. */
export interface DestinationInput {
  name: string
  type: string
  config: Record<string, unknown>
  secrets?: Record<string, unknown> | undefined
  rateLimit?: RateLimit | undefined
  /** Whether its sends are held to a rate, its own or its vendor's: then they go through a task queue of its own. */
  limited?: boolean
}

const COLUMNS = `id, name, type, config, secrets is not null as "hasSecrets", rate_limit as "rateLimit",
  case when exists (select from destination_circuit c where c.destination_id = destination.id) then 'failing' else status end as status,
  (select jsonb_build_object('since', c.opened_at, 'nextTryAt', c.probe_at, 'code', c.error_code, 'message', c.error_message)
   from destination_circuit c where c.destination_id = destination.id) as failing, revision, created_at as "createdAt", updated_at as "updatedAt"`
const place = (workspaceId: string, id: string): string => `${workspaceId}|destination|${id}`

/** What is written beside the name and the secrets, in SQL's order: config, rate limit, whether it has a task queue of its own. */
const settings = ({ config, rateLimit, limited = false }: DestinationInput): unknown[] => [
  JSON.stringify(config),
  rateLimit ? JSON.stringify(rateLimit) : null,
  limited,
]

const seal = (cipher: Cipher, workspaceId: string, id: string, secrets: Record<string, unknown> | undefined): string | null =>
  secrets && Object.keys(secrets).length > 0 ? cipher.encrypt(place(workspaceId, id), JSON.stringify(secrets)) : null

export async function createDestination(db: Db, cipher: Cipher, workspaceId: string, input: DestinationInput): Promise<Destination> {
  const id = newId('dst')
  const row = await db.one<Destination>(
    `insert into destination (id, workspace_id, name, type, config, secrets, rate_limit, queued)
     values ($1, $2, $3, $4, $5::jsonb, $8, $6::jsonb, $7::boolean) returning ${COLUMNS}`,
    [id, workspaceId, input.name, input.type, ...settings(input), seal(cipher, workspaceId, id, input.secrets)],
  )
  return row!
}

/** @throws TileworkError not_found */
export async function getDestination(db: Db, workspaceId: string, id: string): Promise<Destination> {
  const row = await db.one<Destination>(`select ${COLUMNS} from destination where workspace_id = $1 and id = $2`, [workspaceId, id])
  return row ?? unknown(id)
}

export const listDestinations = (db: Db, workspaceId: string, query: PageQuery): Promise<Page<Destination>> =>
  pageBy(db, `select ${COLUMNS} from destination where workspace_id = $1`, [workspaceId], 'id', query)

/** Replaces name, config and, when given, the secrets. @throws TileworkError not_found; stale when `revision` is another */
export async function replaceDestination(
  db: Db,
  cipher: Cipher,
  workspaceId: string,
  id: string,
  input: DestinationInput,
  revision?: number,
): Promise<Destination> {
  const row = await db.one<Destination>(
    `update destination set name = $3, config = $4::jsonb, rate_limit = $5::jsonb, queued = queued or $6::boolean,
       secrets = case when $9::boolean then $7 else secrets end, revision = revision + 1, updated_at = now()
     where workspace_id = $1 and id = $2 and ($8::int is null or revision = $8::int) returning ${COLUMNS}`,
    [workspaceId, id, input.name, ...settings(input), seal(cipher, workspaceId, id, input.secrets), revision ?? null, input.secrets !== undefined], // prettier-ignore
  )
  const replaced = await written(db, DESTINATION, workspaceId, id, row)
  await closeCircuit(db, id)
  return { ...replaced, status: 'ready', failing: null }
}

const DESTINATION = { table: 'destination', what: 'destination', read: getDestination } as const

/** @throws TileworkError not_found; conflict when a live orchestration sends through it; stale when `revision` is another */
export async function deleteDestination(db: Db, workspaceId: string, id: string, revision?: number): Promise<void> {
  await refuseIfInUse(db, workspaceId, 'destination', id)
  await deleteRow(db, DESTINATION, workspaceId, id, revision)
}

/** A destination as sends need it. */
export interface OpenDestination extends Pick<Destination, 'type' | 'config' | 'rateLimit' | 'revision'> {
  secrets: Record<string, unknown>
  /** Whether its circuit is open. */
  failing: boolean
}

/** A destination with its secrets, to send through; undefined when it is gone. */
export async function openDestination(db: Db, cipher: Cipher, workspaceId: string, id: string): Promise<OpenDestination | undefined> {
  const found = await addressedDestination(db, cipher, id)
  return found?.workspaceId === workspaceId ? found : undefined
}

/** A destination by its id alone, as vendors know it; undefined when there is none. */
export async function addressedDestination(
  db: Db,
  cipher: Cipher,
  id: string,
): Promise<(OpenDestination & { workspaceId: string }) | undefined> {
  const row = await db.one<Omit<OpenDestination, 'secrets'> & { workspaceId: string; secrets: string | null }>(
    `select workspace_id as "workspaceId", type, config, secrets, revision, rate_limit as "rateLimit",
       exists (select from destination_circuit c where c.destination_id = id) as failing
     from destination where id = $1`,
    [id],
  )
  if (!row) return undefined
  const secrets =
    row.secrets === null ? {} : (JSON.parse(cipher.decrypt(place(row.workspaceId, id), row.secrets)) as Record<string, unknown>)
  return { ...row, secrets }
}

/** The destinations whose sends go through task queues of their own: of a workspace, or of all. */
export const queuedDestinations = (db: Db, workspaceId?: string): Promise<Pick<Destination, 'id' | 'type' | 'rateLimit'>[]> =>
  db.query(`select id, type, rate_limit as "rateLimit" from destination where queued and ($1::text is null or workspace_id = $1)`, [
    workspaceId ?? null,
  ])

/**
 * Takes the next instant at which a destination may send, over all workers: each is an interval after the one before.
 * @param aheadMs how far from now it may be; with none so near, nothing is taken
 * @returns ms until it; undefined when it is too far
 */
export async function takeSlot(db: Db, destinationId: string, perSecond: number, aheadMs: number): Promise<number | undefined> {
  const row = await db.one<{ waitMs: number }>(
    `insert into destination_pace as p (destination_id, next_at) select id, clock_timestamp() + $2::float8 * interval '1 ms' from destination where id = $1
     on conflict (destination_id) do update set next_at = greatest(p.next_at, clock_timestamp()) + $2::float8 * interval '1 ms'
       where p.next_at <= clock_timestamp() + $3::float8 * interval '1 ms'
     returning extract(epoch from next_at - clock_timestamp())::float8 * 1000 - $2::float8 as "waitMs"`,
    [destinationId, 1_000 / perSecond, aheadMs],
  )
  return row && Math.max(0, row.waitMs)
}

/** Id to type of all destinations: what validation looks up. */
export async function destinationTypes(db: Db, workspaceId: string): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; type: string }>('select id, type from destination where workspace_id = $1', [workspaceId])
  return new Map(rows.map(({ id, type }) => [id, type]))
}

function unknown(id: string): never {
  throw new TileworkError('not_found', `There is no destination ${id}.`)
}
