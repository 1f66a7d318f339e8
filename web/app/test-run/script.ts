import { pointer } from '../../../model/pointer.js'
import type { FieldProblem } from '../api/problem.js'
import type { TestRunInput } from '../api/test-runs.js'
import type { Doc, DocTile } from '../canvas/doc/types.js'
import { record, records, text } from '../canvas/words/say.js'

export const UNITS = ['minutes', 'hours', 'days'] as const
export type Unit = (typeof UNITS)[number]

/** Values by name, in rows; or the text of a JSON object, while somebody writes that. */
export interface Values {
  rows: readonly { key: number; name: string; value: unknown }[]
  json: string | undefined
}

/** When something happens: some time after the start, or when the clocks here show `local` (`2027-01-31T09:00`). */
export interface Moment {
  how: 'after' | 'at'
  n: number | undefined
  unit: Unit
  local: string
}

/** What a customer does: an event with its properties, or a change of their profile. */
export interface Happening {
  key: number
  does: 'event' | 'profile'
  at: Moment
  event: string
  values: Values
}

export const ANSWERS = ['ok', 'retry', 'permanent', 'ambiguous'] as const
/** What one attempt gets. `body`: the JSON that a webhook answers, as it was typed; `code`: of a failure. */
export interface Answer {
  key: number
  kind: (typeof ANSWERS)[number]
  code: string
  body: string
}

export const WAYS_IN = ['hand', 'event', 'audience'] as const
export interface WayIn {
  by: (typeof WAYS_IN)[number]
  event: string
  audienceId: string
  /** Of the event, or those that the API gives. */
  values: Values
}

/** A test as it is filled in. */
export interface Script {
  /** Empty: made up. */
  customerId: string
  traits: Values
  /** The customer's; undefined: of the traits, else of the settings. */
  zone: string | undefined
  /** Those that a real customer is in; else `audiences`. */
  ownAudiences: boolean
  audiences: readonly string[]
  entry: WayIn
  happenings: readonly Happening[]
  /** As the clocks here show it; empty: now. */
  startAt: string
  /** Undefined: after a year. */
  until: Moment | undefined
  /** By tile, in the order of the attempts. */
  answers: Readonly<Record<string, readonly Answer[]>>
}

export const NO_VALUES: Values = { rows: [], json: undefined }
export const moment = (n: number, unit: Unit): Moment => ({ how: 'after', n, unit, local: '' })

/** A key that none of a list has. */
export const nextKey = (list: readonly { key: number }[]): number => Math.max(0, ...list.map(({ key }) => key)) + 1

/** A made-up customer who enters by the first trigger of the canvas, and does nothing. */
export function scriptFor({ tiles }: Pick<Doc, 'tiles'>): Script {
  const entry = tiles.find(({ type }) => type === 'entry')
  const [trigger] = records(entry?.config.triggers)
  const by = WAYS_IN.find((way) => way === trigger?.type) ?? 'hand'
  const way = { by, event: text(trigger?.event) ?? '', audienceId: text(trigger?.audienceId) ?? '', values: NO_VALUES }
  return { customerId: '', traits: NO_VALUES, zone: undefined, ownAudiences: true, audiences: [], entry: way, happenings: [], startAt: '', until: undefined, answers: {} } // prettier-ignore
}

/** Tiles that send something, and get an answer. */
export const sending = ({ tiles }: Pick<Doc, 'tiles'>): DocTile[] => tiles.filter(({ type }) => type === 'action' || type === 'webhook')

/** What is wrong with a field, by the JSON pointer of what it fills in the request. */
export type Fault = FieldProblem & { path: string }
/** Sentences of what can be wrong. */
export type FaultWords = (fault: 'noObject' | 'noJson' | 'missing' | 'noInstant') => string

/** The request of a script, or what is wrong with it. Answers of tiles that do not send (any more) are left out. */
export function inputOf(script: Script, doc: Pick<Doc, 'tiles'>, words: FaultWords): { input: TestRunInput } | { faults: Fault[] } {
  const writing = new Writing(words)
  const { startAt, until } = script
  const input: TestRunInput = {
    customer: customerOf(script, writing),
    ...entryOf(script.entry, writing),
    ...(startAt !== '' && { startAt: writing.instant('/startAt', startAt) }),
    events: script.happenings.map((happening, index) => writing.happening(`/events/${index}`, happening)),
    ...answersOf(script, doc, writing),
    ...(until && { until: writing.moment('/until', until) }),
  }
  return writing.faults.length > 0 ? { faults: writing.faults } : { input }
}

function customerOf({ customerId, traits, zone, ownAudiences, audiences, entry }: Script, writing: Writing): TestRunInput['customer'] {
  const entered = entry.by === 'audience' && entry.audienceId !== '' ? [entry.audienceId] : []
  // What is sent replaces a real customer's own.
  const others = customerId !== '' && ownAudiences ? [] : [...new Set([...audiences, ...entered])]
  const isTold = others.length > 0 || (customerId !== '' && !ownAudiences)
  return {
    ...(customerId !== '' && { id: customerId }),
    traits: { ...writing.values('/customer/traits', traits), ...(zone !== undefined && { timezone: zone }) },
    ...(isTold && { audiences: others }),
  }
}

function entryOf({ by, event, audienceId, values }: WayIn, writing: Writing): Pick<TestRunInput, 'entry'> {
  if (by === 'audience') {
    writing.name('/entry/audience', audienceId)
    return {}
  }
  const properties = writing.values('/entry/properties', values)
  if (by === 'event') return { entry: { event: writing.name('/entry/event', event), properties } }
  return Object.keys(properties).length > 0 ? { entry: { properties } } : {}
}

function answersOf({ answers }: Script, doc: Pick<Doc, 'tiles'>, writing: Writing): Pick<TestRunInput, 'answers'> {
  const told = sending(doc).flatMap(({ id, type }) => {
    const own = answers[id] ?? []
    return own.length === 0 ? [] : [[id, own.map((answer, index) => writing.answer(answerPath(id, index), answer, type))] as const]
  })
  return told.length === 0 ? {} : { answers: Object.fromEntries(told) }
}

/** Where an answer stands in the request: a JSON pointer. */
export const answerPath = (tileId: string, index: number): string => pointer(['answers', tileId, index])

type Sent = NonNullable<TestRunInput['events']>[number]
type SentAnswer = NonNullable<TestRunInput['answers']>[string][number]

/** Writes the parts of a request, and notes what is wrong in them. */
class Writing {
  readonly faults: Fault[] = []
  constructor(private readonly words: FaultWords) {}

  happening(path: string, { does, at, event, values }: Happening): Sent {
    const when = this.moment(`${path}/at`, at)
    const properties = this.values(`${path}/properties`, values)
    return { at: when, event: does === 'profile' ? '$identify' : this.name(`${path}/event`, event), properties }
  }

  answer(path: string, { kind, code, body }: Answer, type: DocTile['type']): SentAnswer {
    if (kind !== 'ok') return { ok: false, kind, ...(code.trim() !== '' && { code: code.trim() }) }
    return { ok: true, ...(type === 'webhook' && body.trim() !== '' && { body: this.#json(`${path}/body`, body) }) }
  }

  values(path: string, { rows, json }: Values): Record<string, unknown> {
    if (json === undefined) return valuesOf(rows)
    const object = objectOf(json)
    if (!object) this.#wrong(path, 'noObject')
    return object ?? {}
  }

  name(path: string, name: string): string {
    if (name.trim() === '') this.#wrong(path, 'missing')
    return name.trim()
  }

  moment(path: string, { how, n, unit, local }: Moment): string {
    if (how === 'at') return this.instant(path, local)
    if (n === undefined || n < 0) this.#wrong(path, 'missing')
    return durationOf(n ?? 0, unit)
  }

  instant(path: string, local: string): string {
    const at = new Date(local)
    if (!Number.isNaN(at.getTime())) return at.toISOString()
    this.#wrong(path, 'noInstant')
    return ''
  }

  #json(path: string, typed: string): unknown {
    try {
      return JSON.parse(typed)
    } catch {
      this.#wrong(path, 'noJson')
      return undefined
    }
  }

  #wrong(path: string, fault: Parameters<FaultWords>[0]): void {
    this.faults.push({ path, code: fault, message: this.words(fault) })
  }
}

/** What rows say; those without a name or a value say nothing yet. */
export const valuesOf = (rows: Values['rows']): Record<string, unknown> =>
  Object.fromEntries(rows.flatMap(({ name, value }) => (name === '' || value === undefined ? [] : [[name, value]])))

/** An object of JSON; nothing typed is an empty one. */
export function objectOf(json: string): Record<string, unknown> | undefined {
  if (json.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(json)
    return record(value) === value ? record(value) : undefined
  } catch {
    return undefined
  }
}

/** ISO 8601. Whole days go by the calendar, parts of one are so many hours. */
function durationOf(n: number, unit: Unit): string {
  if (unit === 'days' && Number.isInteger(n)) return `P${n}D`
  return `PT${Math.round(n * { minutes: 1, hours: 60, days: 1_440 }[unit])}M`
}
