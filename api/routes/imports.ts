import { z } from 'zod'
import { TileworkError } from '../../model/errors.js'
import { getAudience } from '../../store/audiences.js'
import { exportCustomers, traitNames, type ExportedCustomer } from '../../store/customers-bulk.js'
import { beginImport, jobErrors, type RowError } from '../../store/imports.js'
import { getJob } from '../../store/jobs.js'
import { audited } from '../audited.js'
import { csvLine, csvValue } from '../csv.js'
import { CsvReader, NdjsonReader } from '../import-rows.js'
import { readTypes } from '../import-types.js'
import { readUpload, type Uploaded } from '../import-upload.js'
import { route, type Call, type Route, type StreamedBody } from '../route.js'
import { idParams } from '../schemas/common.js'
import { startOrLeave } from '../started.js'

const CSV = 'text/csv'
const NDJSON = 'application/x-ndjson'
/** Columns of a CSV export. */
const MAX_COLUMNS = 1_000

const tag = 'Customers'
const dryRun = z.enum(['true', 'false']).optional().meta({ description: 'true: only read the file and tell what is in it' })
const importQuery = z.object({
  dryRun,
  types: z.string().max(10_000).optional().meta({
    description:
      'Of a CSV: columns with their types, such as `phone:text,age:number`; `*` is all others. A type is auto, text, number, boolean, date or json.',
  }),
})
const format = z.enum(['ndjson', 'csv']).optional()

const rowError = z.object({ row: z.int(), value: z.string(), message: z.string() }).meta({ id: 'RowError' })
const invalid = {
  invalid: z.int().meta({ description: 'Rows that cannot be read' }),
  errors: z.array(rowError).meta({ description: 'The first 100 of them; all are at /jobs/{id}/errors' }),
}
const accepted = z.object({ jobId: z.string(), accepted: z.int(), ...invalid })
const report = z.object({
  valid: z.int(),
  ...invalid,
  traits: z.record(z.string(), z.record(z.string(), z.int())).meta({ description: 'Trait to type to how many rows have it' }),
})

type ImportCall = Call<unknown, z.output<typeof importQuery>, unknown>

const streamed = (contentType: string, description: string, example: string): StreamedBody => ({
  contentType,
  description,
  example,
  read: (req, call) => {
    const { deps, workspaceId, query } = call as unknown as ImportCall
    const types = readTypes(query.types)
    if (contentType === NDJSON && query.types !== undefined) throw noTypes()
    const reader = contentType === CSV ? new CsvReader(types) : new NdjsonReader()
    return readUpload({ req, reader, db: deps.db, workspaceId }, query.dryRun === 'true')
  },
})

const noTypes = (): TileworkError =>
  new TileworkError('invalid', 'NDJSON has types of its own; leave ?types out.', [
    { path: '?types', code: 'no_effect', message: 'It is for CSV.' },
  ])

const lines = async function* <T>(pages: AsyncIterable<T[]>, write: (item: T) => string, first = ''): AsyncGenerator<string> {
  if (first !== '') yield first
  for await (const page of pages) yield page.map(write).join('')
}

const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`

const customerLine =
  (columns: readonly string[]) =>
  ({ id, traits }: ExportedCustomer): string =>
    csvLine([id, ...columns.map((name) => csvValue(Object.hasOwn(traits, name) ? traits[name] : undefined))])

const errorLine = ({ row, value, message }: RowError): string => csvLine([String(row), value, message])

export const importRoutes: Route[] = [
  route({
    method: 'post',
    path: '/customers/import',
    scope: 'write',
    tag,
    summary: 'Merge a file of customers into profiles; follow the job',
    description:
      'The file is read as it comes, up to 1 GB, plain or gzip. Rows that cannot be read are listed and the others are merged, in their order.',
    query: importQuery,
    streamed: [
      streamed(
        NDJSON,
        'One `{"id","traits"}` a line; null removes a trait. What an export adds is passed over.',
        '{"id":"ada","traits":{"plan":"gold","age":36}}\n',
      ),
      streamed(
        CSV,
        'A header with `id` or `customerId`; the other columns are traits. An empty cell leaves a trait as it is, `null` removes it.',
        'id,plan,age\nada,gold,36\n',
      ),
    ],
    answer: { status: 202, description: 'Accepted', schema: accepted },
    alternative: { status: 200, description: 'Of a dry run: what is in the file', schema: report },
    handler: async (call) => {
      const { jobId, traits, valid, invalid: bad, errors } = call.body as unknown as Uploaded
      if (jobId === undefined) return { status: 200, body: { valid, invalid: bad, errors, traits } }
      const change = { action: 'customer.import', subject: jobId, detail: { accepted: valid, invalid: bad, traits: Object.keys(traits) } }
      await audited(call, change, (db) => beginImport(db, jobId))
      await startOrLeave(call.deps, () => call.deps.temporal.startImport(jobId))
      return { body: { jobId, accepted: valid, invalid: bad, errors } }
    },
  }),
  route({
    method: 'get',
    path: '/customers/export',
    scope: 'read',
    tag,
    summary: 'All profiles, or those of an audience, as a file',
    description: 'By id. Sent as it is read: a profile that changes meanwhile is as it was when its turn came.',
    query: z.object({
      format: format.meta({ description: '`ndjson` unless told. A CSV has a column for each trait, at most 1,000.' }),
      audience: z.string().min(1).max(100).optional().meta({ description: 'Id of an audience' }),
    }),
    answer: { status: 200, description: 'The file' },
    streams: [NDJSON, CSV],
    problems: [404],
    handler: async ({ deps: { db }, workspaceId, query }) => {
      if (query.audience !== undefined) await getAudience(db, workspaceId, query.audience)
      const pages = exportCustomers(db, workspaceId, query.audience)
      if (query.format !== 'csv') return { stream: { contentType: NDJSON, chunks: lines(pages, jsonLine) } }
      const columns = await traitNames(db, workspaceId, query.audience, MAX_COLUMNS)
      // A trait of this name would be read as the id when the file is imported.
      const traits = columns.filter((name) => !['id', 'customerid'].includes(name.toLowerCase()))
      return { stream: { contentType: CSV, chunks: lines(pages, customerLine(traits), csvLine(['id', ...traits])) } }
    },
  }),
  route({
    method: 'get',
    path: '/jobs/{id}/errors',
    scope: 'read',
    tag: 'Jobs',
    summary: 'Rows of an import that were not merged, as a file',
    params: idParams,
    query: z.object({ format: format.meta({ description: '`ndjson` unless told' }) }),
    answer: { status: 200, description: 'The file, with row, value and message' },
    streams: [NDJSON, CSV],
    handler: async ({ deps: { db }, workspaceId, params, query }) => {
      const { id } = await getJob(db, workspaceId, params.id)
      const pages = jobErrors(db, id)
      return query.format === 'csv'
        ? { stream: { contentType: CSV, chunks: lines(pages, errorLine, csvLine(['row', 'value', 'message'])) } }
        : { stream: { contentType: NDJSON, chunks: lines(pages, jsonLine) } }
    },
  }),
]
