import { SchemaNotes } from '../ingest/schema.js'
import { TileworkError } from '../model/errors.js'
import type { CustomerRow } from '../store/imports.js'
import { idProblem } from './customer-ids.js'
import { SHOWN, shown, wrong, type Header } from './import-rows.js'
import { CellProblem, readCell, type ColumnType, type TypeOf } from './import-types.js'
import { Counts, type Contents } from './import-upload.js'
import { checkJson } from './json.js'

/** Longest name of a trait, in characters. */
const MAX_NAME = 200
/** Names that the column of ids may have, in lower case. */
const ID_COLUMNS = ['customerid', 'id']
/** What an export adds. */
const EXPORTED = ['createdAt', 'updatedAt', 'audiences']
/** Of so many rows, the names and types of one are written down for editors. */
const LOOKED_AT = 100

/** Customers, with what is counted of them: trait to type to how many have it. */
export function customersIn(workspaceId: string): Contents<CustomerRow> {
  const counts = new Counts()
  const notes = new SchemaNotes()
  let rows = 0
  return {
    of: 'customers',
    counts: counts.all,
    take: ([, , traits]) => {
      if (rows++ % LOOKED_AT === 0) notes.traits(workspaceId, traits)
      let size = 0
      for (const [name, value] of Object.entries(traits)) {
        counts.add(name, value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
        size += sizeOf(value)
      }
      return size
    },
    keep: (db) => notes.flush(db),
  }
}

/** About how many characters, cheaply. */
const sizeOf = (value: unknown): number =>
  typeof value === 'string' ? value.length : typeof value === 'object' && value !== null ? JSON.stringify(value).length : 8

/** A line `{"id", "traits"}`, and what an export adds, which is passed over. @throws TileworkError invalid */
export function customerOfJson(row: number, value: unknown): CustomerRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('The line is no JSON object.')
  const { id, customerId = id, traits = {}, ...others } = value as Record<string, unknown>
  const unknown = Object.keys(others).find((name) => !EXPORTED.includes(name))
  if (unknown !== undefined) throw wrong(`There is no field '${unknown.slice(0, SHOWN)}'; a line has 'id' and 'traits'.`)
  if (typeof customerId !== 'string') throw wrong("Give 'id', a text.")
  const problem = idProblem(customerId)
  if (problem !== undefined) throw wrong(problem)
  if (typeof traits !== 'object' || traits === null || Array.isArray(traits)) throw wrong("'traits' is an object.")
  return [row, customerId, traits as Record<string, unknown>]
}

/** A header with `id` or `customerId`; the other columns are traits. */
export const customerColumns =
  (typeOf: TypeOf): Header<CustomerRow> =>
  (names) => {
    const idAt = placeOfId(names)
    for (const name of names) checkName(names, name)
    const columns = names.map((name) => ({ name, type: typeOf(name) }))
    return {
      shown: idAt,
      read: (row, cells) => {
        const id = cells[idAt] ?? ''
        const problem = idProblem(id)
        if (problem !== undefined) throw wrong(problem)
        const traits: Record<string, unknown> = {}
        for (const [at, { name, type }] of columns.entries()) {
          const cell = cells[at] ?? ''
          if (at !== idAt && cell !== '') traits[name] = traitOf(cell, name, type)
        }
        return [row, id, traits]
      },
    }
  }

function placeOfId(names: readonly string[]): number {
  const ids = names.flatMap((name, at) => (ID_COLUMNS.includes(name.toLowerCase()) ? [at] : []))
  if (ids.length === 1) return ids[0]!
  throw wrong(
    `The first row names the columns, and one of them, 'id' or 'customerId', is the customer's id; there are ${ids.length} such columns.`,
  )
}

/** @throws TileworkError invalid */
function checkName(names: readonly string[], name: string): void {
  if (names.indexOf(name) !== names.lastIndexOf(name)) throw wrong(`Two columns are called '${shown(name)}'. Rename one.`)
  if (name === '' || name.length > MAX_NAME || name === '__proto__' || /[\p{Cc}\p{Surrogate}]/u.test(name))
    throw wrong(`'${shown(name)}' is no name for a trait: 1 to ${MAX_NAME} characters without control characters. Rename the column.`)
}

function traitOf(cell: string, name: string, type: ColumnType): unknown {
  if (cell.includes('\uFFFD')) throw wrong(`'${shown(name)}' is not valid UTF-8. Save the file as UTF-8.`)
  try {
    const value = readCell(cell, type)
    checkJson(value)
    return value
  } catch (error) {
    if (error instanceof CellProblem) throw wrong(`'${shown(name)}': '${shown(cell)}' ${error.message}.`)
    if (error instanceof TileworkError) throw wrong(error.message.replace('The body', `'${shown(name)}'`))
    throw error
  }
}
