import { Temporal } from 'temporal-polyfill'
import type { Channel } from './channels.js'
import { DAYS, type Day } from './choices.js'
import { resolveZone } from './zone.js'

/*
 * Hours in which no message leaves. Local times that a clock change skips move forward by the gap, those that it repeats take the first,
 * as in waits (model/zone.ts).
 */

/** Hours of the day by the clocks of a time zone. */
export interface QuietWindow {
  /** `22:00`; quiet from here on. */
  from: string
  /** `08:00`; not quiet any more. At or before `from`: on the day after. */
  to: string
  /** The days on which it begins; all when absent. */
  days?: readonly Day[] | undefined
}

/** What becomes of a message that comes in quiet hours. */
export type Otherwise = 'delay' | 'skip'

/** How quiet hours are kept, whoever has named them. */
interface Keeping {
  /** `customer`, or an IANA zone for all; the customer's too when absent. */
  timezone?: string | undefined
  /** `delay` when absent. */
  otherwise?: Otherwise | undefined
}

/** Of a tile or an orchestration. */
export interface QuietHours extends QuietWindow, Keeping {}

/** Of a workspace. */
export interface WorkspaceQuietHours extends Keeping {
  windows: readonly QuietWindow[]
  /** The channels for which they hold; all when absent. */
  channels?: readonly Channel[] | undefined
}

/** Who names the quiet hours that hold: the nearest that says anything. */
export type QuietLevel = 'tile' | 'orchestration' | 'workspace'

/** Who may say something about quiet hours; `none`: there are none here, whatever those behind say. */
export interface QuietLevels {
  tile?: QuietHours | 'none' | undefined
  orchestration?: QuietHours | 'none' | undefined
  workspace?: WorkspaceQuietHours | undefined
}

/** The quiet hours that hold for a message. */
export interface Quiet extends Keeping {
  level: QuietLevel
  windows: readonly QuietWindow[]
}

/** The quiet hours that hold: the tile's, else the orchestration's, else the workspace's if they are for the channel. Never two of them together. */
export function quietFor({ tile, orchestration, workspace }: QuietLevels, channel: Channel): Quiet | undefined {
  const [level, own] = tile !== undefined ? (['tile', tile] as const) : (['orchestration', orchestration] as const)
  if (own === 'none') return undefined
  if (own) {
    const { timezone, otherwise, ...window } = own
    return { level, windows: [window], timezone, otherwise }
  }
  if (!workspace || (workspace.channels && !workspace.channels.includes(channel))) return undefined
  const { windows, timezone, otherwise } = workspace
  return { level: 'workspace', windows, timezone, otherwise }
}

/** A message that comes in quiet hours: which, and until when (ms). */
export interface Hushed {
  level: QuietLevel
  zone: string
  until: number
  otherwise: Otherwise
}

/**
 * Judges whether it is quiet for a customer.
 * @param ms the instant
 * @param settingsZone the orchestration's time zone, for a customer who has none
 */
export function hushed(quiet: Quiet, ms: number, traits: Record<string, unknown>, settingsZone: string | undefined): Hushed | undefined {
  const zone = resolveZone(quiet.timezone, traits, settingsZone)
  const until = quietUntil(quiet.windows, ms, zone)
  return until === undefined ? undefined : { level: quiet.level, zone, until, otherwise: quiet.otherwise ?? 'delay' }
}

/** When it is not quiet any more (ms), of windows that follow each other after the last; undefined when it is not quiet now. */
export function quietUntil(windows: readonly QuietWindow[], ms: number, zone: string): number | undefined {
  let end: number | undefined
  for (;;) {
    const later = longest(windows, end ?? ms, zone)
    if (later === undefined) return end
    end = later
    if (end - ms > MOST_MS) throw new RangeError('The quiet hours never end.')
  }
}

/** Windows that follow each other without a pause for longer than this have none at all, ms: a week, and a day that clock changes may lengthen it by. */
const MOST_MS = 8 * 86_400_000

/** Whether the windows leave any hour of the week, by a clock that never changes. */
export function everQuiet(windows: readonly QuietWindow[]): boolean {
  try {
    quietUntil(windows, 0, 'UTC')
    return false
  } catch (error) {
    if (error instanceof RangeError) return true
    throw error
  }
}

/** The last end of the windows that an instant is in. */
function longest(windows: readonly QuietWindow[], ms: number, zone: string): number | undefined {
  // A database's clock has parts of a millisecond; windows have none.
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toZonedDateTimeISO(zone).toPlainDate()
  let end: number | undefined
  // A window is at most a day long, and a clock change may take it a little into the day after the next.
  for (const date of [today, today.subtract({ days: 1 }), today.subtract({ days: 2 })])
    for (const window of windows) {
      if (window.days && !window.days.includes(DAYS[date.dayOfWeek - 1]!)) continue
      const over = window.to <= window.from ? date.add({ days: 1 }) : date
      const until = clock(over, window.to, zone)
      if (clock(date, window.from, zone) <= ms && ms < until) end = Math.max(end ?? until, until)
    }
  return end
}

const clock = (date: Temporal.PlainDate, time: string, zone: string): number =>
  date.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds
