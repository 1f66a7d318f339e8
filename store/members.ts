import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'
import { given } from './given.js'
import { pageBy, type Page, type PageQuery } from './page.js'

export type MemberStatus = 'active' | 'held' | 'parked' | 'exited'

/** A member, as the API shows it but for `temporalUrl`. */
export interface Member {
  id: string
  orchestrationId: string
  version: number
  customerId: string
  status: MemberStatus
  tileId: string
  enteredAt: Date
  exitedAt: Date | null
  exitReason: string | null
  converted: boolean
  error?: { code: string; message: string; tileId: string }
  /** Of one that a sub-orchestration tile entered: the member there, its orchestration, and the tile. */
  parentMemberId?: string
  parentOrchestrationId?: string
  parentTileId?: string
}

const COLUMNS = `m.id, m.journey_id as "orchestrationId", m.version, m.customer_id as "customerId", m.status, m.tile_id as "tileId",
  m.entered_at as "enteredAt", m.exited_at as "exitedAt", m.exit_reason as "exitReason", m.converted, m.error,
  m.parent_member_id as "parentMemberId", m.parent_tile_id as "parentTileId",
  (select p.journey_id from member p where p.id = m.parent_member_id) as "parentOrchestrationId"`

type Optional = 'error' | 'parentMemberId' | 'parentOrchestrationId' | 'parentTileId'
type Row = Omit<Member, Optional> & { [K in Optional]: NonNullable<Member[K]> | null }

/** What a member does not have is left out. */
function shown({ error, parentMemberId, parentOrchestrationId, parentTileId, ...member }: Row): Member {
  const some = Object.entries({ error, parentMemberId, parentOrchestrationId, parentTileId }).filter(([, value]) => value !== null)
  return { ...member, ...Object.fromEntries(some) }
}

/** @throws TileworkError not_found */
export async function getMember(db: Db, workspaceId: string, journeyId: string, id: string): Promise<Member> {
  const row = await db.one<Row>(`select ${COLUMNS} from member m where m.workspace_id = $1 and m.journey_id = $2 and m.id = $3`, [
    workspaceId,
    journeyId,
    id,
  ])
  if (!row) throw new TileworkError('not_found', `Orchestration ${journeyId} has no member ${id}.`)
  return shown(row)
}

/** Which members of an orchestration. */
export interface MemberFilter {
  status?: MemberStatus | undefined
  /** Where they stand, or exited. */
  tile?: string | undefined
  customerId?: string | undefined
  /** The version that they walk, or walked last. */
  version?: number | undefined
  /** When they entered: from counts, to does not. */
  enteredFrom?: Date | undefined
  enteredTo?: Date | undefined
  /** A tile that they have been at. */
  visited?: string | undefined
  /** A tile where an action of theirs failed for good. */
  failedAt?: string | undefined
  exitReason?: string | undefined
  converted?: boolean | undefined
}

/** The conditions of a filter on `member m` of the workspace $1, as SQL to put behind a where clause; the values are added to `params`. */
export const membersWho = (params: unknown[], filter: MemberFilter): string =>
  given(params, [
    ['m.status = ?', filter.status],
    ['m.tile_id = ?', filter.tile],
    ['m.customer_id = tw_canonical($1, ?)', filter.customerId],
    ['m.version = ?::int', filter.version],
    ['m.entered_at >= ?::timestamptz', filter.enteredFrom?.toISOString()],
    ['m.entered_at < ?::timestamptz', filter.enteredTo?.toISOString()],
    ['exists (select from step s where s.member_id = m.id and s.tile_id = ?)', filter.visited],
    [`exists (select from incident i where i.member_id = m.id and i.kind = 'failed' and i.tile_id = ?)`, filter.failedAt],
    ['m.exit_reason = ?', filter.exitReason],
    ['m.converted = ?::boolean', filter.converted],
  ])

/** Members of an orchestration, newest first. */
export async function listMembers(db: Db, workspaceId: string, journeyId: string, query: PageQuery & MemberFilter): Promise<Page<Member>> {
  const params: unknown[] = [workspaceId, journeyId]
  const who = membersWho(params, query)
  const sql = `select ${COLUMNS} from member m where m.workspace_id = $1 and m.journey_id = $2${who}`
  const page = await pageBy<Row>(db, sql, params, 'm.id', query)
  return { ...page, data: page.data.map(shown) }
}

/** All memberships of a customer, newest first. */
export async function customerMembers(db: Db, workspaceId: string, customerId: string, query: PageQuery): Promise<Page<Member>> {
  const page = await pageBy<Row>(
    db,
    `select ${COLUMNS} from member m where m.workspace_id = $1 and m.customer_id = tw_canonical($1, $2)`,
    [workspaceId, customerId],
    'm.id',
    query,
  )
  return { ...page, data: page.data.map(shown) }
}

/** A member that has not exited, as the router needs it. */
export interface LiveMember {
  memberId: string
  workspaceId: string
  journeyId: string
  version: number
  customerId: string
  tileId: string
  visit: number
  arrivedAt: Date
  enteredAt: Date
  /**
   * Whether it may be at its wait, also in a paused orchestration. One that is held is not, for its wait is over and it stands before the
   * gate of the next tile; unless the wait's clock is frozen.
   */
  waits: boolean
}

/** The members of the customer whom an id means, that have not exited: few. */
export function liveMembers(db: Db, workspaceId: string, customerId: string): Promise<LiveMember[]> {
  return db.hot<LiveMember>(
    `select id as "memberId", workspace_id as "workspaceId", journey_id as "journeyId", version, customer_id as "customerId",
       tile_id as "tileId", visit, arrived_at as "arrivedAt", entered_at as "enteredAt", status = 'active' or frozen as waits
     from member where workspace_id = $1 and customer_id = tw_canonical($1, $2) and status <> 'exited'`,
    [workspaceId, customerId],
  )
}

/** Where a member stands. */
export function memberPlace(db: Db, memberId: string): Promise<{ tile: string; visit: number } | undefined> {
  return db.hot<{ tile: string; visit: number }>('select tile_id as tile, visit from member where id = $1', [memberId]).then(([row]) => row)
}

/** Whether a member has exited from this visit. */
export async function exitedAt(db: Db, memberId: string, tile: string, visit: number): Promise<boolean> {
  const rows = await db.hot(`select 1 as one from member where id = $1 and tile_id = $2 and visit = $3::int and status = 'exited'`, [
    memberId,
    tile,
    visit,
  ])
  return rows.length > 0
}
