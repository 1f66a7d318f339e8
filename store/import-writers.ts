import type { Channel } from '../model/channels.js'
import type { Db } from './db.js'
import { subscribeMany, type SubscriptionState } from './subscriptions.js'
import { suppressMany, type SuppressionReason } from './suppressions.js'

/** A row that cannot be written. */
export interface RowError {
  row: number
  value: string
  message: string
}

/** The same, with a word for the count of the job. */
export type Refused = RowError & { reason: string }

/** A row of an upload that can be written, as it is kept until then. It begins with its number: 1-based, and a header counts. */
export type ImportRow = CustomerRow | SubscriptionRow | SuppressionRow
export type CustomerRow = readonly [row: number, id: string, traits: Record<string, unknown>]
/** `topic` is an id, empty for the whole channel; `at` an instant of ISO 8601, null where nobody knows when. */
export type SubscriptionRow = readonly [
  row: number, id: string, channel: Channel, topic: string, state: SubscriptionState, at: string | null, via: string
] // prettier-ignore
/** The address is normalised. */
export type SuppressionRow = readonly [
  row: number, channel: Channel, address: string, reason: SuppressionReason, at: string | null, source: string | null
] // prettier-ignore

/** Rows of one import that are written together. */
export interface Chunked {
  jobId: string
  workspaceId: string
  number: number
  /** When the file began to come in. */
  at: Date
}

/** What writing a chunk came to. */
export interface Outcome {
  /** Customers whose traits are others now. */
  changed: string[]
  /** Rows that were not written. */
  refused: Refused[]
}

/** Writes a chunk by few statements, in the transaction that it is given. */
export type Write = (tx: Db, chunk: Chunked) => Promise<Outcome>

/** What merging a chunk of customers came to. */
export interface Merged {
  /** Customers who have a profile only now. */
  made: string[]
  /** Customers whose traits are others now, by the ids that they have now; new ones with traits among them. */
  changed: string[]
  /** Rows that would have made a customer larger than the limits, 256 KB or 10,000 traits: these are as they were. */
  tooLarge: { row: number; id: string }[]
}

/**
 * Lets rows be merged into profiles, and does in the same transaction what has to be true with them.
 * @param merge told whether the caller judges those whom it makes or changes by the audiences; else the router hears of new ones
 */
export type Around = (tx: Db, workspaceId: string, merge: (judged: boolean) => Promise<Merged>) => Promise<Merged>

const TOO_LARGE = 'The traits of the customer would take more than 256 KB; they are left as they were.'

/** Merges traits into profiles, those of one customer in the order of their rows. */
export async function importCustomers(tx: Db, { jobId, workspaceId, number }: Chunked, around: Around): Promise<Outcome> {
  const { changed, tooLarge } = await around(tx, workspaceId, async (judged) => {
    const row = await tx.one<{ reply: Merged }>('select tw_merge_chunk($1, $2, $3::int, $4) as reply', [workspaceId, jobId, number, judged])
    return row!.reply
  })
  return { changed, refused: tooLarge.map(({ row, id }) => ({ row, value: id, reason: 'too_large', message: TOO_LARGE })) }
}

/** Writes what customers said elsewhere, by when they said it. */
export async function importSubscriptions(tx: Db, { jobId, workspaceId, number, at }: Chunked): Promise<Outcome> {
  const refused = await subscribeMany(tx, workspaceId, await readRows(tx, jobId, number), at)
  return { changed: [], refused: refused.map((each) => ({ row: each.row, value: each.id, reason: each.reason, message: WHY[each.reason](each) })) } // prettier-ignore
}

type NotSaid = Awaited<ReturnType<typeof subscribeMany>>[number]

const WHY: Record<NotSaid['reason'], (row: NotSaid) => string> = {
  unknown_customer: () => "'id': there is no such customer. Import customers first, or mend the id.",
  unknown_topic: () => "'topic': it has been deleted meanwhile. Name another one.",
  later_word: ({ state, at, dated }) => {
    const holds = `${state === null ? 'what the customer said was forgotten' : `the customer said '${state}'`} at ${new Date(at).toISOString()}`
    return dated ? `'at': ${holds}, which is not before this; that holds.` : `'at': ${holds}, and this has no instant; that holds. Give one if this came later.` // prettier-ignore
  },
}

/** Keeps addresses from being written to; of two reasons the stronger one stays. */
export async function importSuppressions(tx: Db, { jobId, workspaceId, number, at }: Chunked): Promise<Outcome> {
  const rows = JSON.parse(await readRows(tx, jobId, number)) as SuppressionRow[]
  const given = rows.map(([, channel, address, reason, since, source]) => ({ channel, address, reason, source, at: since ?? at.toISOString() })) // prettier-ignore
  await suppressMany(tx, workspaceId, given)
  return { changed: [], refused: [] }
}

/** The rows of a chunk, as the JSON that they are kept as. */
async function readRows(tx: Db, jobId: string, number: number): Promise<string> {
  const chunk = await tx.one<{ rows: string }>('select rows from import_chunk where job_id = $1 and number = $2::int', [jobId, number])
  return chunk!.rows
}
