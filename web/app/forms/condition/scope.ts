import { preceding, reached } from '../../canvas/doc/lookup.js'
import type { Doc } from '../../canvas/doc/types.js'
import { record, records, text } from '../../canvas/words/say.js'

/** A wait for an event that can have been met before. */
export interface WaitSource {
  id: string
  name: string | undefined
  event: string | undefined
}

/** What a condition can look at where it stands. */
export interface Scope {
  waits: readonly WaitSource[]
  /** The one event that enters, if it is one: its properties are known. */
  entryEvent: string | undefined
  /** Events enter at all. */
  byEvent: boolean
  /** Within `where`: the event that is judged; its properties are read without `of`. */
  judged?: { event: string | undefined }
}

/** Of a tile: the waits on any path that leads to it. Without a tile (the settings): every wait for an event. */
export function scopeAt(doc: Doc, tileId?: string): Scope {
  const before = tileId === undefined ? undefined : reached(doc, preceding(doc, tileId), preceding)
  const waits = doc.tiles
    .filter(({ id, type, config }) => type === 'wait' && config.kind === 'event' && (before?.has(id) ?? true))
    .map(({ id, name, config }) => ({ id, name, event: text(config.event) }))
  const triggers = doc.tiles.filter(({ type }) => type === 'entry').flatMap(({ config }) => records(config.triggers))
  const events = triggers.filter((trigger) => record(trigger).type === 'event').map(({ event }) => text(event))
  return { waits, entryEvent: events.length === 1 ? events[0] : undefined, byEvent: events.length > 0 }
}

/** The same within the `where` of an event. */
export const within = (scope: Scope, event: unknown): Scope => ({ ...scope, judged: { event: text(event) } })

/** The event that a property is of, as far as it is known. */
export function eventOf(scope: Scope, of: unknown): string | undefined {
  if (of === undefined) return scope.judged?.event
  if (of === 'entry') return scope.entryEvent
  return scope.waits.find(({ id }) => `tile:${id}` === of)?.event
}
