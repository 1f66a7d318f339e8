import type { Trend } from '../api/monitor.js'

/** One thing that happened over time. */
export interface Series {
  name: 'entered' | 'exited' | 'sent' | 'failed'
  total: number
  /** The bucket with the most; undefined when there was nothing. */
  most: Point | undefined
  points: Point[]
}

export interface Point {
  /** The beginning of the bucket. */
  at: string
  n: number
}

type Bucket = Trend['buckets'][number]

const READ: Record<Series['name'], (bucket: Bucket) => number> = {
  entered: ({ entered }) => entered,
  exited: ({ exited }) => Object.values(exited).reduce((sum, n) => sum + n, 0),
  sent: ({ sent }) => sent,
  failed: ({ failed }) => failed,
}

/** What is drawn of a trend: entries and exits always; sends and failures where there were some. */
export function seriesOf({ buckets }: Trend): Series[] {
  return (Object.keys(READ) as Series['name'][]).flatMap((name) => {
    const points = buckets.map((bucket) => ({ at: bucket.at, n: READ[name](bucket) }))
    const total = points.reduce((sum, { n }) => sum + n, 0)
    const most = points.reduce<Point | undefined>((best, point) => (point.n > (best?.n ?? 0) ? point : best), undefined)
    return total > 0 || name === 'entered' || name === 'exited' ? [{ name, total, most, points }] : []
  })
}

const SHOWN: Record<Trend['interval'], Intl.DateTimeFormatOptions> = {
  minute: { hour: '2-digit', minute: '2-digit' },
  hour: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short' },
  month: { month: 'short', year: 'numeric' },
}

/** When a bucket begins, in the zone that the trend is told in. */
export const bucketWords = (at: string, { interval, timezone }: Pick<Trend, 'interval' | 'timezone'>): string =>
  new Date(at).toLocaleString('en-GB', { ...SHOWN[interval], timeZone: timezone })
