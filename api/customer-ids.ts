import { TileworkError } from '../model/errors.js'

/** Most rows that one upload may have. */
export const MAX_ROWS = 100_000

/** Longest customer id. */
export const MAX_ID_LENGTH = 255

/** A row that cannot enter. */
export interface InvalidRow {
  /** 1-based; the header counts, as in a spreadsheet. In JSON: the position in the list, from 1. */
  row: number
  value: string
  message: string
}

/** What an upload of customer ids holds: each id once. */
export interface CustomerIds {
  ids: string[]
  invalid: InvalidRow[]
}

/** Why a text cannot be a customer id, in a sentence; undefined when it can. */
export function idProblem(id: string): string | undefined {
  if (id === '') return 'The customer id is empty.'
  if (id.length > MAX_ID_LENGTH) return `The customer id is longer than ${MAX_ID_LENGTH} characters.`
  if (id.includes('\uFFFD')) return 'The customer id is not valid UTF-8. Save the file as UTF-8.'
  if (/[\p{Cc}\p{Surrogate}]/u.test(id)) return 'The customer id holds a control character.'
  return undefined
}

/** Gathers ids from rows, counting them. */
export class IdCollector {
  private readonly ids = new Set<string>()
  private readonly invalid: InvalidRow[] = []
  private rows = 0

  /** @throws TileworkError too_large past MAX_ROWS */
  add(row: number, id: string, problem = idProblem(id)): void {
    if (++this.rows > MAX_ROWS) throw tooManyRows()
    if (problem === undefined) this.ids.add(id)
    else this.invalid.push({ row, value: id.length > 200 ? `${id.slice(0, 200)}…` : id, message: problem })
  }

  /** @throws TileworkError invalid when there was no row at all */
  result(): CustomerIds {
    if (this.rows === 0) throw new TileworkError('invalid', 'There is no customer id in the body. Send at least one.')
    return { ids: [...this.ids], invalid: this.invalid }
  }
}

/** The ids of a JSON list. */
export function fromList(list: readonly string[]): CustomerIds {
  const collector = new IdCollector()
  for (const [index, id] of list.entries()) collector.add(index + 1, id)
  return collector.result()
}

function tooManyRows(): TileworkError {
  const limit = MAX_ROWS.toLocaleString('en')
  return new TileworkError('too_large', `One call may bring ${limit} customers at the most. Send the rest in further calls.`, [], {
    limit: MAX_ROWS,
  })
}
