import { parse, CsvError, type Parser } from 'csv-parse'
import { TileworkError } from '../model/errors.js'
import type { ImportRow, RowError } from '../store/imports.js'
import { parseJson } from './json.js'

/** Longest row, in bytes: a profile has 256 KB, and text may be escaped. */
export const MAX_ROW_BYTES = 1024 * 1024
/** Most columns of a CSV. */
const MAX_COLUMNS = 1_000
/** Most that an error shows of a text, in characters. */
export const SHOWN = 200

/** What the columns of a CSV mean. */
export interface Columns<Row> {
  /** The place of the one that an error shows of a row. */
  shown: number
  /** @throws TileworkError that names the column, and says how to mend it */
  read(row: number, cells: readonly string[]): Row
}

/** Reads the first row of a CSV. @throws TileworkError invalid */
export type Header<Row> = (names: readonly string[]) => Columns<Row>

/** Reads rows from the bytes of a file, as they come. */
export interface RowReader<Row = ImportRow> {
  /** Takes bytes. What was read of them, and what could not be, is in `rows` and `errors` afterwards: the caller takes it out. */
  push(bytes: Buffer): Promise<void>
  end(): Promise<void>
  rows: Row[]
  errors: RowError[]
}

/** A text as an error shows it. */
export const shown = (text: string): string =>
  (text.length > SHOWN ? `${text.slice(0, SHOWN).replace(/\p{Surrogate}$/u, '')}…` : text).replaceAll('\0', '\uFFFD')

/** One JSON object a line. Blank lines are passed over. */
export class NdjsonReader<Row> implements RowReader<Row> {
  rows: Row[] = []
  errors: RowError[] = []
  private row = 0
  private rest: Buffer[] = []
  private length = 0

  /** @param read throws a TileworkError about a line that is none of these */
  constructor(private readonly read: (row: number, value: unknown) => Row) {}

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
      this.rows.push(this.read(row, parseJson(bytes)))
    } catch (error) {
      if (!(error instanceof TileworkError)) throw error
      refuse(error.message.replace('The body', 'The line'))
    }
  }
}

/** What is wrong with a row, or with a file. */
export const wrong = (message: string): TileworkError => new TileworkError('invalid', message)

/** A header, and rows. */
export class CsvReader<Row> implements RowReader<Row> {
  rows: Row[] = []
  errors: RowError[] = []
  private row = 0
  private columns: Columns<Row> | undefined
  private width = 0
  private readonly parser: Parser
  private failure: Error | undefined

  constructor(private readonly header: Header<Row>) {
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
      throw wrong('The file is empty. Send a header that names the columns, and rows.')
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
    if (this.columns === undefined) return this.begin(cells)
    if (cells.every((cell) => cell === '')) return
    try {
      if (cells.length > this.width) throw wrong(`The row has ${cells.length} columns; the header has ${this.width}.`)
      this.rows.push(this.columns.read(row, cells))
    } catch (error) {
      if (!(error instanceof TileworkError)) throw error
      this.errors.push({ row, value: shown(cells[this.columns.shown] ?? ''), message: error.message })
    }
  }

  /** @throws TileworkError invalid */
  private begin(names: string[]): void {
    if (names.length > MAX_COLUMNS) throw wrong(`The file has ${names.length} columns; the limit is ${MAX_COLUMNS}.`)
    this.width = names.length
    this.columns = this.header(names)
  }
}
