import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parse, CsvError } from 'csv-parse'
import { TileworkError } from '../model/errors.js'
import { IdCollector, type CustomerIds } from './customer-ids.js'
import { tooLarge } from './problem.js'

/** Largest upload, in bytes. */
export const MAX_CSV_BYTES = 8 * 1024 * 1024

/** Longest row, in characters: a quote that is never closed must not gather the whole file. */
const MAX_ROW_LENGTH = 4096

/** Names that the column of ids may have, in lower case. */
const ID_COLUMNS = ['customerid', 'id']

/**
 * Reads an upload of customers: one column, with or without the header `customerId` or `id`. The file is never held whole.
 * Blank lines are passed over; a bad row is listed and the others enter.
 * @throws TileworkError too_large; invalid when there are columns that this release does not read
 */
export async function readCustomerCsv(req: IncomingMessage): Promise<{ value: CustomerIds; hash: string }> {
  const encoding = req.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity')
    throw new TileworkError('unsupported_media_type', 'A CSV upload cannot be compressed. Send it without Content-Encoding.')
  const hash = createHash('sha256')
  const collector = new IdCollector()
  const rows = new Rows(collector)
  // Rows are taken as they are read, not from the stream's buffer: that is thrown away when a later row breaks the file.
  const on_record = (cells: string[]): null => {
    rows.take(cells)
    return null
  }
  const parser = parse({ bom: true, trim: true, relax_quotes: true, relax_column_count: true, max_record_size: MAX_ROW_LENGTH, on_record })
  parser.resume()
  const meter = metered(hash)
  // Not in the pipeline: that would destroy the request on an error, and nobody could be told.
  req.pipe(meter)
  req.once('close', () => req.complete || meter.destroy(new TileworkError('bad_request', 'The upload was broken off.')))
  try {
    await pipeline(meter, parser)
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    rows.broken(error)
  } finally {
    req.unpipe(meter)
    req.resume()
  }
  return { value: collector.result(), hash: hash.digest('hex') }
}

function metered(hash: ReturnType<typeof createHash>): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      hash.update(chunk)
      done(bytes > MAX_CSV_BYTES ? tooLarge(MAX_CSV_BYTES, 'file') : null, chunk)
    },
  })
}

/** Reads rows in order; the first says whether there is a header. */
class Rows {
  private row = 0
  private readonly collector: IdCollector

  constructor(collector: IdCollector) {
    this.collector = collector
  }

  take(cells: string[]): void {
    this.row++
    if (this.row === 1 && this.isHeader(cells)) return
    if (cells.every((cell) => cell === '')) return
    const extra = cells.length > 1 ? `The row has ${cells.length} columns; only the customer id is expected.` : undefined
    this.collector.add(this.row, extra === undefined ? cells[0]! : cells.join(','), extra)
  }

  /** What the parser could not read ends the file: all before it counts. */
  broken(error: CsvError): void {
    const says =
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'A quote is opened in this row and never closed'
        : `This row is longer than ${MAX_ROW_LENGTH} characters, or a quote in it is never closed`
    this.collector.add(this.row + 1, '', `${says}; it and the rows after it are not read.`)
  }

  private isHeader(cells: string[]): boolean {
    const names = cells.map((cell) => cell.toLowerCase())
    const others = cells.filter((_, index) => !ID_COLUMNS.includes(names[index]!))
    const named = names.length - others.length
    if (cells.length === 1) return named === 1
    if (named === 1) throw refuse(others, 'are not read by this route: traits are set with PUT /customers/{id}. Leave them out.')
    if (named > 1) throw refuse(cells, 'both name the customer id. Leave one out.')
    throw refuse(cells, 'do not name the customer id. Send one column, with the header customerId or without a header.')
  }
}

function refuse(columns: string[], why: string): TileworkError {
  const list = columns.map((column) => `"${column.slice(0, 80)}"`).join(', ')
  return new TileworkError(
    'invalid',
    `The columns ${list} ${why}`,
    columns.map((column) => ({ path: `row 1, column ${column.slice(0, 80)}`, code: 'unknown_column', message: `The column ${why}` })),
  )
}
