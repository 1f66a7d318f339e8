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

/** Keeps an address from being written to; of two reasons the stronger one stays. A repeat changes nothing. Answers what holds now. */
export async function suppress(db: Db, input: SuppressionInput): Promise<Suppression> {
  const { workspaceId, channel, reason } = input
  const address = normalAddress(channel, input.address)
  const changed = await db.one<Suppression>(
    `insert into suppression as s (id, workspace_id, channel, address, reason, source) values ($1, $2, $3, $4, $5, $6)
     on conflict (workspace_id, channel, address) do update set reason = excluded.reason, at = excluded.at, source = excluded.source
       where ${weightOf('excluded.reason')} > ${weightOf('s.reason')}
     returning ${COLUMNS}`,
    [newId('sup'), workspaceId, channel, address, reason, input.source ?? null],
  )
  return changed ?? (await find(db, workspaceId, channel, address)) ?? suppress(db, input)
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
