import type { Trigger } from '../tiles/index.js'
import type { Db } from './db.js'
import { createListJob } from './jobs.js'

/** Under which name the triggers of an audience are found. */
export const joinOf = (audienceId: string): string => `$audience:${audienceId}`

/** A published version whose triggers start members from now on. */
export interface Publication {
  workspaceId: string
  journeyId: string
  /** Of its entry tile, in order. */
  triggers: readonly Trigger[]
  /** Those of the version before it, if one was live. */
  before?: readonly Trigger[]
}

/**
 * Lets the triggers of a version start members, in place of those before; within the transaction that makes it live. Who is in a list that a
 * trigger includes enters by a job, unless the version before included the list too: those have entered already.
 * @returns the jobs, whose workflows the caller starts after the commit (the sweep does, should the caller not live)
 */
export async function installTriggers(tx: Db, { workspaceId, journeyId, triggers, before = [] }: Publication): Promise<string[]> {
  await tx.query('delete from event_trigger where journey_id = $1', [journeyId])
  const rows = triggers.flatMap((trigger, position) => (trigger.type === 'manual' ? [] : [{ position, event: nameOf(trigger) }]))
  await tx.query(
    `insert into event_trigger (workspace_id, event, journey_id, position)
     select $1, t.event, $2, t.position from jsonb_to_recordset($3::jsonb) as t (event text, position int)`,
    [workspaceId, journeyId, JSON.stringify(rows)],
  )
  const known = new Set(included(before))
  const jobs: string[] = []
  for (const audienceId of new Set(included(triggers)))
    if (!known.has(audienceId)) jobs.push(await createListJob(tx, workspaceId, journeyId, audienceId))
  return jobs
}

const nameOf = (trigger: Exclude<Trigger, { type: 'manual' }>): string =>
  trigger.type === 'event' ? trigger.event : joinOf(trigger.audienceId)

const included = (triggers: readonly Trigger[]): string[] =>
  triggers.flatMap((trigger) => (trigger.type === 'audience' && trigger.includeExisting ? [trigger.audienceId] : []))
