import type { MemberStart } from '../engine/host.js'
import { newId } from '../model/ids.js'
import { addDuration, resolveZone } from '../model/zone.js'
import type { Db } from './db.js'
import { versionOf } from './versions.js'

/** What starts one member. */
export interface Enrolment {
  workspaceId: string
  journeyId: string
  customerId: string
  /** Unique per trigger: `event:<messageId>`, `join:<number>`, `row:<jobId>:<position>`, `sub:<member>:<tile>:<visit>`. A repeat starts nothing. */
  triggerId: string
  /** The value of the trigger's `key`, which tells members apart under re-entry `always`. */
  entryKey?: string
  entry?: Entry
  parent?: Parent
  /** Given: a pause that queues entries may keep it, for the job's row if named. Else it is refused as paused. */
  queue?: { jobId?: string; position?: number }
  /** It comes from the queue. */
  dequeue?: boolean
  /** Who it will be; a new id when absent. */
  memberId?: string
  now?: Date
}

/** What templates and conditions see as `entry`. */
export interface Entry {
  event?: string
  properties?: Record<string, unknown>
  eventId?: string
}

/** The sub-orchestration tile that enters a member. */
export interface Parent {
  memberId: string
  tileId: string
  visit: number
  /** It waits there until the member has exited: if it leaves, a queued entry of it is dropped. */
  waits?: true
}

/** Why a trigger started nobody. */
export type RefusalReason =
  'unknown' | 'not_active' | 'paused' | 'completed' | 'already_entered' | 'in_orchestration' | 'cooldown' | 'too_deep' | 'parent_exited'

export type Enrolled = { memberId: string; fresh: boolean; start: MemberStart } | { refused: RefusalReason }
/** Only of an enrolment with `queue` or `dequeue`: it waits for the resume. */
export interface Queued {
  queued: true
  /** Who it will be if it may enter. */
  member: string
}

type Decided = { member: string; fresh: boolean; version: number; customer: string } | { refused: RefusalReason } | Queued

/** A cool-down that may not be over: `since` is exact, `sinceMs` for reckoning. */
interface Cooling {
  cooldown: string
  since: string
  sinceMs: number
  timezone: string | null
  traits: Record<string, unknown> | null
}

/** Until when a cool-down lasts that began then. */
interface Cooldown {
  since: string
  until: number
}

/**
 * Enters a customer by the rules of this moment, exactly once per trigger. The caller then starts the workflow, which is
 * harmless to repeat: whoever repeats the trigger repeats both. One round trip; one more when a cool-down has to be reckoned.
 */
export function enrol(db: Db, e: Omit<Enrolment, 'queue' | 'dequeue'>): Promise<Enrolled>
export function enrol(db: Db, e: Enrolment): Promise<Enrolled | Queued>
export async function enrol(db: Db, e: Enrolment): Promise<Enrolled | Queued> {
  const decided = await decide(db, e)
  if (!('version' in decided)) return decided
  const { route, name } = await versionOf(db, e.journeyId, decided.version)
  const start: MemberStart = {
    memberId: decided.member,
    workspaceId: e.workspaceId,
    journeyId: e.journeyId,
    journeyName: name,
    version: decided.version,
    customerId: decided.customer,
    route,
  }
  return { memberId: decided.member, fresh: decided.fresh, start }
}

/** Asks again with the end of the cool-down; and again, should the customer have entered or left in between. */
async function decide(db: Db, e: Enrolment): Promise<Decided> {
  for (let cooldown: Cooldown | undefined; ;) {
    const reply = await ask(db, e, cooldown)
    if (!('cooldown' in reply)) return reply
    cooldown = { since: reply.since, until: endOf(reply) }
  }
}

/** Days and more follow the calendar of the customer's time zone, else that of the settings, else UTC. */
function endOf({ cooldown, sinceMs, timezone, traits }: Cooling): number {
  return addDuration(Math.ceil(sinceMs), cooldown, resolveZone(undefined, traits ?? {}, timezone ?? undefined))
}

async function ask(db: Db, e: Enrolment, cooldown: Cooldown | undefined): Promise<Decided | Cooling> {
  const [row] = await db.hot<{ reply: Decided | Cooling }>(
    `select tw_enrol($1, $2, $3, $4, $5, $6::jsonb, $7, $8::jsonb, $9::jsonb, $10::boolean, $11::jsonb, $12::timestamptz) as reply`,
    [
      e.workspaceId,
      e.journeyId,
      e.customerId,
      e.triggerId,
      e.entryKey ?? '',
      JSON.stringify(e.entry ?? {}),
      e.memberId ?? newId('mem'),
      e.parent ? JSON.stringify(e.parent) : null,
      e.queue ? JSON.stringify(e.queue) : null,
      e.dequeue ?? false,
      cooldown ? JSON.stringify(cooldown) : null,
      e.now ?? null,
    ],
  )
  return row!.reply
}
