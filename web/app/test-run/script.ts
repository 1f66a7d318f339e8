import type { TestRunInput } from '../api/test-runs.js'

export const UNITS = ['minutes', 'hours', 'days'] as const
export type Unit = (typeof UNITS)[number]

/** What a customer does at a time after it entered. `properties` is JSON as it was typed. */
export interface Scripted {
  key: number
  after: number | undefined
  unit: Unit
  event: string
  properties: string
}

/** A test as it is filled in; JSON as it was typed. */
export interface Script {
  /** Empty: made up. */
  customerId: string
  traits: string
  /** What it enters by; empty: by hand. */
  entryEvent: string
  entryProperties: string
  events: readonly Scripted[]
}

export const EMPTY: Script = { customerId: '', traits: '', entryEvent: '', entryProperties: '', events: [] }

/** What is wrong with a field: it is no JSON object, or it is missing. */
export type Fault = 'noObject' | 'missing'

/** The request of a script, or what is wrong by field: `traits`, `entryProperties`, `<key>.event`, `<key>.after`, `<key>.properties`. */
export function inputOf(script: Script): { input: TestRunInput } | { faults: Record<string, Fault> } {
  const faults: Record<string, Fault> = {}
  const object = (field: string, text: string): Record<string, unknown> => {
    const value = parsed(text)
    if (!value) faults[field] = 'noObject'
    return value ?? {}
  }
  const { customerId, entryEvent } = script
  const traits = object('traits', script.traits)
  const properties = object('entryProperties', script.entryProperties)
  const events = script.events.map(({ key, after, unit, event, properties }) => {
    if (event.trim() === '') faults[`${key}.event`] = 'missing'
    if (after === undefined || after < 0) faults[`${key}.after`] = 'missing'
    return { at: durationOf(after ?? 0, unit), event: event.trim(), properties: object(`${key}.properties`, properties) }
  })
  if (Object.keys(faults).length > 0) return { faults }
  const entry = entryEvent.trim() === '' ? {} : { entry: { event: entryEvent.trim(), properties } }
  return { input: { customer: { ...(customerId !== '' && { id: customerId }), traits }, ...entry, events } }
}

/** An object of JSON; nothing typed is an empty one. */
function parsed(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** ISO 8601; days as 24 hours each, so that the line of time is even. */
function durationOf(n: number, unit: Unit): string {
  const minutes = Math.round(n * { minutes: 1, hours: 60, days: 1_440 }[unit])
  return `PT${minutes}M`
}
