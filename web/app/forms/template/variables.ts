import { preceding, reached } from '../../canvas/doc/lookup.js'
import type { Doc } from '../../canvas/doc/types.js'
import { record, text } from '../../canvas/words/say.js'

/** Something that a template can read, and the place that it is of. */
export interface Variable {
  group: 'customer' | 'entry' | 'tiles' | 'orchestration'
  /** As Liquid reads it: `customer.traits.name`, `customer.traits["first name"]`. */
  path: string
  /** What it was when it came in: its type and a value, such as `string · Ada`. */
  hint?: string
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
  entryProperties: readonly Seen[]
}

type Readable = Omit<Variable, 'group'>

const seen =
  (of: string) =>
  ({ name, types, samples }: Seen): Readable => {
    const hint = [types[0], samples[0]].filter((part) => part !== undefined).join(' · ')
    return { path: member(of, name), ...(hint !== '' && { hint }) }
  }
const plain = (path: string): Readable => ({ path })

const member = (of: string, name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? `${of}.${name}` : `${of}[${JSON.stringify(name)}]`

/** What the templates of a tile can read: of other tiles, those on any path that leads to it, which kept something. */
export function variablesAt(doc: Doc, tileId: string, { traits, entryProperties }: SeenNames): Variable[] {
  const before = reached(doc, preceding(doc, tileId), preceding)
  const kept = doc.tiles
    .filter(({ id }) => before.has(id))
    .flatMap(({ id, type, config }) => {
      const at = member('tiles', id)
      if (type === 'webhook') return Object.keys(record(config.save)).map((name) => member(at, name))
      return type === 'wait' && config.kind === 'event' && text(config.event) ? [`${at}.event`, `${at}.properties`] : []
    })
  const variables: Record<Variable['group'], Readable[]> = {
    customer: [plain('customer.id'), ...traits.map(seen('customer.traits'))],
    entry: [plain('entry.event'), ...entryProperties.map(seen('entry.properties'))],
    tiles: kept.map(plain),
    orchestration: ['orchestration.name', 'orchestration.id', 'orchestration.version', 'member.id', 'member.enteredAt'].map(plain),
  }
  return Object.entries(variables).flatMap(([group, each]) => each.map((readable) => ({ group: group as Variable['group'], ...readable })))
}

/** A template with a piece in place of what is selected. `at`: where the cursor belongs then. */
export function inserted(template: string, [from, to]: readonly [number, number], piece: string): { template: string; at: number } {
  return { template: template.slice(0, from) + piece + template.slice(to), at: from + piece.length }
}
