import { durationSchema } from '../../model/duration.js'
import { addDuration } from '../../model/zone.js'
import { pointer } from '../../model/pointer.js'
import { conditionsIn } from './conditions.js'

/** A window over events that have been dropped in part. */
export interface LongWindow {
  /** JSON pointer to `within`, relative to the value that was searched. */
  path: string
  message: string
}

/** Windows in a condition, a config or settings that are longer than events are kept, in months. */
export function longWindows(value: unknown, months: number): LongWindow[] {
  return conditionsIn(value).flatMap(({ condition, path }) => {
    if (!('event' in condition) || condition.within === undefined || !isLonger(condition.within, months)) return []
    const kept = months === 1 ? '1 month' : `${months} months`
    const message = `Events are kept for ${kept}, and the last ${condition.within} are asked for; shorten the window, or raise the setting EVENT_RETENTION_MONTHS.`
    return [{ path: pointer([...path, 'within']), message }]
  })
}

/** Any day does: events are kept some days longer than their months, for these differ in length. */
const DAY = Date.UTC(2026, 0, 1)

const isLonger = (within: string, months: number): boolean =>
  durationSchema.safeParse(within).success && addDuration(DAY, within, 'UTC') > addDuration(DAY, `P${months}M`, 'UTC')
