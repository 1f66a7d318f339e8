import { createHash, type Hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'
import { TileworkError } from '../model/errors.js'
import type { Db } from '../store/db.js'
import { CHUNK_ROWS, dropImport, receiveImport, stageRows, type ImportOf, type ImportRow, type RowError } from '../store/imports.js'
import { tooLarge } from './problem.js'
import type { RowReader } from './import-rows.js'

/** Largest file, in bytes, unpacked. */
export const MAX_IMPORT_BYTES = 1024 * 1024 * 1024
/** Errors that an answer shows; the job has all. */
const SHOWN_ERRORS = 100
/** Characters of rows, about, after which a chunk is full although it has few rows. */
const CHUNK_SIZE = 4 * 1024 * 1024
/** Names that an answer counts, and values of each. */
const MAX_COUNTED = 1_000

/** What rows of one kind are to an upload. */
export interface Contents<Row extends ImportRow> {
  of: ImportOf
  /** Takes note of a row. Answers about how many characters it has, when that may be many. */
  take(row: Row): number
  /** What there is in the rows: name to value, or to its type, to how many rows have it. */
  counts: Record<string, Record<string, number>>
  /** Writes down what is worth knowing of the whole file. */
  keep(db: Db): Promise<void>
}

/** Counts values by name; of very many, the first. */
export class Counts {
  readonly all = Object.create(null) as Record<string, Record<string, number>>

  add(name: string, value: string): void {
    if (this.all[name] === undefined && Object.keys(this.all).length >= MAX_COUNTED) return
    const values = (this.all[name] ??= Object.create(null) as Record<string, number>)
    if (values[value] === undefined && Object.keys(values).length >= MAX_COUNTED) return
    values[value] = (values[value] ?? 0) + 1
  }
}

/** What a file holds, as an answer tells it. */
export interface Uploaded {
  /** Absent of a dry run. */
  jobId?: string
  valid: number
  invalid: number
  errors: RowError[]
  counts: Record<string, Record<string, number>>
}

/**
 * Reads a file as it comes, never whole, and keeps its rows in the database in chunks; a dry run keeps nothing.
 * @throws TileworkError too_large, bad_request, invalid: then nothing is kept
 */
export async function readUpload<Row extends ImportRow>(
  {
    req,
    reader,
    contents,
    db,
    workspaceId,
  }: { req: IncomingMessage; reader: RowReader<Row>; contents: Contents<Row>; db: Db; workspaceId: string },
  dryRun: boolean,
): Promise<{ value: Uploaded; hash: string }> {
  const hash = createHash('sha256')
  const jobId = dryRun ? undefined : await receiveImport(db, workspaceId, contents.of)
  const upload = new Upload(db, jobId, contents)
  try {
    for await (const bytes of unpacked(req, hash)) {
      await reader.push(bytes)
      await upload.take(reader)
    }
    await reader.end()
    await upload.take(reader)
    await upload.flush()
    if (upload.report.valid + upload.report.invalid === 0) throw new TileworkError('invalid', 'The file has no row. Send at least one.')
    if (!dryRun) await contents.keep(db)
  } catch (error) {
    if (jobId !== undefined) await dropImport(db, jobId)
    throw error
  }
  return { value: upload.report, hash: hash.digest('hex') }
}

/** The bytes of the file. The request is left open when it breaks: somebody is to be told. */
async function* unpacked(req: IncomingMessage, hash: Hash): AsyncGenerator<Buffer> {
  const encoding = req.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new TileworkError('unsupported_media_type', 'The Content-Encoding is not supported. Send the file plain, or as gzip.')
  const source = encoding === 'gzip' ? req.pipe(createGunzip()) : req
  req.once('close', () => req.complete || source.destroy(BROKEN_OFF()))
  let bytes = 0
  try {
    for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > MAX_IMPORT_BYTES) throw tooLarge(MAX_IMPORT_BYTES, 'file')
      hash.update(chunk)
      yield chunk
    }
  } catch (error) {
    if (error instanceof TileworkError) throw error
    const { code = '' } = error as NodeJS.ErrnoException
    if (code.startsWith('Z_')) throw new TileworkError('bad_request', 'The file is said to be gzip and cannot be unpacked.')
    if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') throw BROKEN_OFF()
    throw error
  } finally {
    req.unpipe()
    req.resume()
  }
}

const BROKEN_OFF = (): TileworkError => new TileworkError('bad_request', 'The upload was broken off.')

/** Rows on their way into chunks. */
class Upload<Row extends ImportRow> {
  readonly report: Uploaded
  private rows: Row[] = []
  private errors: RowError[] = []
  private size = 0
  private number = 0

  constructor(
    private readonly db: Db,
    private readonly jobId: string | undefined,
    private readonly contents: Contents<Row>,
  ) {
    this.report = { ...(jobId !== undefined && { jobId }), valid: 0, invalid: 0, errors: [], counts: contents.counts }
  }

  /** Takes what a reader has read. */
  async take(reader: RowReader<Row>): Promise<void> {
    for (const error of reader.errors.splice(0)) {
      this.report.invalid++
      if (this.report.errors.length < SHOWN_ERRORS) this.report.errors.push(error)
      this.errors.push(error)
    }
    for (const row of reader.rows.splice(0)) {
      this.report.valid++
      this.rows.push(row)
      this.size += this.contents.take(row)
      if (this.rows.length >= CHUNK_ROWS || this.size > CHUNK_SIZE) await this.flush()
    }
    if (this.errors.length >= CHUNK_ROWS) await this.flush()
  }

  async flush(): Promise<void> {
    const [rows, errors] = [this.rows, this.errors]
    this.rows = []
    this.errors = []
    this.size = 0
    if (this.jobId !== undefined) await stageRows(this.db, this.jobId, this.number++, rows, errors)
  }
}
