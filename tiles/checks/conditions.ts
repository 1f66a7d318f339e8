import type { Condition } from '../../model/condition.js'

type Leaf = Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown }>

/** A condition that looks at one thing, as it stands in a config or in the settings. */
export interface Found {
  condition: Leaf
  /** Where it stands, relative to the value that was searched. */
  path: PropertyKey[]
  /** It is part of a `where`, in which a property is of the event that is judged. */
  inWhere: boolean
}

/** Fields that hold no conditions: what is in them is the customer's own. */
const OPAQUE = new Set(['fields', 'headers', 'save', 'body', 'changes'])

/** Every condition in a config or in settings, those nested in others too. A draft's may lack things: only what has an `op` counts. */
export function conditionsIn(value: unknown, path: PropertyKey[] = [], inWhere = false): Found[] {
  if (typeof value !== 'object' || value === null) return []
  const found = Object.entries(value).flatMap(([key, inner]) =>
    OPAQUE.has(key) ? [] : conditionsIn(inner, [...path, key], inWhere || key === 'where'),
  )
  return isLeaf(value) ? [{ condition: value, path, inWhere }, ...found] : found
}

/** One with the name of what it looks at, and an operator. */
function isLeaf(value: object): value is Leaf {
  const { op, trait, property, audience, event } = value as Record<string, unknown>
  return typeof op === 'string' && [trait, property, audience, event].some((name) => typeof name === 'string')
}
