import { z } from 'zod'
import { TileworkError } from '../../model/errors.js'
import { getAudience } from '../../store/audiences.js'
import { exportCustomers, traitNames, type ExportedCustomer } from '../../store/customers-bulk.js'
import { beginImport, jobErrors, type ImportRow, type RowError } from '../../store/imports.js'
import { getJob } from '../../store/jobs.js'
import { exportSuppressions, type Suppression } from '../../store/suppressions.js'
import { topicNames } from '../../store/topics.js'
import { audited } from '../audited.js'
import { csvLine, csvValue } from '../csv.js'
import { customerColumns, customerOfJson, customersIn } from '../import-customers.js'
import { subscriptionColumns, subscriptionsIn, suppressionColumns, suppressionsIn } from '../import-lists.js'
import { CsvReader, NdjsonReader, type RowReader } from '../import-rows.js'
import { readTypes } from '../import-types.js'
import { readUpload, type Contents, type Uploaded } from '../import-upload.js'
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
const listQuery = z.object({ dryRun })
const format = z.enum(['ndjson', 'csv']).optional()

const rowError = z.object({ row: z.int(), value: z.string(), message: z.string() }).meta({ id: 'RowError' })
const invalid = {
  invalid: z.int().meta({ description: 'Rows that cannot be read' }),
  errors: z.array(rowError).meta({ description: 'The first 100 of them; all are at /jobs/{id}/errors' }),
}
const accepted = z.object({ jobId: z.string(), accepted: z.int(), ...invalid })
const counts = z.record(z.string(), z.record(z.string(), z.int()))
const traitsReport = z.object({
  valid: z.int(),
  ...invalid,
  traits: counts.meta({ description: 'Trait to type to how many rows have it' }),
})
const listReport = z.object({
  valid: z.int(),
  ...invalid,
  values: counts.meta({ description: 'Column to value to how many rows have it; of `at` whether it is given' }),
})

type ImportCall = Call<unknown, z.output<typeof importQuery>, unknown>

/** A body that is a file of rows. */
const streamed = <Row extends ImportRow>(
  described: Omit<StreamedBody, 'read'>,
  open: (call: ImportCall) => Promise<{ reader: RowReader<Row>; contents: Contents<Row> }>,
): StreamedBody => ({
  ...described,
  read: async (req, given) => {
    const call = given as unknown as ImportCall
    const { deps, workspaceId, query } = call
    return readUpload({ req, ...(await open(call)), db: deps.db, workspaceId }, query.dryRun === 'true')
  },
})

const customers = (contentType: string, description: string, example: string): StreamedBody =>
  streamed({ contentType, description, example }, ({ workspaceId, query }) => {
    const types = readTypes(query.types)
    if (contentType === NDJSON && query.types !== undefined) throw noTypes()
    const reader = contentType === CSV ? new CsvReader(customerColumns(types)) : new NdjsonReader(customerOfJson)
    return Promise.resolve({ reader, contents: customersIn(workspaceId) })
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

const SUPPRESSION_COLUMNS = ['channel', 'address', 'reason', 'at', 'source'] as const

const suppressionLine = (suppression: Suppression): string =>
  csvLine(SUPPRESSION_COLUMNS.map((column) => csvValue(suppression[column] ?? undefined)))

const errorLine = ({ row, value, message }: RowError): string => csvLine([String(row), value, message])

/** What an import of one kind of rows has of its own. */
interface Import {
  path: string
  tag: string
  summary: string
  description: string
  /** What the audit log calls it. */
  action: string
  query: typeof importQuery | typeof listQuery
  streamed: StreamedBody[]
  /** What a dry run answers, and the name in it of what was counted. */
  report: typeof traitsReport | typeof listReport
  counted: 'traits' | 'values'
}

/** Takes a file, and begins the job that writes it. */
const importRoute = ({ action, report, counted, ...of }: Import): Route =>
  route({
    ...of,
    method: 'post',
    scope: 'write',
    answer: { status: 202, description: 'Accepted', schema: accepted },
    alternative: { status: 200, description: 'Of a dry run: what is in the file', schema: report },
    handler: async (call) => {
      const { jobId, counts: found, valid, invalid: bad, errors } = call.body as unknown as Uploaded
      if (jobId === undefined) return { status: 200, body: { valid, invalid: bad, errors, [counted]: found } }
      const change = { action, subject: jobId, detail: { accepted: valid, invalid: bad, [counted]: Object.keys(found) } }
      await audited(call, change, (db) => beginImport(db, jobId))
      await startOrLeave(call.deps, () => call.deps.temporal.startImport(jobId))
      return { body: { jobId, accepted: valid, invalid: bad, errors } }
    },
  })

const AS_IT_COMES = 'The file is read as it comes, up to 1 GB, plain or gzip. Rows that cannot be read are listed and the others are'

export const importRoutes: Route[] = [
  importRoute({
    path: '/customers/import',
    tag,
    summary: 'Merge a file of customers into profiles; follow the job',
    description: `${AS_IT_COMES} merged, in their order.`,
    action: 'customer.import',
    query: importQuery,
    streamed: [
      customers(
        NDJSON,
        'One `{"id","traits"}` a line; null removes a trait. What an export adds is passed over.',
        '{"id":"ada","traits":{"plan":"gold","age":36}}\n',
      ),
      customers(
        CSV,
        'A header with `id` or `customerId`; the other columns are traits. An empty cell leaves a trait as it is, `null` removes it.',
        'id,plan,age\nada,gold,36\n',
      ),
    ],
    report: traitsReport,
    counted: 'traits',
  }),
  importRoute({
    path: '/subscriptions/import',
    tag: 'Consent',
    summary: 'Write a file of what customers said of channels and topics; follow the job',
    description: `${AS_IT_COMES} written by when they were said: a later word of the customer holds.`,
    action: 'subscription.import',
    query: listQuery,
    streamed: [
      streamed(
        {
          contentType: CSV,
          description:
            'Columns: `id` (or `customerId`), `channel`, `state`; and if you like `topic` (name or id; empty: the whole channel), `at` (ISO 8601: when it was said) and `via` (by what; `import` unless told).',
          example: 'id,channel,topic,state,at\nada,email,News,subscribed,2026-03-01T09:00:00Z\n',
        },
        async ({ deps, workspaceId }) => {
          const topics = await topicNames(deps.db, workspaceId)
          return { reader: new CsvReader(subscriptionColumns(topics)), contents: subscriptionsIn(topics) }
        },
      ),
    ],
    report: listReport,
    counted: 'values',
  }),
  importRoute({
    path: '/suppressions/import',
    tag: 'Consent',
    summary: 'Have a file of addresses not written to any more; follow the job',
    description: `${AS_IT_COMES} added. Of two reasons the stronger one stays.`,
    action: 'suppression.import',
    query: listQuery,
    streamed: [
      streamed(
        {
          contentType: CSV,
          description:
            'Columns: `channel`, `address`, `reason` (`manual`, `hard_bounce` or `complaint`); and if you like `at` (ISO 8601: since when) and `source` (what said so; `import` unless told).',
          example: 'channel,address,reason,at\nemail,ada@example.com,hard_bounce,2026-03-01\n',
        },
        () => Promise.resolve({ reader: new CsvReader(suppressionColumns), contents: suppressionsIn() }),
      ),
    ],
    report: listReport,
    counted: 'values',
  }),
  route({
    method: 'get',
    path: '/suppressions/export',
    scope: 'read',
    tag: 'Consent',
    summary: 'All addresses that are not written to, as a CSV that an import reads',
    answer: { status: 200, description: 'The file' },
    streams: [CSV],
    handler: ({ deps: { db }, workspaceId }) => {
      const chunks = lines(exportSuppressions(db, workspaceId), suppressionLine, csvLine(SUPPRESSION_COLUMNS))
      return Promise.resolve({ stream: { contentType: CSV, chunks } })
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
    summary: 'Rows of an import that were not written, as a file',
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
