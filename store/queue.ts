import type { Db } from './db.js'
import type { Enrolment, RefusalReason } from './enrol.js'

/** An entry that waits for its paused orchestration to be resumed. */
export interface QueuedEntry {
  /** Grows with each entry: the order of the queue. */
  id: string
  enrolment: Enrolment
}

interface Row extends Omit<Enrolment, 'parent' | 'memberId'> {
  id: string
  parent: Enrolment['parent'] | null
  memberId: string | null
}

/** The entries at the head of the queue of an orchestration. */
export async function queuedEntries(db: Db, journeyId: string, limit: number): Promise<QueuedEntry[]> {
  const rows = await db.query<Row>(
    `select id::text as id, workspace_id as "workspaceId", journey_id as "journeyId", customer_id as "customerId", trigger_id as "triggerId",
       entry_key as "entryKey", entry, parent, member_id as "memberId" from queued_entry q where journey_id = $1 order by q.id limit $2::int`,
    [journeyId, limit],
  )
  return rows.map(({ id, parent, memberId, ...rest }) => ({
    id,
    enrolment: { ...rest, dequeue: true, ...(parent && { parent }), ...(memberId !== null && { memberId }) },
  }))
}

/** Takes an entry that was decided, and whose workflow was started, out of the queue; settles its job's row. A repeat is harmless. */
export async function leaveQueue(db: Db, id: string, outcome: { memberId: string } | { refused: RefusalReason }): Promise<void> {
  const [name, member] = 'memberId' in outcome ? ['entered', outcome.memberId] : [outcome.refused, null]
  await db.hot('select tw_unqueue($1::bigint, $2, $3)::text as done', [id, name, member])
}
