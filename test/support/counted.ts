import type { Db } from '../../store/db.js'
import type { JourneyStats } from '../../store/stats.js'

/** Counts an orchestration's journal itself: what its counters must come to. */

const COUNTS = `count(m.id)::int as entered, count(m.id) filter (where m.status = 'active')::int as active,
  count(m.id) filter (where m.status = 'held')::int as held, count(m.id) filter (where m.status = 'parked')::int as parked,
  count(m.id) filter (where m.status = 'exited')::int as exited, count(m.id) filter (where m.converted)::int as converted`

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
    1 as one`

interface Counted {
  members: JourneyStats['members']
  refused: Record<string, number> | null
  tiles: Record<string, Omit<JourneyStats['tiles'][string], 'here'>> | null
  edges: { from: string; port: string; to: string; n: number }[] | null
}

export async function counted(db: Db, workspaceId: string, journeyId: string): Promise<Counted> {
  return (await db.one<Counted>(STATS, [workspaceId, journeyId]))!
}
