/** What a trait's value is, in the reader's words: keys of customers:type. */
export const TRAIT_TYPES = ['text', 'number', 'boolean', 'date', 'json'] as const
export type TraitType = (typeof TRAIT_TYPES)[number]

const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/

/** The type that a value shows. */
export function typeOf(value: unknown): TraitType {
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value !== 'string') return 'json'
  return DATE.test(value) && !Number.isNaN(Date.parse(value)) ? 'date' : 'text'
}

/** A value as it is typed in. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** What was typed, as a value; `problem` is a key of customers:problem. */
export type Parsed = { value: unknown } | { problem: 'number' | 'boolean' | 'date' | 'json' | 'null' }

/** Reads what was typed as a type. Nothing is guessed: `42` as text stays a text. */
export function parseTrait(type: TraitType, typed: string): Parsed {
  const text = typed.trim()
  if (type === 'text') return { value: typed }
  if (type === 'number') return text !== '' && Number.isFinite(Number(text)) ? { value: Number(text) } : { problem: 'number' }
  if (type === 'boolean') return text === 'true' || text === 'false' ? { value: text === 'true' } : { problem: 'boolean' }
  if (type === 'date') return typeOf(text) === 'date' ? { value: text } : { problem: 'date' }
  try {
    const value: unknown = JSON.parse(text)
    return value === null ? { problem: 'null' } : { value }
  } catch {
    return { problem: 'json' }
  }
}
