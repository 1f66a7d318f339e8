import { normalAddress, type Channel } from '../model/channels.js'
import { TileworkError } from '../model/errors.js'
import { newId } from '../model/ids.js'
import type { Db } from './db.js'
import { given } from './given.js'
import { pageBy, type Page, type PageQuery } from './page.js'

/** Why an address is not written to; each outweighs those before. Whoever refused or complained is not sent transactional messages either. */
export const SUPPRESSIONS = ['manual', 'hard_bounce', 'complaint'] as const
export type SuppressionReason = (typeof SUPPRESSIONS)[number]

/** An address that is not written to. */
export interface Suppression {
  id: string
  channel: Channel
  /** Normalised. */
  address: string
  reason: SuppressionReason
  at: Date
  /** What said so: the key of a delivery, a vendor, who added it. */
  source: string | null
}

/** What is known of an address. */
export interface SuppressionInput {
  workspaceId: string
  channel: Channel
  /** In any form. */
  address: string
  reason: SuppressionReason
  source?: string | undefined
}

const COLUMNS = 'id, channel, address, reason, at, source'
const WEIGHT = `array_position(array['manual', 'hard_bounce', 'complaint'], %)`
const weightOf = (reason: string): string => WEIGHT.replace('%', reason)

// In one order everywhere: two calls do not wait for each other in a circle.
const PUT = `insert into suppression as s (id, workspace_id, channel, address, reason, source, at)
  select distinct on (channel, address) id, $1, channel, address, reason, source, coalesce(at, clock_timestamp())
  from jsonb_to_recordset($2::jsonb) as g (id text, channel text, address text, reason text, source text, at timestamptz)
  order by channel, address, ${weightOf('reason')} desc, at
  on conflict (workspace_id, channel, address) do update set reason = excluded.reason, at = excluded.at, source = excluded.source
    where ${weightOf('excluded.reason')} > ${weightOf('s.reason')}`

/** One of many addresses: since when, too; else since now. */
type Put = Omit<SuppressionInput, 'workspaceId' | 'source'> & { source?: string | null | undefined; at?: string }

const rowsOf = (given: readonly Put[]): string =>
  JSON.stringify(given.map((each) => ({ ...each, id: newId('sup'), address: normalAddress(each.channel, each.address) })))

/** Keeps addresses from being written to; of two reasons for one the stronger one stays. A repeat changes nothing. */
export async function suppressMany(db: Db, workspaceId: string, given: readonly Put[]): Promise<void> {
  await db.query(PUT, [workspaceId, rowsOf(given)])
}

/** The same for one address. Answers what holds now. */
export async function suppress(db: Db, { workspaceId, ...given }: SuppressionInput): Promise<Suppression> {
  const [changed] = await db.query<Suppression>(`${PUT} returning ${COLUMNS}`, [workspaceId, rowsOf([given])])
  if (changed) return changed
  return (
    (await find(db, workspaceId, given.channel, normalAddress(given.channel, given.address))) ?? suppress(db, { workspaceId, ...given })
  )
}

const find = (db: Db, workspaceId: string, channel: Channel, address: string): Promise<Suppression | undefined> =>
  db.one<Suppression>(`select ${COLUMNS} from suppression where workspace_id = $1 and channel = $2 and address = $3`, [
    workspaceId,
    channel,
    address,
  ])

/** @throws TileworkError not_found */
export async function getSuppression(db: Db, workspaceId: string, id: string): Promise<Suppression> {
  const row = await db.one<Suppression>(`select ${COLUMNS} from suppression where workspace_id = $1 and id = $2`, [workspaceId, id])
  return row ?? unknown(id)
}

/** Lets an address be written to again. @throws TileworkError not_found */
export async function unsuppress(db: Db, workspaceId: string, id: string): Promise<Suppression> {
  const row = await db.one<Suppression>(`delete from suppression where workspace_id = $1 and id = $2 returning ${COLUMNS}`, [
    workspaceId,
    id,
  ])
  return row ?? unknown(id)
}

/** Addresses that an export reads at a time. */
const PAGE = 1_000

/** All of them in the order in which they came, page by page; each page is as of when it is read. */
export async function* exportSuppressions(db: Db, workspaceId: string): AsyncGenerator<Suppression[]> {
  let after = ''
  for (;;) {
    const page = await db.query<Suppression>(
      `select ${COLUMNS} from suppression where workspace_id = $1 and id > $2 order by id limit $3::int`,
      [workspaceId, after, PAGE],
    )
    if (page.length > 0) yield page
    if (page.length < PAGE) return
    after = page.at(-1)!.id
  }
}

/** Which of them. */
export interface SuppressionFilter {
  /** How the address begins. */
  q?: string | undefined
  channel?: Channel | undefined
  reason?: SuppressionReason | undefined
}

/** The newest first. */
export function listSuppressions(
  db: Db,
  workspaceId: string,
  { q, channel, reason, ...page }: SuppressionFilter & PageQuery,
): Promise<Page<Suppression>> {
  const params: unknown[] = [workspaceId]
  const begins = q === undefined ? undefined : `${q.trim().replace(/[\\%_]/g, '\\$&')}%`
  const where = given(params, [
    ['(address like ? or address like lower(?))', begins],
    ['channel = ?', channel],
    ['reason = ?', reason],
  ])
  return pageBy(db, `select ${COLUMNS} from suppression where workspace_id = $1${where}`, params, 'id', page)
}

function unknown(id: string): never {
  throw new TileworkError('not_found', `There is no suppression ${id}.`)
}
