import type { Canvas } from '../tiles/index.js'
import { countCohort } from './cohort.js'
import type { Db } from './db.js'
import { TileworkError } from '../model/errors.js'

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
  /** Median time spent at the tile by those who left it by an edge, within 3 percent; null while none has. */
  medianSeconds: number | null
}

export interface JourneyStats {
  members: MemberCounts
  refused: Record<string, number>
  tiles: Record<string, TileStats>
  edges: Record<string, number>
  asOf: Date
}

/** The counters of some orchestrations as of now: what is folded and what is not, in one snapshot. */
const NOW = `
  with now as (
    select journey_id, kind, a, b, c, n from tally where journey_id = any($1::text[])
    union all select p.journey_id, o.kind, o.a, o.b, o.c, p.n from tally_change p cross join lateral tw_tally_of(p) o
    where p.journey_id = any($1::text[]))`

const NOBODY: MemberCounts = { entered: 0, active: 0, held: 0, parked: 0, exited: 0, converted: 0 }

/** Counts of several orchestrations in one query; those without members have zeros. */
export async function memberCounts(db: Db, workspaceId: string, ids: readonly string[]): Promise<Map<string, MemberCounts>> {
  const rows = await db.query<{ id: string; counts: Partial<MemberCounts> }>(
    `select id, jsonb_object_agg(a, n) as counts from (
       select j.id, t.a, sum(t.n)::int as n from journey j join (
         select journey_id, a, n from tally where journey_id = any($1::text[]) and kind = 'member'
         union all select journey_id, a, n from tally_change where journey_id = any($1::text[]) and kind = 'member') t on t.journey_id = j.id
       where j.workspace_id = $2 group by 1, 2) m group by id`,
    [ids, workspaceId],
  )
  const found = new Map(rows.map(({ id, counts }) => [id, { ...NOBODY, ...counts }]))
  return new Map(ids.map((id) => [id, found.get(id) ?? NOBODY]))
}

/** Takes up to `limit` changes into the counters, so that reading them stays cheap; answers how many. Harmless at any time, in any number. */
export async function foldTally(db: Db, limit = 10_000): Promise<number> {
  const [row] = await db.hot<{ n: number }>('select tw_fold($1::int) as n', [limit])
  return row!.n
}

/** Which members of an orchestration are counted: all of these must hold. */
export interface StatsFilter {
  /** Members that walk this version, or walked it last. */
  version?: number | undefined
  /** Members that entered at this instant or later, before the other. */
  from?: Date | undefined
  to?: Date | undefined
}

/** A number of one kind: prisma/migrations/20261126000200_tally says of each what a, b and c are. */
export interface Tallied {
  kind: string
  a: string
  b: string
  c: string
  n: number
}

/** What is counted, over the canvas on which it is shown. */
export interface Read {
  tally: Tallied[] | null
  canvas: Canvas
  asOf: Date
}

/** Of an orchestration: one statement, so that its numbers agree with each other (entered = left + here at every tile). */
const STATS = `${NOW}
  select (select jsonb_agg(t) from (select kind, a, b, c, sum(n)::float8 as n from now group by kind, a, b, c) t) as tally,
    v.canvas, clock_timestamp() as "asOf"
  from journey j join journey_version v on v.journey_id = j.id and v.version = coalesce(j.live_version, j.draft_version)
  where j.workspace_id = $2 and j.id = any($1::text[])`

const NONE: TileStats = { entered: 0, left: 0, here: 0, failed: 0, conversionRate: 0, medianSeconds: null }

const edgeKey = ({ from, port, to }: { from: string; port: string; to: string }): string => `${from}:${port}:${to}`

/**
 * Counts by tile and edge. Tiles: those of the live version, and those of others that members have been at. Edges: those of the live version.
 * Its cost does not depend on how many members there were, unless a filter leaves some out: then it grows with those that are left.
 * @throws TileworkError not_found for the orchestration or the version of the filter; invalid when the filter leaves more than a million members
 */
export async function journeyStats(db: Db, workspaceId: string, journeyId: string, filter: StatsFilter = {}): Promise<JourneyStats> {
  const read = (await countCohort(db, workspaceId, journeyId, filter)) ?? (await db.one<Read>(STATS, [[journeyId], workspaceId]))
  if (!read) throw new TileworkError('not_found', `There is no orchestration ${journeyId}.`)
  return statsOf(read)
}

function statsOf({ tally, canvas, asOf }: Read): JourneyStats {
  const of = (kind: string) => (tally ?? []).filter((each) => each.kind === kind)
  const byName = (kind: string): Record<string, number> => Object.fromEntries(of(kind).map(({ a, n }) => [a, n]))
  const [entered, exited, converted, failed] = ['entered', 'exited', 'converted', 'failed'].map(byName) as Record<string, number>[]
  const passed = of('edge')
  const stays = of('seconds').map(({ a, b, n }) => ({ tile: a, bucket: Number(b), n }))
  const tiles: Record<string, TileStats> = Object.fromEntries(canvas.tiles.map(({ id }) => [id, NONE]))
  for (const [id, n] of Object.entries(entered!)) {
    const left = sum(passed.filter(({ a }) => a === id)) + (exited![id] ?? 0)
    const here = { entered: n, left, here: n - left, failed: failed![id] ?? 0, conversionRate: (converted![id] ?? 0) / n }
    tiles[id] = { ...here, medianSeconds: medianOf(stays.filter(({ tile }) => tile === id)) }
  }
  // An edge of an earlier version that led elsewhere is another one.
  const counts = new Map(passed.map(({ a, b, c, n }) => [edgeKey({ from: a, port: b, to: c }), n]))
  const edges = Object.fromEntries(canvas.edges.map((edge) => [edge.id ?? `${edge.from}:${edge.port}`, counts.get(edgeKey(edge)) ?? 0]))
  return { members: { ...NOBODY, ...byName('member') }, refused: byName('refused'), tiles, edges, asOf }
}

const sum = (counts: readonly { n: number }[]): number => counts.reduce((total, { n }) => total + n, 0)

/** How far the buckets of stays are apart: tw_bucket in prisma/migrations/20261126000200_tally. */
const BUCKET = 1.05

/** The middle of the bucket that has the median, in seconds, to three digits. */
function medianOf(stays: { bucket: number; n: number }[]): number | null {
  let before = sum(stays) / 2
  if (before === 0) return null
  for (const { bucket, n } of stays.sort((a, b) => a.bucket - b.bucket))
    if ((before -= n) <= 0) return Number((BUCKET ** bucket).toPrecision(3))
  return null
}
