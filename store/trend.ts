import { TileworkError } from '../model/errors.js'
import { checkVersion } from './cohort.js'
import type { Db } from './db.js'

/** Lengths of a bucket. */
export const INTERVALS = ['minute', 'hour', 'day', 'week', 'month'] as const
export type Interval = (typeof INTERVALS)[number]

/** What happened in one bucket. */
export interface Bucket {
  /** Its beginning. */
  at: Date
  entered: number
  /** Exit reason to how many. */
  exited: Record<string, number>
  converted: number
  sent: number
  /** Deliveries that failed for good. */
  failed: number
}

export interface Trend {
  from: Date
  to: Date
  interval: Interval
  /** In which days, weeks and months begin. */
  timezone: string
  buckets: Bucket[]
}

export interface TrendQuery {
  /** Only what happened to members that walk this version, or walked it last. */
  version?: number | undefined
  from?: Date | undefined
  to?: Date | undefined
  interval?: Interval | undefined
  timezone?: string | undefined
}

/** Most buckets of a trend. */
export const MAX_BUCKETS = 1_000
/** How far back it goes unless told. */
const DAYS = 30

const MS: Record<Interval, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 28 * 86_400_000 }

interface Row {
  at: Date
  kind: 'entered' | 'exited' | 'converted' | 'sent' | 'failed' | 'bucket'
  reason: string
  n: number
}

/** Every part finds its rows by an index on the time; of a version ($6) each looks at the row of its member too. The last makes the buckets in which nothing was. */
function happened(ofVersion: boolean): string {
  const walks = ofVersion ? 'and version = $6::int' : ''
  const walker = ofVersion ? 'and exists (select from member m where m.id = member_id and m.version = $6::int)' : ''
  return `
  with happened (at, kind, reason, n) as (
    select date_trunc($4, arrived_at, $5), 'entered', '', count(*) from step
    where journey_id = $1 and from_tile is null and arrived_at >= $2::timestamptz and arrived_at < $3::timestamptz ${walker} group by 1
    union all select date_trunc($4, exited_at, $5), 'exited', exit_reason, count(*) from member
    where journey_id = $1 and exited_at >= $2::timestamptz and exited_at < $3::timestamptz ${walks} group by 1, 3
    union all select date_trunc($4, exited_at, $5), 'converted', '', count(*) from member
    where journey_id = $1 and exited_at >= $2::timestamptz and exited_at < $3::timestamptz and converted ${walks} group by 1
    union all select date_trunc($4, sent_at, $5), 'sent', '', count(*) from delivery
    where journey_id = $1 and state = 'sent' and updated_at >= $2::timestamptz and sent_at >= $2::timestamptz and sent_at < $3::timestamptz ${walker} group by 1
    union all select date_trunc($4, at, $5), 'failed', '', count(*) from incident
    where journey_id = $1 and kind = 'failed' and at >= $2::timestamptz and at < $3::timestamptz ${walker} group by 1)
  select at, kind, coalesce(reason, '') as reason, n::int from happened
  union all select at, 'bucket', '', 0
  from generate_series(date_trunc($4, $2::timestamptz, $5), $3::timestamptz - interval '1 microsecond', ('1 ' || $4)::interval, $5) at order by at`
}

/**
 * What happened in an orchestration, bucket by bucket. The first and the last bucket hold only what is in the time that was asked for. Its cost grows
 * with what happened in that time; of a version it reads the member of each row besides.
 * @throws TileworkError not_found for the orchestration or the version; invalid when it would be too many buckets
 */
export async function journeyTrend(db: Db, workspaceId: string, journeyId: string, query: TrendQuery): Promise<Trend> {
  const journey = await db.one<{ now: Date; begun: Date; timezone: string | null }>(
    `select clock_timestamp() as now, coalesce(j.activated_at, j.created_at) as begun, v.canvas -> 'settings' ->> 'timezone' as timezone
     from journey j join journey_version v on v.journey_id = j.id and v.version = coalesce(j.live_version, j.draft_version)
     where j.workspace_id = $1 and j.id = $2`,
    [workspaceId, journeyId],
  )
  if (!journey) throw new TileworkError('not_found', `There is no orchestration ${journeyId}.`)
  const { version } = query
  if (version !== undefined) await checkVersion(db, journeyId, version)
  const { now, begun } = journey
  const to = query.to ?? now
  const from = query.from ?? new Date(Math.min(to.getTime(), Math.max(begun.getTime(), to.getTime() - DAYS * MS.day)))
  const interval = query.interval ?? fitting(to.getTime() - from.getTime())
  checkBuckets(from, to, interval)
  const timezone = query.timezone ?? journey.timezone ?? 'UTC'
  const rows = await db.query<Row>(happened(version !== undefined), [
    journeyId,
    from,
    to,
    interval,
    timezone,
    ...(version === undefined ? [] : [version]),
  ])
  return { from, to, interval, timezone, buckets: bucketsOf(rows) }
}

/** The longest that still makes sixteen buckets or more. */
const fitting = (ms: number): Interval => INTERVALS.toReversed().find((interval) => ms / MS[interval] >= 16) ?? 'minute'

function checkBuckets(from: Date, to: Date, interval: Interval): void {
  const n = (to.getTime() - from.getTime()) / MS[interval]
  if (n <= MAX_BUCKETS) return
  const message = `That makes some ${Math.ceil(n)} buckets, and ${MAX_BUCKETS} are the most. Choose a longer interval or a shorter time.`
  throw new TileworkError('invalid', message, [{ path: '?interval', code: 'too_many', message }])
}

function bucketsOf(rows: Row[]): Bucket[] {
  const buckets = new Map<number, Bucket>()
  for (const { at, kind, reason, n } of rows) {
    let bucket = buckets.get(at.getTime())
    if (!bucket) buckets.set(at.getTime(), (bucket = { at, entered: 0, exited: {}, converted: 0, sent: 0, failed: 0 }))
    if (kind === 'exited') bucket.exited[reason] = n
    else if (kind !== 'bucket') bucket[kind] = n
  }
  return [...buckets.values()]
}
