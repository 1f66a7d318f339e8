import type { FieldSchema, FieldsSchema } from '../../api/destinations.js'

/** How a setting is asked for. `json`: what has no input of its own. */
export type Input = 'text' | 'long' | 'number' | 'switch' | 'choice' | 'json'

/** A setting of a vendor. */
export interface VendorField {
  name: string
  input: Input
  required: boolean
  schema: FieldSchema
}

/** What is typed, by name: as the inputs hold it. Absent: nothing is given. */
export type Typed = Record<string, unknown>

/** From this length on, a text has several lines: a private key, a file of credentials. */
const LONG = 2_000

/** The settings of a schema, in its order. */
export function fieldsOf({ properties = {}, required = [] }: FieldsSchema): VendorField[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    input: inputOf(schema),
    // A switch always says something.
    required: required.includes(name),
  }))
}

function inputOf({ type, enum: choices, maxLength = 0 }: FieldSchema): Input {
  if (choices?.every((choice) => typeof choice === 'string')) return 'choice'
  if (type === 'string') return maxLength >= LONG ? 'long' : 'text'
  if (type === 'integer' || type === 'number') return 'number'
  return type === 'boolean' ? 'switch' : 'json'
}

/** What the inputs of a form begin with: what is kept, else the schema's defaults; a switch is off. */
export function beginWith(fields: readonly VendorField[], kept: Record<string, unknown>): Typed {
  const given = fields.flatMap(({ name, input, schema }): [string, unknown][] => {
    const value = kept[name] ?? schema.default ?? (input === 'switch' ? false : undefined)
    if (value === undefined) return []
    return [[name, input === 'json' ? JSON.stringify(value, null, 2) : value]]
  })
  return Object.fromEntries(given)
}

/** The settings to send: what is empty is left out; null stays, it takes away what is kept. A text that is no JSON is sent as it is, for the API to refuse. */
export function settingsOf(fields: readonly VendorField[], typed: Typed): Record<string, unknown> {
  const given = fields.flatMap(({ name, input }): [string, unknown][] => {
    const value = typed[name]
    if (value === undefined || value === '') return []
    return [[name, input === 'json' && value !== null ? parsed(value) : value]]
  })
  return Object.fromEntries(given)
}

function parsed(value: unknown): unknown {
  try {
    return JSON.parse(String(value)) as unknown
  } catch {
    return value
  }
}

/** `replyTo` and `reply_to` as a label: Reply to. */
export function spokenName(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
