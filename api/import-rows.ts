import { parse, CsvError, type Parser } from 'csv-parse'
import { TileworkError } from '../model/errors.js'
import type { ImportRow, RowError } from '../store/imports.js'
import { idProblem } from './customer-ids.js'
import { CellProblem, readCell, type TypeOf } from './import-types.js'
import { checkJson, parseJson } from './json.js'

/** Longest row, in bytes: a profile has 256 KB, and text may be escaped. */
export const MAX_ROW_BYTES = 1024 * 1024
/** Most columns of a CSV. */
const MAX_COLUMNS = 1_000
/** Longest name of a trait, and most that an error shows of a row, in characters. */
const MAX_NAME = 200
const SHOWN = 200

/** Names that the column of ids may have, in lower case. */
const ID_COLUMNS = ['customerid', 'id']

/** Reads rows from the bytes of a file, as they come. */
export interface RowReader {
  /** Takes bytes. What was read of them, and what could not be, is in `rows` and `errors` afterwards: the caller takes it out. */
  push(bytes: Buffer): Promise<void>
  end(): Promise<void>
  rows: ImportRow[]
  errors: RowError[]
}

const shown = (text: string): string =>
  (text.length > SHOWN ? `${text.slice(0, SHOWN).replace(/\p{Surrogate}$/u, '')}…` : text).replaceAll('\0', '\uFFFD')

/** One JSON object a line: `{"id", "traits"}`, and what an export adds, which is passed over. Blank lines are too. */
export class NdjsonReader implements RowReader {
  rows: ImportRow[] = []
  errors: RowError[] = []
  private row = 0
  private rest: Buffer[] = []
  private length = 0

  push(bytes: Buffer): Promise<void> {
    let from = 0
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, from)) {
      this.gather(bytes.subarray(from, at))
      this.line()
      from = at + 1
    }
    this.gather(bytes.subarray(from))
    return Promise.resolve()
  }

  end(): Promise<void> {
    this.line()
    return Promise.resolve()
  }

  /** Of a line that is too long no more than its beginning is kept. */
  private gather(bytes: Buffer): void {
    this.length += bytes.length
    if (this.length <= MAX_ROW_BYTES || this.rest.length === 0) this.rest.push(Buffer.from(bytes.subarray(0, MAX_ROW_BYTES)))
  }

  private line(): void {
    const row = ++this.row
    const bytes = Buffer.concat(this.rest)
    const long = this.length > MAX_ROW_BYTES
    this.rest = []
    this.length = 0
    const text = bytes.subarray(0, SHOWN * 4).toString('utf8')
    if (!long && bytes.toString('utf8').trim() === '') return
    const refuse = (message: string): void => void this.errors.push({ row, value: shown(text), message })
    if (long) return refuse(`The line is longer than ${MAX_ROW_BYTES / 1024 / 1024} MB.`)
    try {
      this.rows.push({ row, ...ofJson(parseJson(bytes)) })
    } catch (error) {
      if (!(error instanceof TileworkError)) throw error
      refuse(error.message.replace('The body', 'The line'))
    }
  }
}

const EXPORTED = ['createdAt', 'updatedAt', 'audiences']

function ofJson(value: unknown): Omit<ImportRow, 'row'> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('The line is no JSON object.')
  const { id, customerId = id, traits = {}, ...others } = value as Record<string, unknown>
  const unknown = Object.keys(others).find((name) => !EXPORTED.includes(name))
  if (unknown !== undefined) throw wrong(`There is no field '${unknown.slice(0, SHOWN)}'; a line has 'id' and 'traits'.`)
  if (typeof customerId !== 'string') throw wrong("Give 'id', a text.")
  const problem = idProblem(customerId)
  if (problem !== undefined) throw wrong(problem)
  if (typeof traits !== 'object' || traits === null || Array.isArray(traits)) throw wrong("'traits' is an object.")
  return { id: customerId, traits: traits as Record<string, unknown> }
}

const wrong = (message: string): TileworkError => new TileworkError('invalid', message)

/** A header with `id` or `customerId`; the other columns are traits. */
export class CsvReader implements RowReader {
  rows: ImportRow[] = []
  errors: RowError[] = []
  private row = 0
  private columns: { name: string; type: ReturnType<TypeOf> }[] | undefined
  private readonly parser: Parser
  private failure: Error | undefined
  private readonly typeOf: TypeOf
  private idAt = -1

  constructor(typeOf: TypeOf) {
    this.typeOf = typeOf
    // Rows are taken as they are read, not from the stream's buffer: that is thrown away when a later row breaks the file.
    const on_record = (cells: string[]): null => {
      this.take(cells)
      return null
    }
    this.parser = parse({ bom: true, trim: true, relax_quotes: true, relax_column_count: true, max_record_size: MAX_ROW_BYTES, on_record })
    this.parser.on('error', (error) => this.fail(error))
    this.parser.resume()
  }

  push(bytes: Buffer): Promise<void> {
    return this.step((done) => this.parser.write(bytes, done))
  }

  async end(): Promise<void> {
    await this.step((done) => this.parser.end(done))
    if (this.columns === undefined && this.errors.length === 0)
      throw wrong('The file is empty. Send a header with the column id, and rows.')
  }

  private async step(work: (done: (error?: Error | null) => void) => void): Promise<void> {
    if (this.failure === undefined)
      await new Promise<void>((resolve) =>
        work((error) => {
          if (error) this.fail(error)
          resolve()
        }),
      )
    if (this.failure !== undefined && !(this.failure instanceof CsvError)) throw this.failure
  }

  /** What the parser could not read ends the file: all before it counts. */
  private fail(error: Error): void {
    if (this.failure !== undefined) return
    this.failure = error
    if (!(error instanceof CsvError)) return
    const says =
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'A quote is opened in this row and never closed'
        : `This row is longer than ${MAX_ROW_BYTES / 1024 / 1024} MB, or a quote in it is never closed`
    this.errors.push({ row: this.row + 1, value: '', message: `${says}; it and the rows after it are not read.` })
  }

  private take(cells: string[]): void {
    const row = ++this.row
    if (this.columns === undefined) return this.header(cells)
    if (cells.every((cell) => cell === '')) return
    try {
      this.rows.push({ row, ...this.read(cells) })
    } catch (error) {
      if (!(error instanceof TileworkError)) throw error
      this.errors.push({ row, value: shown(cells[this.idAt] ?? ''), message: error.message })
    }
  }

  /** @throws TileworkError invalid */
  private header(cells: string[]): void {
    if (cells.length > MAX_COLUMNS) throw wrong(`The file has ${cells.length} columns; the limit is ${MAX_COLUMNS}.`)
    const ids = cells.flatMap((name, at) => (ID_COLUMNS.includes(name.toLowerCase()) ? [at] : []))
    if (ids.length !== 1)
      throw wrong(
        `The first row names the columns, and one of them, 'id' or 'customerId', is the customer's id; there are ${ids.length} such columns.`,
      )
    this.idAt = ids[0]!
    const twice = cells.find((name, at) => cells.indexOf(name) !== at)
    if (twice !== undefined) throw wrong(`Two columns are called '${shown(twice)}'. Rename one.`)
    for (const name of cells)
      if (name === '' || name.length > MAX_NAME || name === '__proto__' || /[\p{Cc}\p{Surrogate}]/u.test(name))
        throw wrong(`'${shown(name)}' is no name for a trait: 1 to ${MAX_NAME} characters without control characters. Rename the column.`)
    this.columns = cells.map((name) => ({ name, type: this.typeOf(name) }))
  }

  private read(cells: string[]): Omit<ImportRow, 'row'> {
    const columns = this.columns!
    if (cells.length > columns.length) throw wrong(`The row has ${cells.length} columns; the header has ${columns.length}.`)
    const id = cells[this.idAt] ?? ''
    const problem = idProblem(id)
    if (problem !== undefined) throw wrong(problem)
    const traits: Record<string, unknown> = {}
    for (const [at, { name, type }] of columns.entries()) {
      const cell = cells[at] ?? ''
      if (at !== this.idAt && cell !== '') traits[name] = this.cell(cell, name, type)
    }
    return { id, traits }
  }

  private cell(cell: string, name: string, type: ReturnType<TypeOf>): unknown {
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
}
