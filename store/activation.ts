import type { Trigger } from '../tiles/index.js'
import type { Db } from './db.js'

/** What a trigger would do at once. */
export interface TriggerPreview {
  type: Trigger['type']
  audienceId?: string
  event?: string
  /** How many customers would enter at once by it; those that are in several lists count for each. */
  enters: number
  /** The audience is being built: more may be in it when that is done. */
  building?: boolean
}

/** What an activation would do now. */
export interface ActivationPreview {
  triggers: TriggerPreview[]
  /** How many customers would enter at once, each counted once. */
  enters: number
}

interface Row {
  id: string
  building: boolean
  n: number
}

/** Who would enter if these triggers went live now: those in the lists that are included. Nobody has entered a draft before. */
export async function activationPreview(db: Db, workspaceId: string, triggers: readonly Trigger[]): Promise<ActivationPreview> {
  const ids = triggers.flatMap((trigger) => (trigger.type === 'audience' ? [trigger.audienceId] : []))
  const included = triggers.flatMap((trigger) => (trigger.type === 'audience' && trigger.includeExisting ? [trigger.audienceId] : []))
  const audiences = await db.query<Row>(
    `select a.id, a.built < a.generation as building,
       (select count(*)::int from audience_member m where m.workspace_id = $1 and m.audience_id = a.id) as n
     from audience a where a.workspace_id = $1 and a.id = any($2::text[])`,
    [workspaceId, ids],
  )
  const distinct = await db.one<{ n: number }>(
    `select count(distinct customer_id)::int as n from audience_member where workspace_id = $1 and audience_id = any($2::text[])`,
    [workspaceId, included],
  )
  const byId = new Map(audiences.map((audience) => [audience.id, audience]))
  return { enters: distinct!.n, triggers: triggers.map((trigger) => previewOf(trigger, byId)) }
}

function previewOf(trigger: Trigger, audiences: ReadonlyMap<string, Row>): TriggerPreview {
  if (trigger.type === 'manual') return { type: 'manual', enters: 0 }
  if (trigger.type === 'event') return { type: 'event', event: trigger.event, enters: 0 }
  const { audienceId, includeExisting } = trigger
  const { n = 0, building = false } = audiences.get(audienceId) ?? {}
  return { type: 'audience', audienceId, enters: includeExisting ? n : 0, ...(building && { building }) }
}
