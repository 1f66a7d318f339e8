import { nearest } from '../../../../tiles/nearest.js'
import { labelOf, preceding, reached } from '../../canvas/doc/lookup.js'
import type { Doc, DocTile } from '../../canvas/doc/types.js'
import { record, records, text } from '../../canvas/words/say.js'
import { segmentsOf, writtenIn } from './scan.js'

/** The places that variables are of, in the order in which they are offered. */
export const GROUPS = ['customer', 'entry', 'tiles', 'secrets', 'orchestration'] as const

/** Something that a template can read. */
export interface Variable {
  group: (typeof GROUPS)[number]
  /** As Liquid reads it: `customer.traits.name`, `customer.traits["first name"]`. */
  path: string
  /** What it was when it came in, or always is: `string`, `number` … */
  type?: string
  /** A value that it had or will have. */
  sample?: string
  /** Of a tile: what people call that. */
  of?: string
}

/** A name that came in, with the types that it had (the one seen last first) and some values. */
export interface Seen {
  name: string
  types: readonly string[]
  samples: readonly unknown[]
}

/** Names that came in, for what a document does not say. */
export interface SeenNames {
  traits: readonly Seen[]
  /** By event. */
  properties: ReadonlyMap<string, readonly Seen[]>
}

type Readable = Omit<Variable, 'group'>

const named = (of: string, name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? `${of}.${name}` : `${of}[${JSON.stringify(name)}]`

function readable(path: string, type?: string, sample?: unknown): Readable {
  return { path, ...(type !== undefined && { type }), ...(sample !== undefined && sample !== '' && { sample: String(sample) }) }
}

/** Names of what is within objects have dots; those of what is not have them as letters. */
function came(of: string, all: readonly Seen[]): Readable[] {
  const names = new Set(all.map(({ name }) => name))
  return all.map(({ name, types, samples }) => {
    const [first, ...rest] = name.split('.')
    const path = rest.length > 0 && names.has(first!) ? [first!, ...rest].reduce(named, of) : named(of, name)
    return readable(path, types[0], samples[0])
  })
}

/** The same name seen of several events is one. */
function union(lists: readonly (readonly Seen[] | undefined)[]): Seen[] {
  const byName = new Map<string, Seen>()
  for (const seen of lists.flatMap((list) => list ?? [])) if (!byName.has(seen.name)) byName.set(seen.name, seen)
  return [...byName.values()]
}

/** The tiles on any path that leads to a tile, in the order of the document. */
function before(doc: Doc, tileId: string): DocTile[] {
  const ids = reached(doc, preceding(doc, tileId), preceding)
  return doc.tiles.filter(({ id }) => ids.has(id))
}

const entryEvents = (doc: Doc): string[] =>
  doc.tiles
    .filter(({ type }) => type === 'entry')
    .flatMap(({ config }) => records(config.triggers))
    .flatMap(({ type, event }) => (type === 'event' ? [text(event) ?? ''] : []))

const waitedFor = ({ type, config }: DocTile): string | undefined =>
  type === 'wait' && config.kind === 'event' ? text(config.event) : undefined

/** The events whose properties a tile can read. */
export const eventsAt = (doc: Doc, tileId: string): string[] =>
  [
    ...new Set([...entryEvents(doc), ...before(doc, tileId).map(waitedFor)].filter((event) => event !== undefined && event !== '')),
  ] as string[]

/** What a tile leaves to those behind it. */
function leftBy(tile: DocTile, { properties }: SeenNames): Readable[] {
  const at = named('tiles', tile.id)
  const of = labelOf(tile)
  if (tile.type === 'webhook')
    return Object.entries(record(tile.config.save)).map(([name, place]) => ({ ...readable(named(at, name), undefined, place), of }))
  const event = waitedFor(tile)
  if (event === undefined) return []
  const all = [
    readable(`${at}.event`, 'string', event),
    readable(`${at}.properties`, 'object'),
    ...came(`${at}.properties`, properties.get(event) ?? []),
  ]
  return all.map((each) => ({ ...each, of }))
}

/** What the templates of a tile can read: of other tiles, those on any path that leads to it, which kept something. */
export function variablesAt(doc: Doc, tileId: string, seen: SeenNames): Variable[] {
  const events = entryEvents(doc)
  const groups: Partial<Record<Variable['group'], Readable[]>> = {
    customer: [readable('customer.id', 'string'), ...came('customer.traits', seen.traits)],
    entry: events.length === 0 ? [] : [
      readable('entry.event', 'string', events.join(', ')),
      ...came('entry.properties', union(events.map((event) => seen.properties.get(event)))),
    ],
    tiles: before(doc, tileId).flatMap((tile) => leftBy(tile, seen)),
    orchestration: [
      readable('orchestration.name', 'string', doc.name),
      readable('orchestration.id', 'string'),
      readable('orchestration.version', 'number'),
      readable('member.id', 'string'),
      readable('member.enteredAt', 'date'),
      ...(doc.tiles.find(({ id }) => id === tileId)?.type === 'webhook' ? [] : MESSAGE),
      ...(doc.tiles.some(({ id, type }) => id === tileId && type === 'action') ? [readable('unsubscribeUrl', 'string')] : []),
    ],
  } // prettier-ignore
  return GROUPS.flatMap((group) => (groups[group] ?? []).map((each) => ({ group, ...each })))
}

/** What only the messages of actions know. */
const MESSAGE = ['locale', 'dir', 'channel', 'tile'].map((name) => readable(`message.${name}`, 'string'))

const letters = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** Whether some texts have every word of a search in them, whatever stands between their letters. */
export const isFound = (texts: readonly string[], search: string): boolean =>
  search.split(/\s+/).every((word) => letters(texts.join(' ')).includes(letters(word)))

/** Secrets of the workspace, for where templates may read them. */
export const secretVariables = (names: Iterable<string>): Variable[] =>
  [...names].map((name) => ({ group: 'secrets', path: named('secrets', name) }))

/** A name in a template that never came in, though others did: a slip of the pen, or the first of its kind. */
export interface Unseen {
  from: number
  to: number
  /** What it would be of. */
  group: 'customer' | 'entry' | 'tiles'
  name: string
  near?: string
}

/** From so many names on, some that came in are not known. */
const KNOWN_AT_MOST = 500

/** How many segments stand before the name, where names come in from outside. */
function openAt([root, second, third]: readonly string[]): number | undefined {
  if (root === 'customer' && second === 'traits') return 2
  if (root === 'entry' && second === 'properties') return 2
  return root === 'tiles' && third === 'properties' ? 3 : undefined
}

/** Traits and properties that a template reads and that nobody ever had. */
export function unseenIn(template: string, variables: readonly Variable[]): Unseen[] {
  const written = writtenIn(template).flatMap((each) => {
    const open = openAt(each.segments)
    return open !== undefined && each.segments.length > open ? [{ ...each, open }] : []
  })
  if (written.length === 0) return []
  const known = namesWithin(variables)
  return written.flatMap(({ segments, open, from, to }) => {
    const names = known.get(JSON.stringify(segments.slice(0, open)))
    const name = segments[open]!
    if (!names || names.size >= KNOWN_AT_MOST || names.has(name)) return []
    const near = nearest(name, [...names])
    return [{ from, to, group: segments[0] as Unseen['group'], name, ...(near !== undefined && { near }) }]
  })
}

/** What came in, by what it is of. */
function namesWithin(variables: readonly Variable[]): Map<string, Set<string>> {
  const known = new Map<string, Set<string>>()
  for (const { path } of variables) {
    const segments = segmentsOf(path)
    const open = openAt(segments)
    if (open === undefined || segments.length <= open) continue
    const of = JSON.stringify(segments.slice(0, open))
    known.set(of, (known.get(of) ?? new Set()).add(segments[open]!))
  }
  return known
}
