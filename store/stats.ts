import type { Canvas } from '../tiles/index.js'
import type { Db } from './db.js'
import { TileworkError } from '../model/errors.js'
import { pageBy, type Page, type PageQuery } from './page.js'

/** Members by state. */
export interface MemberCounts {
  entered: number
  active: number
  held: number
  parked: number
  exited: number
  converted: number
}

export interface TileStats {
  entered: number
  left: number
  here: number
  /** Members whose action failed for good here. */
  failed: number
  /** Of those who entered the tile, the share that converted, 0 to 1. */
  conversionRate: number
  /** Median time spent at the tile by those who left it by an edge; null while none has. */
  medianSeconds: number | null
}

export interface JourneyStats {
  members: MemberCounts
  refused: Record<string, number>
  tiles: Record<string, TileStats>
  edges: Record<string, number>
  asOf: Date
}

const COUNTS = `count(m.id)::int as entered, count(m.id) filter (where m.status = 'active')::int as active,
  count(m.id) filter (where m.status = 'held')::int as held, count(m.id) filter (where m.status = 'parked')::int as parked,
  count(m.id) filter (where m.status = 'exited')::int as exited, count(m.id) filter (where m.converted)::int as converted`

/** Counts of several orchestrations in one query; those without members have zeros. */
export async function memberCounts(db: Db, workspaceId: string, ids: readonly string[]): Promise<Map<string, MemberCounts>> {
  const rows = await db.query<MemberCounts & { id: string }>(
    `select j.id, ${COUNTS} from unnest($2::text[]) j (id) left join member m on m.journey_id = j.id and m.workspace_id = $1 group by j.id`,
    [workspaceId, ids],
  )
  return new Map(rows.map(({ id, ...counts }) => [id, counts]))
}

interface Read {
  members: MemberCounts
  refused: Record<string, number> | null
  tiles: Record<string, Omit<TileStats, 'here'>> | null
  edges: { from: string; port: string; to: string; n: number }[] | null
  canvas: Canvas
  asOf: Date
}

/**
 * What an orchestration did, from its journal as of now: one statement, so that its numbers agree with each other (entered = left + here
 * at every tile). Costs a scan of the orchestration's steps and members.
 */
const STATS = `
  with m as (select id, status, tile_id, converted from member where workspace_id = $1 and journey_id = $2),
  s as (select * from step where journey_id = $2),
  arrivals as (
    select s.tile_id, count(*)::int as entered, avg(m.converted::int)::float8 as rate from s join m on m.id = s.member_id group by s.tile_id),
  departures as (
    select from_tile as tile_id, count(*)::int as n,
      percentile_cont(0.5) within group (order by extract(epoch from arrived_at - from_arrived_at)::float8)
        filter (where from_port <> 'moved') as median
    from s where from_tile is not null group by from_tile),
  exits as (select tile_id, count(*)::int as n from m where status = 'exited' group by tile_id),
  failures as (select tile_id, count(distinct member_id)::int as n from incident where journey_id = $2 and kind = 'failed' group by tile_id)
  select
    (select to_jsonb(c) from (select ${COUNTS} from m) c) as members,
    (select jsonb_object_agg(reason, n) from (select reason, count(*)::int as n from refusal where workspace_id = $1 and journey_id = $2 group by reason) r) as refused,
    (select jsonb_object_agg(a.tile_id, jsonb_build_object('entered', a.entered, 'left', coalesce(d.n, 0) + coalesce(x.n, 0),
       'failed', coalesce(f.n, 0), 'conversionRate', coalesce(a.rate, 0), 'medianSeconds', d.median))
     from arrivals a left join departures d using (tile_id) left join exits x using (tile_id) left join failures f using (tile_id)) as tiles,
    (select jsonb_agg(jsonb_build_object('from', from_tile, 'port', from_port, 'to', tile_id, 'n', n)) from (
       select from_tile, from_port, tile_id, count(*)::int as n from s where from_tile is not null group by from_tile, from_port, tile_id) e) as edges,
    v.canvas, clock_timestamp() as "asOf"
  from journey j join journey_version v on v.journey_id = j.id and v.version = coalesce(j.live_version, j.draft_version)
  where j.workspace_id = $1 and j.id = $2`

const NONE: TileStats = { entered: 0, left: 0, here: 0, failed: 0, conversionRate: 0, medianSeconds: null }

const edgeKey = ({ from, port, to }: { from: string; port: string; to: string }): string => `${from}:${port}:${to}`

/**
 * Counts by tile and edge. Tiles: those of the live version, and those of others that members have been at. Edges: those of the live version.
 * @throws TileworkError not_found
 */
export async function journeyStats(db: Db, workspaceId: string, journeyId: string): Promise<JourneyStats> {
  const read = await db.one<Read>(STATS, [workspaceId, journeyId])
  if (!read) throw new TileworkError('not_found', `There is no orchestration ${journeyId}.`)
  const tiles: Record<string, TileStats> = Object.fromEntries(read.canvas.tiles.map(({ id }) => [id, NONE]))
  for (const [id, tile] of Object.entries(read.tiles ?? {})) tiles[id] = { ...tile, here: tile.entered - tile.left }
  // An edge of an earlier version that led elsewhere is another one.
  const counts = new Map((read.edges ?? []).map(({ n, ...edge }) => [edgeKey(edge), n]))
  const edges = Object.fromEntries(
    read.canvas.edges.map((edge) => [edge.id ?? `${edge.from}:${edge.port}`, counts.get(edgeKey(edge)) ?? 0]),
  )
  return { members: read.members, refused: read.refused ?? {}, tiles, edges, asOf: read.asOf }
}

/** A delivery that failed, with what becomes of it. */
export interface JourneyError {
  memberId: string
  customerId: string
  tileId: string
  code: string
  message: string
  attempts: number
  nextRetryAt?: Date
  status: 'retrying' | 'parked' | 'resolved'
  firstAt: Date
  lastAt: Date
}

/** Deliveries with errors, newest first. */
export async function journeyErrors(db: Db, workspaceId: string, journeyId: string, query: PageQuery): Promise<Page<JourneyError>> {
  const page = await pageBy<JourneyError & { id: string; nextRetryAt: Date | null }>(
    db,
    `select d.key as id, d.member_id as "memberId", d.customer_id as "customerId", d.tile_id as "tileId", d.error_code as code,
       d.error_message as message, d.attempts, d.next_retry_at as "nextRetryAt", d.first_error_at as "firstAt", d.updated_at as "lastAt",
       case when m.status = 'exited' then 'resolved' when d.state in ('pending', 'sending') then 'retrying'
         when m.status = 'parked' and m.tile_id = d.tile_id and m.visit = d.visit then 'parked' else 'resolved' end as status
     from delivery d join member m on m.id = d.member_id where d.workspace_id = $1 and d.journey_id = $2 and d.error_code is not null`,
    [workspaceId, journeyId],
    'd.key',
    query,
  )
  const data = page.data.map(({ id: _, nextRetryAt, ...error }) => (nextRetryAt ? { ...error, nextRetryAt } : error))
  return { ...page, data }
}
