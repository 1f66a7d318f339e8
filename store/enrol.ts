import type { MemberStart } from '../engine/host.js'
import { newId } from '../model/ids.js'
import type { Db } from './db.js'
import { versionOf } from './versions.js'

/** What starts one member. */
export interface Enrolment {
  workspaceId: string
  journeyId: string
  customerId: string
  /** Unique per trigger: `event:<messageId>`, `row:<jobId>:<position>`, `sub:<member>:<tile>:<visit>`. A repeat starts nothing. */
  triggerId: string
  /** The value of the trigger's `key`, which tells members apart under re-entry `always`. */
  entryKey?: string
  entry?: { event?: string; properties?: Record<string, unknown>; eventId?: string }
  parent?: { memberId: string; tileId: string }
  now?: Date
}

/** Why a trigger started nobody. */
export type RefusalReason = 'unknown' | 'not_active' | 'paused' | 'completed' | 'already_entered' | 'in_orchestration' | 'cooldown'

export type Enrolled = { memberId: string; fresh: boolean; start: MemberStart } | { refused: RefusalReason }

type Reply = { member: string; fresh: boolean; version: number } | { refused: RefusalReason }

/**
 * Enters a customer by the rules of this moment, exactly once per trigger. The caller then starts the workflow, which is
 * harmless to repeat: whoever repeats the trigger repeats both.
 */
export async function enrol(db: Db, e: Enrolment): Promise<Enrolled> {
  const [row] = await db.hot<{ reply: Reply }>('select tw_enrol($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10::timestamptz) as reply', [
    e.workspaceId,
    e.journeyId,
    e.customerId,
    e.triggerId,
    e.entryKey ?? '',
    JSON.stringify(e.entry ?? {}),
    newId('mem'),
    e.parent?.memberId ?? null,
    e.parent?.tileId ?? null,
    e.now ?? null,
  ])
  const reply = row!.reply
  if ('refused' in reply) return reply
  const { route, name } = await versionOf(db, e.journeyId, reply.version)
  const start: MemberStart = {
    memberId: reply.member,
    workspaceId: e.workspaceId,
    journeyId: e.journeyId,
    journeyName: name,
    version: reply.version,
    customerId: e.customerId,
    route,
  }
  return { memberId: reply.member, fresh: reply.fresh, start }
}
