import type { Arrival } from '../../engine/host.js'
import { emptyReads, valueAt, type Facts, type Reads } from '../../model/condition.js'
import { hasCalendarPart } from '../../model/duration.js'
import { addDuration, atTimeOfDay, localToInstant, nextTime, readInstant, resolveZone } from '../../model/zone.js'
import type { Decided, TileLogic } from '../decide.js'
import type { Settings } from '../settings.js'
import type { WaitConfig } from './schema.js'

type Of<K extends WaitConfig['kind']> = Extract<WaitConfig, { kind: K }>

/**
 * When a wait begins (ms): when the one began from which the member was moved, else now; and after its last wait was due, for the timers' clock
 * may be ahead of the database's.
 */
export const reckonedFrom = ({ began, lastDue }: Arrival, now: number): number =>
  Math.max(began ?? now, lastDue === undefined ? -Infinity : lastDue + 1)

/** How long to stay, in the time zone in force. An instant that is past: at once. */
export const waitLogic: TileLogic<WaitConfig> = {
  // Hours and less follow no zone. Whether a condition holds already is judged after the arrival is committed, with what came in between.
  reads: (config): Reads => ({ ...emptyReads(), traits: !isExact(config) }),
  decide(config, facts, settings): Decided {
    if (config.kind === 'event' || config.kind === 'condition') return untilMet(config, facts, settings)
    return untilDue(config, facts, settings)
  },
}

function untilMet(config: Of<'event'> | Of<'condition'>, facts: Facts, settings: Settings): Decided {
  if (config.timeout === undefined) return { decision: { do: 'wait', port: 'timeout' } }
  const { zone, reads } = zoneFor(config.timeout, config, facts, settings)
  return { decision: { do: 'wait', until: addDuration(facts.now, config.timeout, zone), port: 'timeout' }, ...(reads && { reads }) }
}

function untilDue(config: Exclude<WaitConfig, { kind: 'event' | 'condition' }>, facts: Facts, settings: Settings): Decided {
  const { until, reads } = due(config, facts, settings)
  const decision =
    until === undefined || until <= facts.now ? ({ do: 'go', port: 'next' } as const) : ({ do: 'wait', until, port: 'next' } as const)
  return { decision, ...(reads && { reads }) }
}

interface Due {
  /** ms; undefined: the trait names no date. */
  until: number | undefined
  reads?: Record<string, unknown>
}

/** When a wait by time is due; facts.now is the instant that it is reckoned from. */
function due(config: Exclude<WaitConfig, { kind: 'event' | 'condition' }>, facts: Facts, settings: Settings): Due {
  switch (config.kind) {
    case 'duration': {
      const { zone, reads } = zoneFor(config.duration, config, facts, settings)
      return { until: addDuration(facts.now, config.duration, zone), ...(reads && { reads }) }
    }
    case 'time': {
      const zone = resolveZone(config.timezone, facts.traits, settings.timezone)
      return { until: nextTime(facts.now, config.time, config.days, zone), reads: { timezone: zone } }
    }
    case 'date': {
      const zone = resolveZone(config.timezone, facts.traits, settings.timezone)
      return { until: localToInstant(config.date, zone), reads: { timezone: zone } }
    }
    case 'trait':
      return byTrait(config, facts, settings)
  }
}

/** The trait's date, moved by the offset, then at the time of day: `renewal_date`, 7 days before, at 09:00. */
function byTrait(config: Of<'trait'>, facts: Facts, settings: Settings): Due {
  const zone = resolveZone(config.timezone, facts.traits, settings.timezone)
  const value = valueAt(facts.traits, config.trait)
  const reads = { [`traits.${config.trait}`]: value ?? null, timezone: zone }
  const date = readInstant(value, zone)
  if (date === undefined) return { until: undefined, reads }
  const moved = config.offset ? addDuration(date, config.offset, zone) : date
  return { until: config.time ? atTimeOfDay(moved, config.time, zone) : moved, reads }
}

/** The zone matters only to calendar parts; a duration of hours and less reads nothing. */
function zoneFor(
  duration: string,
  config: { timezone?: string | undefined },
  facts: Facts,
  settings: Settings,
): { zone: string; reads?: Record<string, unknown> } {
  if (!hasCalendarPart(duration)) return { zone: 'UTC' }
  const zone = resolveZone(config.timezone, facts.traits, settings.timezone)
  return { zone, reads: { timezone: zone } }
}

/** Whether a wait ends a fixed time after it begins, in every zone. */
function isExact(config: WaitConfig): boolean {
  if (config.kind === 'duration') return !hasCalendarPart(config.duration)
  return (config.kind === 'event' || config.kind === 'condition') && (config.timeout === undefined || !hasCalendarPart(config.timeout))
}

/** Whether a wait's instant, or its time-out's, depends on a trait or on the customer's time zone. Hours and less are exact. */
export function mayMove(wait: WaitConfig): boolean {
  if (wait.kind === 'trait') return true
  if (wait.timezone !== undefined && wait.timezone !== 'customer') return false
  if (wait.kind === 'time' || wait.kind === 'date') return true
  return hasCalendarPart((wait.kind === 'duration' ? wait.duration : wait.timeout) ?? '')
}
