import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'
import type { Read, StatsFilter } from './stats.js'

/** Most members that are counted one by one. */
const MOST = 1_000_000

interface Known {
  version: number | null
  /** Whether the filter leaves nobody out: the counters know the answer. */
  everybody: boolean
}

/** The version that is shown, and whether anybody is left out: nobody enters before the activation, or walks a version that is not published. */
const KNOWN = `
  select coalesce($3::int, j.live_version, j.draft_version) as version,
    coalesce($4::timestamptz <= j.activated_at, true) and coalesce($5::timestamptz > clock_timestamp(), true) and coalesce($3::int = p.first and p.first = p.last, true) as everybody
  from journey j cross join lateral (
    select min(version) as first, max(version) as last from journey_version where journey_id = j.id and published_at is not null) p
  where j.workspace_id = $1 and j.id = $2`

/** By when they entered, through their first steps; else all of the orchestration. */
const cohort = ({ from, to }: StatsFilter): string =>
  from || to
    ? `select m.* from step s join member m on m.id = s.member_id where s.journey_id = $1 and s.from_tile is null
         and ($3::timestamptz is null or s.arrived_at >= $3) and ($4::timestamptz is null or s.arrived_at < $4) and ($2::int is null or m.version = $2)`
    : `select m.* from member m where m.journey_id = $1 and ($3::timestamptz is null and $4::timestamptz is null) and m.version = $2::int`

const counts = (filter: StatsFilter): string => `
  with cohort as materialized (select id, status, tile_id, converted from (${cohort(filter)}) m),
  steps as materialized (
    select s.tile_id, s.from_tile, s.from_port, case when s.from_port <> 'moved' then tw_bucket(extract(epoch from s.arrived_at - s.from_arrived_at)) end as bucket,
      c.converted, count(*) as n
    from cohort c join step s on s.member_id = c.id group by 1, 2, 3, 4, 5),
  now (kind, a, b, c, n) as (
    select 'member', 'entered', '', '', count(*) from cohort
    union all select 'member', status, '', '', count(*) from cohort group by status
    union all select 'member', 'converted', '', '', count(*) from cohort where converted
    union all select 'exited', tile_id, '', '', count(*) from cohort where status = 'exited' group by tile_id
    union all select 'entered', tile_id, '', '', sum(n) from steps group by tile_id
    union all select 'converted', tile_id, '', '', sum(n) from steps where converted group by tile_id
    union all select 'edge', from_tile, from_port, tile_id, sum(n) from steps where from_tile is not null group by 2, 3, 4
    union all select 'seconds', from_tile, bucket, '', sum(n) from steps where bucket is not null group by 2, 3
    union all select 'failed', i.tile_id, '', '', count(distinct i.member_id) from incident i
      where i.journey_id = $1 and i.kind = 'failed' and i.member_id in (select id from cohort) group by i.tile_id
    union all select 'refused', reason, '', '', count(*) from refusal
      where journey_id = $1 and ($3::timestamptz is null or at >= $3) and ($4::timestamptz is null or at < $4) group by reason)
  select (select jsonb_agg(to_jsonb(now) || jsonb_build_object('n', n::float8)) from now) as tally, v.canvas, clock_timestamp() as "asOf"
  from journey_version v where v.journey_id = $1 and v.version = $5::int`

/**
 * Counts the members whom a filter leaves, one by one, as the counters would. Refusals are those of the same time, of whatever version.
 * @returns undefined when the filter leaves nobody out, or there is no such orchestration
 * @throws TileworkError not_found for a version that is not published; invalid when there are too many
 */
export async function countCohort(db: Db, workspaceId: string, journeyId: string, filter: StatsFilter): Promise<Read | undefined> {
  const { version = null, from = null, to = null } = filter
  if (version === null && from === null && to === null) return undefined
  const known = await db.one<Known>(KNOWN, [workspaceId, journeyId, version, from, to])
  if (!known) return undefined
  if (version !== null) await checkVersion(db, journeyId, version)
  if (known.everybody) return undefined
  const params = [journeyId, version, from, to]
  const many = await db.one(`select 1 as one from (${cohort(filter)}) m offset ${MOST} limit 1`, params)
  if (many) throw tooMany()
  return db.one<Read>(counts(filter), [...params, known.version])
}

/** @throws TileworkError not_found unless it is a published version of the orchestration */
export async function checkVersion(db: Db, journeyId: string, version: number): Promise<void> {
  const row = await db.one(
    'select 1 as one from journey_version where journey_id = $1 and version = $2::int and published_at is not null',
    [journeyId, version],
  )
  if (!row) throw new TileworkError('not_found', `There is no published version ${version} of orchestration ${journeyId}.`)
}

const tooMany = (): TileworkError => {
  const message = 'More than a million members are left by this filter, too many to count. Choose a shorter time, or leave the filter out.'
  return new TileworkError('invalid', message, [{ path: '?from', code: 'too_many', message }])
}
