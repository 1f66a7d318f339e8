import { TileworkError } from '../model/errors.js'
import { readInstant } from '../model/zone.js'

/** What a CSV column may be told to be. */
const TYPES = ['auto', 'text', 'number', 'boolean', 'date', 'json'] as const
export type ColumnType = (typeof TYPES)[number]

/** The type of a column by its name. */
export type TypeOf = (column: string) => ColumnType

const EXAMPLE = 'phone:text,age:number,joined:date'

/**
 * Reads `?types=`: columns with their types; `*` is all others, which are `auto` when it is not named.
 * @throws TileworkError invalid
 */
export function readTypes(text: string | undefined): TypeOf {
  const given = new Map<string, ColumnType>()
  for (const pair of text === undefined ? [] : text.split(',')) {
    const at = pair.lastIndexOf(':')
    const type = TYPES.find((each) => each === pair.slice(at + 1).trim())
    if (at < 1 || type === undefined)
      throw new TileworkError('invalid', `?types: '${pair}' is no column with its type. Write them as ${EXAMPLE}.`, [
        { path: '?types', code: 'invalid_value', message: `A type is one of ${TYPES.join(', ')}.` },
      ])
    given.set(pair.slice(0, at).trim(), type)
  }
  const others = given.get('*') ?? 'auto'
  return (column) => given.get(column) ?? others
}

/** A number that is written as JSON writes it and that is exact: no leading zeros or plus, at most 15 digits. Else an id or a phone number is lost. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/
const MAX_DIGITS = 15

const isNumber = (cell: string): boolean => NUMBER.test(cell) && cell.replace(/\D/g, '').length <= MAX_DIGITS && cell !== '-0'

/** What a cell is that does not fit its column, in words. */
export class CellProblem extends Error {}

/**
 * The value of a cell. `null` alone removes the trait, whatever the type. An empty cell is the caller's.
 * @throws CellProblem
 */
export function readCell(cell: string, type: ColumnType): unknown {
  if (cell === 'null') return null
  switch (type) {
    case 'auto':
      if (cell === 'true' || cell === 'false') return cell === 'true'
      return isNumber(cell) ? Number(cell) : cell
    case 'text':
      return cell
    case 'number':
      if (cell.trim() !== '' && Number.isFinite(Number(cell))) return Number(cell)
      throw new CellProblem('is no number')
    case 'boolean':
      if (/^(true|false|yes|no|1|0)$/i.test(cell)) return /^(true|yes|1)$/i.test(cell)
      throw new CellProblem('is neither true nor false')
    case 'date':
      if (readInstant(cell, 'UTC') !== undefined) return cell
      throw new CellProblem('is no date such as 2026-12-24 or 2026-12-24T09:00:00Z')
    case 'json':
      try {
        return JSON.parse(cell) as unknown
      } catch {
        throw new CellProblem('is no JSON')
      }
  }
}
