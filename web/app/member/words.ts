import type { TimelineEntry } from '../api/members.js'
import { labelOf, tileOf } from '../canvas/doc/lookup.js'
import type { Doc } from '../canvas/doc/types.js'
import { typeWords } from '../canvas/words/essence.js'
import { portWords } from '../canvas/words/ports.js'
import { spoken, valueWords, type Say } from '../canvas/words/say.js'
import { durationWords } from '../canvas/words/time.js'
import { limitWords } from './limit-words.js'

/** An entry of the timeline of a member or of a test run. */
export type Told = Pick<TimelineEntry, 'at' | 'tileId' | 'visit' | 'event'> &
  Partial<Omit<TimelineEntry, 'delivery'>> & { attempt?: number }

/** One stop of the line: everything that happened on one visit of a tile. */
export interface Stop<T extends Told = Told> {
  key: string
  tileId: string
  visit: number
  entries: T[]
}

/** Puts together what happened on each visit: a vendor's answer may be noted in the moment after the member went on. */
export function stopsOf<T extends Told>(entries: readonly T[]): Stop<T>[] {
  const stops = new Map<string, Stop<T>>()
  for (const entry of entries) {
    const { tileId, visit } = entry
    const key = `${tileId} ${visit}`
    const stop = stops.get(key)
    if (stop) stop.entries.push(entry)
    else stops.set(key, { key, tileId, visit, entries: [entry] })
  }
  return [...stops.values()]
}

/** What a tile is called in a sentence. */
export function tileWords(doc: Doc, id: string, say: Say): string {
  const tile = tileOf(doc, id)
  return tile ? labelOf({ ...tile, id: typeWords(tile.type, say) }) : id
}

/**
 * One thing that happened, as a sentence: what was decided and from which values. Undefined for what the stop says by being there
 * (it was left by the only way on).
 * @param timeZone of the instants in it, when it goes without saying
 */
export function sentence(entry: Told, doc: Doc, say: Say, timeZone?: string): string | undefined {
  const { t } = say
  const { event } = entry
  const tile = tileOf(doc, entry.tileId)
  const way = entry.port === undefined ? '' : tile ? portWords(tile, entry.port, say) : entry.port
  const read = readsWords(entry.reads, say)
  if (event === 'left') return way === '' ? undefined : t('timeline:left', { way })
  if (event === 'decided') return decided(read, way, say)
  if (event === 'waiting') return waiting(entry, say, timeZone)
  if (event === 'moved')
    return t('timeline:moved', { to: entry.to === undefined ? '' : tileWords(doc, entry.to, say), version: entry.version })
  if (event === 'exited')
    return t(entry.reason ? 'timeline:exitedFor' : 'timeline:exited', { reason: spoken(entry.reason ?? '') }) + because(entry, say)
  if (event === 'skipped' && entry.actor === undefined && entry.reason !== undefined) return keptBack(entry.reason, entry.reads, say)
  if (event === 'failed' || event === 'parked') {
    const { code, message } = entry.error ?? {}
    if (code === undefined) return t(`timeline:${event}`)
    return t(`timeline:${event}For`, { code, message: message === code ? t('timeline:code') : message })
  }
  return t(`timeline:${event}`)
}

function decided(read: string | undefined, way: string, { t }: Say): string {
  if (read !== undefined && way !== '') return t('timeline:decidedFrom', { read, way })
  if (read !== undefined) return t('timeline:read', { read })
  return way === '' ? t('timeline:decided') : t('timeline:decidedWay', { way })
}

function keptBack(reason: string, reads: Told['reads'], say: Say): string {
  const limit = limitWords(reason, reads, say)
  if (limit !== undefined) return say.t('timeline:keptBack', { why: limit })
  const why = say.t(`timeline:why.${reason}`, { defaultValue: spoken(reason) })
  const read = readsWords(reads, say)
  return read === undefined ? say.t('timeline:keptBack', { why }) : say.t('timeline:keptBackBy', { why, read })
}

function waiting({ until, previousUntil, reads, reason }: Told, say: Say, timeZone: string | undefined): string {
  const { t, locale } = say
  const why = reason === undefined ? undefined : limitWords(reason, reads, say)
  if (until === undefined) return why === undefined ? t('timeline:waiting') : t('timeline:limit.waits', { why })
  const zone = typeof reads?.timezone === 'string' && reads.timezone !== timeZone ? reads.timezone : undefined
  const words = (at: string): string => (zone === undefined && timeZone ? clockWords(at, locale, timeZone) : instantWords(at, locale, zone))
  const [when, before] = [words(until), previousUntil && words(previousUntil)]
  if (why !== undefined) return t('timeline:limit.waitsUntil', { why, when })
  return before ? t('timeline:waitingAnew', { when, before }) : t('timeline:waitingUntil', { when })
}

const because = ({ cause, reads }: Told, say: Say): string => {
  const read = readsWords((cause?.reads as Record<string, unknown> | undefined) ?? reads, say)
  const words = [
    ...(typeof cause?.criterion === 'string' ? [say.t('timeline:criterion', { name: cause.criterion })] : []),
    ...(read === undefined ? [] : [read]),
  ]
  return words.length === 0 ? '' : ` (${words.join('; ')})`
}

/** The values that a decision saw: `lifetime value was 620`. The zone is told with the instant that it made. */
export function readsWords(reads: Record<string, unknown> | undefined, say: Say): string | undefined {
  const read = Object.entries(reads ?? {}).filter(([name]) => name !== 'timezone' && name !== 'eventId')
  if (read.length === 0) return undefined
  return read.map(([name, value]) => say.t('timeline:was', { name: nameWords(name, say), value: objectWords(value, say) })).join(', ')
}

/** `traits.lifetime_value` as lifetime value, `tile.order.total` as total of Wait for an order. */
function nameWords(name: string, { t, names }: Say): string {
  const parts = name.split('.')
  if (parts[0] === 'traits') return spoken(parts.slice(1).join('.'))
  const id = parts[0] === 'tile' || parts[0] === 'tiles' ? parts[1] : undefined
  if (id !== undefined && parts.length > 2)
    return t('timeline:ofTile', { name: spoken(parts.slice(2).join('.')), tile: names.tiles?.get(id) ?? id })
  return spoken(name)
}

const objectWords = (value: unknown, say: Say): string =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : valueWords(value, say)

/** An instant as it is read, in a zone that is named; in the viewer's without one. */
export const instantWords = (at: string, locale: string, timeZone?: string): string =>
  timeZone ? `${clockWords(at, locale, timeZone)} (${timeZone})` : clockWords(at, locale)

/** What the clocks in a zone show at an instant; in the viewer's without one. */
export function clockWords(at: string, locale: string, timeZone?: string): string {
  const format = { dateStyle: 'medium', timeStyle: 'medium', ...(timeZone && { timeZone }) } as const
  return new Date(at).toLocaleString(locale === 'en' ? 'en-GB' : locale, format)
}

const PARTS = [['D', 86_400_000], ['H', 3_600_000], ['M', 60_000], ['S', 1_000]] as const // prettier-ignore

/** How long after another an instant is, in its two largest parts: `+2 days 3 hours`. Undefined of the same second. */
export function sinceWords(at: string, since: string, say: Say): string | undefined {
  let rest = Date.parse(at) - Date.parse(since)
  const parts = PARTS.map(([unit, ms]) => {
    const count = Math.floor(rest / ms)
    rest -= count * ms
    return [count, unit] as const
  })
  const first = parts.findIndex(([count]) => count > 0)
  if (first === -1) return undefined
  const told = parts.slice(first, first + 2).filter(([count]) => count > 0)
  const written = (units: string): string => told.filter(([, unit]) => units.includes(unit)).map(([count, unit]) => `${count}${unit}`).join('') // prettier-ignore
  const time = written('HMS')
  return `+${durationWords(`P${written('D')}${time && `T${time}`}`, say)}`
}
