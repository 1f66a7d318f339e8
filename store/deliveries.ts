import type { Arrival, Decision, StepReply, Stopped } from '../engine/host.js'
import type { Db } from './db.js'
import { stepCall, stepParams, type StepCommit } from './steps.js'

/** What the templates of a delivery see; instants in ms. */
export interface DeliveryFacts {
  customerId: string
  version: number
  enteredAt: number
  now: number
  traits: Record<string, unknown>
  entry: { event?: string; properties?: Record<string, unknown> }
  journeyName: string
  /** Tile id to what it produced: a webhook's `save`, the event that a wait got. */
  outputs: Record<string, Record<string, unknown>>
}

/** How an attempt begins. */
export type Begun =
  | Stopped
  /** It ended before. */
  | { do: 'done'; state: 'sent' | 'failed' | 'unknown' | 'skipped'; decision: Decision }
  /** Send now. `ambiguous`: an earlier attempt began and nobody knows how it ended. */
  | { do: 'send'; attempt: number; ambiguous: boolean; facts: DeliveryFacts }

/** The key of a delivery: the same over all its retries, and the idempotency key towards the vendor. */
export const deliveryKey = (memberId: string, arrival: Arrival): string => `${memberId}:${arrival.tile}:${arrival.visit}`

/** Gate, arrival and ledger row ('sending') of one attempt, in one round trip. */
export async function beginDelivery(
  db: Db,
  begin: {
    memberId: string
    journeyId: string
    arrival: Arrival
    destinationId: string | null
    action: string
    now?: Date
  },
): Promise<Begun> {
  const { arrival } = begin
  const [row] = await db.hot<{ reply: Begun }>(
    'select tw_deliver_begin($1, $2, $3, $4::int, $5, $6::int, $7, $8, $9, $10::timestamptz) as reply',
    [
      begin.memberId,
      begin.journeyId,
      arrival.tile,
      arrival.visit,
      arrival.from?.tile ?? null,
      arrival.from?.visit ?? null,
      arrival.from?.port ?? null,
      begin.destinationId,
      begin.action,
      begin.now ?? null,
    ],
  )
  return row!.reply
}

/** When the next attempt of a delivery that is being tried again is due, ms. */
export async function nextAttemptAt(db: Db, memberId: string, arrival: Arrival): Promise<number | undefined> {
  const [row] = await db.hot<{ at: Date | null }>(`select next_retry_at as at from delivery where key = $1 and state = 'pending'`, [
    deliveryKey(memberId, arrival),
  ])
  return row?.at?.getTime()
}

/** What was rendered for deliveries, by key, where it is known. The sandbox's inbox has it of those before it was kept here. */
export async function renderedOf(db: Db, keys: readonly string[]): Promise<Map<string, Record<string, string>>> {
  if (keys.length === 0) return new Map()
  const rows = await db.query<{ key: string; fields: Record<string, string> }>(
    `select key, coalesce(c.fields, m.fields::json) as fields
     from (select key, fields from delivery_content where key = any($1::text[])) c
       full join (select key, fields from sandbox_message where key = any($1::text[])) m using (key)`,
    [[...keys]],
  )
  return new Map(rows.map(({ key, fields }) => [key, fields]))
}

/**
 * How an attempt ended. `pending`: it failed, and will be tried again at `retryAt`. Two ends of one that asked nothing of the vendor, and so counts as
 * none: `skipped`: it is kept back, and the member goes on; `later`: it is put off until `retryAt`, and pending until then.
 */
export interface DeliveryEnd {
  memberId: string
  arrival: Arrival
  attempt: number
  state: 'sent' | 'failed' | 'unknown' | 'pending' | 'skipped' | 'later'
  vendorId?: string
  /** The vendor's answer, redacted. */
  answer?: unknown
  /** What it rendered, by field, without secrets; absent where nothing could be rendered. */
  rendered?: Record<string, string>
  code?: string
  message?: string
  retryAt?: Date
  /** Of `skipped` and `later`: by what that was decided. */
  reads?: Record<string, unknown>
  /** What the tile gives to later tiles. */
  output?: unknown
  /** What the member does now; absent while pending. */
  decision?: Decision
  now?: Date
}

/** Longest answer that the ledger keeps, in characters of JSON. */
const MAX_ANSWER = 4096
/** Most of what was rendered that is kept, in characters over all fields. */
const MAX_RENDERED = 65_536

/** Ends the attempt in the ledger, the journal and the projection in one round trip; without effect when it is not on record any more. */
export async function endDelivery(db: Db, end: DeliveryEnd): Promise<void> {
  await db.hot(`select ${END}`, endParams(end))
}

/**
 * As `endDelivery`, and the member's next step in the same round trip; answers the step's reply, or undefined when the attempt was not on
 * record any more. The step sees what the end has written: each statement inside the functions has a snapshot of its own.
 * @param next a step that has read nothing: it cannot be stale
 */
export async function endDeliveryAndStep(db: Db, end: DeliveryEnd, next: StepCommit): Promise<StepReply | undefined> {
  const [row] = await db.hot<{ reply: StepReply | null }>(END_AND_STEP, [...endParams(end), ...stepParams(next)])
  return row!.reply ?? undefined
}

const END = `tw_deliver_end($1, $2, $3::int, $4::int, $5, $6, $7::jsonb, $8, $9, $10::timestamptz, $11::jsonb, $12::jsonb, $13::timestamptz, $14::json, $15::jsonb)`
const END_AND_STEP = `select case when ${END} then ${stepCall(16)} end as reply`

const endParams = (end: DeliveryEnd): unknown[] => [
  end.memberId,
  end.arrival.tile,
  end.arrival.visit,
  end.attempt,
  end.state,
  end.vendorId ?? null,
  end.answer === undefined ? null : kept(end.answer),
  end.code ?? null,
  end.message ?? null,
  end.retryAt ?? null,
  end.output === undefined ? null : keptJson(end.output),
  end.decision ? JSON.stringify(end.decision) : null,
  end.now ?? null,
  end.rendered ? JSON.stringify(bounded(end.rendered)) : null,
  end.reads ? keptJson(end.reads) : null,
]

/** What is kept of rendered fields, in their order. The short ones come first when it is too much: a recipient and a subject are not lost to a body. */
function bounded(fields: Record<string, string>): Record<string, string> {
  const kept = { ...fields }
  let left = MAX_RENDERED
  for (const [name, text] of Object.entries(fields).sort(([, a], [, b]) => a.length - b.length)) {
    kept[name] = plain(text.length <= left ? text : `${text.slice(0, left)}… (cut: ${text.length - left} characters more)`)
    left -= Math.min(left, text.length)
  }
  return kept
}

/** Text that PostgreSQL takes: without NUL, and without half of a character, which a cut may leave. */
const plain = (text: string): string => Buffer.from(text.replaceAll('\0', '')).toString()

/** JSON text that jsonb takes: of any value that somebody else's answer may hold. */
function keptJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'string') return plain(each)
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each
    return Object.fromEntries(Object.entries(each).map(([name, inner]) => [plain(name), inner]))
  })
}

/** The same of an answer, cut when it is long. */
function kept(answer: unknown): string {
  const text = keptJson(answer)
  return text.length <= MAX_ANSWER ? text : keptJson({ cut: text.slice(0, MAX_ANSWER - 100) })
}
