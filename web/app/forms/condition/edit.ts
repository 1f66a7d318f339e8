/* Edits of a condition as it stands in a draft: a value of JSON that may lack things. Pure; what an edit does not touch stays the same object. */

export type Node = Readonly<Record<string, unknown>>
/** Keys from the root: `all`, 0, `not`. */
export type Path = readonly (string | number)[]

export type Kind = 'empty' | 'all' | 'any' | 'not' | 'trait' | 'property' | 'audience' | 'event' | 'other'

/** Fields that each kind may have; one with others is shown as JSON. */
const FIELDS: Record<Exclude<Kind, 'empty' | 'other'>, readonly string[]> = {
  all: ['all'],
  any: ['any'],
  not: ['not'],
  trait: ['trait', 'op', 'value'],
  property: ['property', 'of', 'op', 'value'],
  audience: ['audience', 'op'],
  event: ['event', 'op', 'count', 'within', 'where'],
}

const isRecord = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

/** How a node is shown. */
export function kindOf(value: unknown): Kind {
  if (value === undefined) return 'empty'
  if (!isRecord(value)) return 'other'
  const keys = Object.keys(value)
  if (keys.length === 0) return 'empty'
  const kind = (Object.keys(FIELDS) as (keyof typeof FIELDS)[]).find((each) => Object.hasOwn(value, each))
  if (!kind || keys.some((key) => !FIELDS[kind].includes(key))) return 'other'
  return hasShape(value, kind) ? kind : 'other'
}

function hasShape(value: Node, kind: keyof typeof FIELDS): boolean {
  if (kind === 'all' || kind === 'any') return Array.isArray(value[kind])
  if (kind === 'not') return true
  const texts = [value[kind], value.op, ...(kind === 'property' ? [value.of] : kind === 'event' ? [value.within] : [])]
  const count = value.count
  const countIsKnown =
    count === undefined || (isRecord(count) && Object.keys(count).every((key) => key === 'atLeast' && typeof count[key] === 'number'))
  return texts.every((text) => text === undefined || typeof text === 'string') && countIsKnown
}

/** The parts of a group; of anything else none. */
export const partsOf = (node: unknown): readonly unknown[] => {
  const kind = kindOf(node)
  return kind === 'all' || kind === 'any' ? ((node as Node)[kind] as unknown[]) : []
}

export const nodeAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((node, key) => (node as Record<string | number, unknown> | undefined)?.[key], root)

/** The root with another node at a path. */
export function setAt(root: unknown, path: Path, node: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return node
  const before = (root as Record<string | number, unknown>)[key]
  const after = setAt(before, rest, node)
  if (after === before) return root
  if (Array.isArray(root)) return root.map((each: unknown, index) => (index === key ? after : each))
  return { ...(root as Node), [key]: after }
}

/**
 * The root without the node at a path. A group that is left without parts goes too, and so does a `not`.
 * @returns undefined when nothing is left
 */
export function removeAt(root: unknown, path: Path): unknown {
  if (path.length === 0) return undefined
  const [parent, key] = [path.slice(0, -1), path.at(-1)!]
  if (key === 'not') return removeAt(root, parent)
  if (typeof key === 'string') return setAt(root, parent, without(nodeAt(root, parent) as Node, key))
  const list = (nodeAt(root, parent) as unknown[]).filter((_, index) => index !== key)
  return list.length === 0 ? removeAt(root, parent.slice(0, -1)) : setAt(root, parent, list)
}

function without(node: Node, field: string): Node {
  const { [field]: _, ...rest } = node
  return rest
}

/** A group has one more part at its end; anything else becomes the first part of a group of all. */
export function addTo(root: unknown, path: Path, part: unknown = {}): { root: unknown; at: Path } {
  const node = nodeAt(root, path)
  const kind = kindOf(node)
  if (kind === 'empty') return { root: setAt(root, path, part), at: path }
  if (kind !== 'all' && kind !== 'any') return { root: setAt(root, path, { all: [node, part] }), at: [...path, 'all', 1] }
  const parts = partsOf(node)
  return { root: setAt(root, path, { [kind]: [...parts, part] }), at: [...path, kind, parts.length] }
}

/** `not` around a node; one that has it loses it. */
export const negated = (node: unknown): unknown => (kindOf(node) === 'not' ? (node as Node).not : { not: node })
/** A node as the one part of a group. */
export const grouped = (node: unknown): Node => ({ all: [node] })
/** A group with its word changed, and the same parts. */
export const asGroup = (node: unknown, kind: 'all' | 'any'): Node => ({ [kind]: partsOf(node) })

/** A fresh leaf that looks at this. Within `where` a property is of the event that is judged, and needs no `of`. */
export function leafOf(kind: 'trait' | 'property' | 'audience' | 'event', of?: string): Node {
  if (kind === 'audience') return { audience: '', op: 'in' }
  if (kind === 'event') return { event: '', op: 'performed' }
  return { [kind]: '', ...(of !== undefined && { of }), op: 'eq' }
}

const LISTS = ['in', 'notIn']
const DURATIONS = ['withinLast', 'withinNext']
const NO_VALUE = ['exists', 'notExists']

/** What the value of an operator is. */
export const valueKind = (op: unknown): 'none' | 'list' | 'duration' | 'date' | 'pattern' | 'text' | 'one' => {
  if (NO_VALUE.includes(op as string)) return 'none'
  if (LISTS.includes(op as string)) return 'list'
  if (DURATIONS.includes(op as string)) return 'duration'
  if (op === 'before' || op === 'after') return 'date'
  if (op === 'matches') return 'pattern'
  return op === 'startsWith' || op === 'endsWith' ? 'text' : 'one'
}

/** A comparison with another operator. The value is kept where the operator can have it. */
export function withOp(leaf: Node, op: string): Node {
  const { value, ...rest } = leaf
  const [from, to] = [valueKind(leaf.op), valueKind(op)]
  const next = { ...rest, op }
  if (to === 'none') return next
  if (to === 'list') return { ...next, value: Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value] }
  const one: unknown = Array.isArray(value) ? value[0] : value
  const special = (kind: string): boolean => kind === 'duration' || kind === 'date'
  const fits = from === to || (!special(from) && !special(to) && (to === 'one' || typeof one === 'string'))
  return one === undefined || !fits ? next : { ...next, value: one }
}

const FOR_TYPE: Record<string, readonly string[]> = {
  string: ['eq', 'ne', 'contains', 'notContains', 'startsWith', 'endsWith', 'in', 'notIn', 'matches', 'exists', 'notExists'],
  number: ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'notIn', 'exists', 'notExists'],
  boolean: ['eq', 'ne', 'exists', 'notExists'],
  date: ['before', 'after', 'withinLast', 'withinNext', 'eq', 'ne', 'exists', 'notExists'],
  array: ['contains', 'notContains', 'exists', 'notExists'],
  object: ['exists', 'notExists'],
}

/** The operators that make sense for the types seen of a name; all of them where none is known. The one in use is always among them. */
export function operatorsFor(types: readonly string[] | undefined, all: readonly string[], now: unknown): string[] {
  const wanted = new Set((types ?? []).flatMap((type) => FOR_TYPE[type] ?? []))
  return wanted.size === 0 ? [...all] : all.filter((op) => wanted.has(op) || op === now)
}
