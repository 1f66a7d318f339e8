import { valueAt } from '../model/condition.js'
import type { Db } from '../store/db.js'
import { enrol } from '../store/enrol.js'
import type { StoredEvent } from '../store/events.js'
import { judge } from '../store/facts.js'
import { versionOf } from '../store/versions.js'
import type { Temporal } from '../temporal/client.js'
import type { Trigger } from '../tiles/index.js'

export interface EnterDeps {
  db: Db
  temporal: Pick<Temporal, 'startMember'>
}

/** Enters the customer of an event into every orchestration that it triggers, once per event. */
export async function enterBy(deps: EnterDeps, workspaceId: string, event: StoredEvent): Promise<void> {
  const rows = await deps.db.hot<{ journeyId: string; position: number; version: number }>(
    `select t.journey_id as "journeyId", t.position, j.live_version as version from event_trigger t join journey j on j.id = t.journey_id
     where t.workspace_id = $1 and t.event = $2 and j.status in ('active', 'paused', 'completed') order by t.journey_id, t.position`,
    [workspaceId, event.event],
  )
  for (const row of rows) await enterOne(deps, workspaceId, event, row)
}

async function enterOne(
  { db, temporal }: EnterDeps,
  workspaceId: string,
  event: StoredEvent,
  { journeyId, position, version }: { journeyId: string; position: number; version: number },
): Promise<void> {
  const { tiles } = await versionOf(db, journeyId, version)
  const entry = [...tiles.values()].find(({ type }) => type === 'entry')
  const trigger: Trigger | undefined = entry?.type === 'entry' ? entry.config.triggers[position] : undefined
  if (trigger?.type !== 'event') return
  const of = { workspaceId, customerId: event.customerId, journeyId, tileId: entry!.id }
  if (trigger.where && !(await judge(db, of, trigger.where, event.properties)).holds) return
  const key = trigger.key === undefined ? undefined : valueAt(event.properties, trigger.key.slice('properties.'.length))
  const enrolled = await enrol(db, {
    workspaceId,
    journeyId,
    customerId: event.customerId,
    triggerId: `event:${event.messageId}`,
    entry: { event: event.event, properties: event.properties, eventId: event.id },
    ...(key !== undefined && key !== null && { entryKey: typeof key === 'string' ? key : JSON.stringify(key) }),
  })
  if ('start' in enrolled) await temporal.startMember(enrolled.start)
}
