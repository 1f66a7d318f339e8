import type { Decision } from '../engine/host.js'
import type { Db } from './db.js'
import { renderedOf } from './deliveries.js'
import { checkedLimit, decode, encode, type Page, type PageQuery } from './page.js'

/** A delivery as it is now. */
export interface TimelineDelivery {
  key: string
  action: string
  destinationId: string | null
  /** pending | sending | sent | failed | unknown | skipped */
  state: string
  /** Attempts begun in the last round. */
  attempts: number
  vendorId: string | null
  /** The vendor's answer, redacted. */
  answer?: unknown
  /** Of one that is tried again. */
  nextRetryAt?: Date
  /** The error of its last attempt that had one. */
  error?: { code: string; message: string }
  /** What its last attempt rendered, by field, without secrets; of a webhook `method`, `url`, `headers.<name>` and `body`. */
  rendered?: Record<string, string>
}

/** One thing that happened to a member. */
export interface TimelineEntry {
  at: Date
  tileId: string
  visit: number
  event:
    | 'arrived'
    | 'decided'
    | 'waiting'
    | 'sent'
    | 'failed'
    | 'parked'
    | 'held'
    | 'resumed'
    | 'retried'
    | 'skipped'
    | 'entered'
    | 'queued'
    | 'refused'
    | 'moved'
    | 'merged'
    | 'left'
    | 'exited'
  port?: string
  /** The values that the decision read. */
  reads?: Record<string, unknown>
  /** When a wait is due, or a message that is put off; absent: not by time. */
  until?: Date
  /** Of a wait that was re-armed: when it was due before. */
  previousUntil?: Date
  /** Of a move: the tile and the version that the member was moved to. */
  to?: string
  version?: number
  /** Of what an operator did: who. */
  actor?: string
  /** Of an exit without an exit tile: what caused it. Of merged: the id until then, and the customer's. */
  cause?: Record<string, unknown>
  /** Of sent, failed and skipped; and of the arrival at a tile whose delivery has not ended. */
  delivery?: TimelineDelivery
  error?: { code: string; message: string }
  reason?: string
  /** Of entered: the member of the other orchestration. Of entered, queued and refused: that orchestration. */
  childMemberId?: string
  orchestrationId?: string
  /** Of the first arrival of one that a sub-orchestration tile entered: the member there, its orchestration, and the tile. */
  parentMemberId?: string
  parentOrchestrationId?: string
  parentTileId?: string
}

type Parent = Pick<TimelineEntry, 'parentMemberId' | 'parentOrchestrationId' | 'parentTileId'>

interface StepRow {
  tileId: string
  visit: number
  arrivedAt: Date
  fromTile: string | null
  fromVisit: number | null
  fromPort: string | null
  decision: Decision | { do: 'deliver' }
  reads: Record<string, unknown> | null
  metAt: Date | null
  eventId: string | null
  /** A delivery tells what was decided there. */
  sends: boolean
}

interface DeliveryRow extends Pick<TimelineDelivery, 'key' | 'action' | 'destinationId' | 'state' | 'attempts' | 'vendorId'> {
  tileId: string
  visit: number
  sentAt: Date | null
  answer: unknown
  nextRetryAt: Date | null
  code: string | null
  message: string | null
}

interface IncidentRow {
  tileId: string
  visit: number
  at: Date
  kind: TimelineEntry['event'] | 'rearmed' | 'delayed'
  detail: IncidentDetail
}

interface IncidentDetail {
  actor?: string
  code?: string
  message?: string
  reason?: string
  reads?: Record<string, unknown>
  /** rearmed: ms; 0 is at once. */
  from?: number
  until?: number
  /** moved */
  to?: string
  version?: number
  /** exited */
  criterion?: string
  eventId?: string
  operation?: string
  parentMemberId?: string
  /** exited as merged */
  memberId?: string
  /** merged: the id that it entered with or had until then, and the customer's */
  previousId?: string
  customerId?: string
  /** entered, queued, refused */
  childMemberId?: string
  orchestrationId?: string
}

/** Order of what happens at one instant. */
const ORDER: TimelineEntry['event'][] = [
  'held', 'resumed', 'left', 'arrived', 'waiting', 'queued', 'entered', 'refused', 'sent', 'failed', 'parked', 'retried', 'skipped', 'decided', 'moved', 'merged', 'exited',
] // prettier-ignore

/**
 * Everything that happened to a member, oldest first: made from its steps, its deliveries and its incidents. A member's own rows only,
 * so its cost is its history.
 */
export async function memberTimeline(db: Db, workspaceId: string, memberId: string, query: PageQuery): Promise<Page<TimelineEntry>> {
  const owned = [workspaceId, memberId]
  const steps = await db.query<StepRow>(
    `select tile_id as "tileId", visit, arrived_at as "arrivedAt", from_tile as "fromTile", from_visit as "fromVisit", from_port as "fromPort",
       decision, reads, met_at as "metAt", met_by::text as "eventId",
       exists (select 1 from delivery d where d.key = s.member_id || ':' || s.tile_id || ':' || s.visit) as sends from step s where workspace_id = $1 and member_id = $2 order by arrived_at limit 10000`,
    owned,
  )
  const deliveries = await db.query<DeliveryRow>(
    `select d.tile_id as "tileId", d.visit, d.key, d.action, d.destination_id as "destinationId", d.state, d.attempts, d.vendor_id as "vendorId",
       d.sent_at as "sentAt", d.answer, d.next_retry_at as "nextRetryAt", d.error_code as code, d.error_message as message from delivery d
     where d.workspace_id = $1 and d.member_id = $2 limit 10000`,
    owned,
  )
  const incidents = await db.query<IncidentRow>(
    // What an operator did carries who and why, which were noted before it was done.
    `select i.tile_id as "tileId", i.visit, i.at, i.kind, coalesce(o.detail, '{}') || i.detail as detail
     from incident i left join incident o on o.member_id = i.member_id and o.dedupe = 'operated:' || coalesce(i.detail ->> 'operation',
       case when i.kind in ('retried', 'skipped', 'moved') then substr(i.dedupe, length(i.kind) + 2) end)
     where i.workspace_id = $1 and i.member_id = $2 and i.kind not in ('operated', 'displaced') order by i.id limit 10000`,
    owned,
  )
  const parent = await db.one<Parent>(
    `select p.id as "parentMemberId", p.journey_id as "parentOrchestrationId", m.parent_tile_id as "parentTileId"
     from member m join member p on p.id = m.parent_member_id where m.workspace_id = $1 and m.id = $2`,
    owned,
  )
  const entries = [
    ...steps.flatMap((step) =>
      ofStep(
        step,
        incidents.find((each) => each.kind === 'rearmed' && sameVisit(each, step)),
        parent,
        deliveries.find((each) => UNDER_WAY.has(each.state) && sameVisit(each, step)),
      ),
    ),
    ...deliveries.flatMap(ofDelivery),
    ...incidents.map((incident) => ofIncident(incident, deliveries)),
  ]
  entries.sort((a, b) => a.at.getTime() - b.at.getTime() || ORDER.indexOf(a.event) - ORDER.indexOf(b.event))
  const page = slice(entries, query)
  return { ...page, data: await withContent(db, page.data) }
}

/** Adds to deliveries what was rendered: of one page, for it may be long. */
async function withContent(db: Db, entries: TimelineEntry[]): Promise<TimelineEntry[]> {
  const rendered = await renderedOf(db, [...new Set(entries.flatMap(({ delivery }) => delivery?.key ?? []))])
  return entries.map((entry) => {
    const fields = entry.delivery && rendered.get(entry.delivery.key)
    return fields ? { ...entry, delivery: { ...entry.delivery!, rendered: fields } } : entry
  })
}

function slice(entries: TimelineEntry[], query: PageQuery): Page<TimelineEntry> {
  const limit = query.limit === undefined ? 200 : checkedLimit(query.limit)
  const from = query.cursor === undefined ? 0 : Number(decode(query.cursor))
  const data = entries.slice(from, from + limit)
  return { data, nextCursor: from + limit < entries.length ? encode(String(from + limit)) : null }
}

const sameVisit = (a: { tileId: string; visit: number }, b: { tileId: string; visit: number }): boolean =>
  a.tileId === b.tileId && a.visit === b.visit

/** States of a delivery that has not ended. */
const UNDER_WAY: ReadonlySet<string> = new Set(['pending', 'sending'])

/**
 * @param delivery the one of this visit, while it has not ended
 * @param rearmed the first re-arming of this visit, which names what the wait was due at before
 */
function ofStep(
  step: StepRow,
  rearmed: IncidentRow | undefined,
  parent: Parent | undefined,
  delivery: DeliveryRow | undefined,
): TimelineEntry[] {
  const { tileId, visit, arrivedAt: at, decision, metAt } = step
  const reads = step.reads && { reads: step.reads }
  const entries: TimelineEntry[] = []
  if (step.fromTile !== null) entries.push({ at, tileId: step.fromTile, visit: step.fromVisit!, event: 'left', port: step.fromPort! })
  entries.push({
    at,
    tileId,
    visit,
    event: 'arrived',
    ...(step.fromTile === null && parent),
    ...(delivery && { delivery: told(delivery) }),
  })
  if (decision.do === 'wait') {
    const until = rearmed?.detail.from ?? decision.until
    entries.push({
      at,
      tileId,
      visit,
      event: 'waiting',
      ...(until !== undefined && { until: new Date(until) }),
      ...(!metAt && reads),
    })
  }
  if (decision.do === 'go' && step.fromTile !== null && !step.sends)
    entries.push({ at, tileId, visit, event: 'decided', port: decision.port, ...reads })
  if (metAt)
    entries.push({
      at: metAt,
      tileId,
      visit,
      event: 'decided',
      port: 'met',
      reads: step.eventId ? { eventId: step.eventId } : (step.reads ?? {}),
    })
  if (decision.do === 'exit') entries.push({ at, tileId, visit, event: 'exited', reason: decision.reason })
  return entries
}

function ofDelivery(delivery: DeliveryRow): TimelineEntry[] {
  const { tileId, visit, sentAt } = delivery
  return sentAt ? [{ at: sentAt, tileId, visit, event: 'sent', delivery: told(delivery) }] : []
}

function told({ key, action, destinationId, state, attempts, vendorId, ...row }: DeliveryRow): TimelineDelivery {
  const { answer, nextRetryAt, code, message } = row
  return {
    key,
    action,
    destinationId,
    state,
    attempts,
    vendorId,
    ...(answer !== null && { answer }),
    ...(nextRetryAt && { nextRetryAt }),
    ...(code !== null && { error: { code, message: message ?? '' } }),
  }
}

function ofIncident({ tileId, visit, at, kind, detail }: IncidentRow, deliveries: DeliveryRow[]): TimelineEntry {
  if (kind === 'rearmed') return { at, tileId, visit, event: 'waiting', ...ofRearm(at, detail) }
  if (kind === 'delayed') return { at, tileId, visit, event: 'waiting', ...ofDelay(detail) }
  const delivery = kind === 'failed' || kind === 'skipped' ? deliveries.find((d) => d.tileId === tileId && d.visit === visit) : undefined
  const { code, message = '', reason, reads, to, version, childMemberId, orchestrationId, actor } = detail
  return {
    at,
    tileId,
    visit,
    event: kind,
    ...(delivery && { delivery: told(delivery) }),
    ...(code !== undefined && { error: { code, message } }),
    ...(reason !== undefined && { reason }),
    ...(actor !== undefined && { actor }),
    ...(reads && { reads }),
    ...(kind === 'moved' && { to, version }),
    ...(childMemberId !== undefined && { childMemberId }),
    ...(orchestrationId !== undefined && { orchestrationId }),
    ...((kind === 'exited' || kind === 'merged') && causeOf(detail)),
  }
}

/** An instant of 0 is "at once": the trait that named the instant names none any more. */
function ofRearm(at: Date, { from, until, reads }: IncidentDetail): Partial<TimelineEntry> {
  return {
    until: until ? new Date(until) : at,
    ...(from !== undefined && { previousUntil: new Date(from) }),
    ...(reads && { reads }),
  }
}

/** A message that waits at its tile: until quiet hours end, or for a slot of a frequency cap. */
function ofDelay({ reason, reads: { until, ...reads } = {} }: IncidentDetail): Partial<TimelineEntry> {
  return { ...(reason !== undefined && { reason }), reads, ...(typeof until === 'string' && { until: new Date(until) }) }
}

function causeOf(detail: IncidentDetail): Partial<TimelineEntry> {
  const { criterion, eventId, operation, parentMemberId, version, memberId, previousId, customerId } = detail
  const known = Object.entries({ criterion, eventId, operation, parentMemberId, version, memberId, previousId, customerId }).filter(
    ([, value]) => value !== undefined,
  )
  return known.length === 0 ? {} : { cause: Object.fromEntries(known) }
}
