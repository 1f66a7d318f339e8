import { valueAt } from '../model/condition.js'
import type { Db } from '../store/db.js'
import { enrol, type Enrolment } from '../store/enrol.js'
import { whatChanged, type StoredEvent } from '../store/events.js'
import { judge } from '../store/facts.js'
import { joinOf } from '../store/triggers.js'
import { versionOf } from '../store/versions.js'
import type { Temporal } from '../temporal/client.js'
import type { Trigger } from '../tiles/index.js'

export interface EnterDeps {
  db: Db
  temporal: Pick<Temporal, 'startMember'>
}

type TriggerOf<T extends Trigger['type']> = Extract<Trigger, { type: T }>

/** An orchestration with its triggers of one name, in their order. */
interface Triggered<T extends Trigger['type']> {
  journeyId: string
  entryTile: string
  triggers: TriggerOf<T>[]
}

/** Enters the customer of an event into every orchestration that it triggers, once per event: by the first trigger that it satisfies. */
export async function enterBy(deps: EnterDeps, workspaceId: string, event: StoredEvent): Promise<void> {
  const { customerId, properties } = event
  for (const { journeyId, entryTile, triggers } of await triggered(deps.db, workspaceId, event.event, 'event')) {
    const of = { workspaceId, customerId, journeyId, tileId: entryTile }
    for (const { where, key } of triggers) {
      if (where && !(await judge(deps.db, of, where, properties)).holds) continue
      const entry = { event: event.event, properties, eventId: event.id }
      await enter(deps, { workspaceId, journeyId, customerId, triggerId: `event:${event.messageId}`, entry, ...keyed(properties, key) })
      break
    }
  }
}

/** Enters a customer who joined an audience into every orchestration that it triggers, once per membership. Of another change does nothing. */
export async function enterByJoin(deps: EnterDeps, workspaceId: string, change: StoredEvent): Promise<void> {
  const { joined } = whatChanged(change)
  if (!joined) return
  for (const { journeyId } of await triggered(deps.db, workspaceId, joinOf(joined.audienceId), 'audience'))
    await enter(deps, { workspaceId, journeyId, customerId: change.customerId, triggerId: `join:${joined.number}` })
}

/** Also those of orchestrations that take nobody in now: each refusal is counted. */
async function triggered<T extends Trigger['type']>(db: Db, workspaceId: string, name: string, type: T): Promise<Triggered<T>[]> {
  const rows = await db.hot<{ journeyId: string; version: number; positions: number[] }>(
    `select t.journey_id as "journeyId", j.live_version as version, array_agg(t.position order by t.position) as positions
     from event_trigger t join journey j on j.id = t.journey_id
     where t.workspace_id = $1 and t.event = $2 and j.status in ('active', 'paused', 'completed') group by 1, 2 order by 1`,
    [workspaceId, name],
  )
  return Promise.all(
    rows.map(async ({ journeyId, version, positions }) => {
      const { tiles, route } = await versionOf(db, journeyId, version)
      const tile = tiles.get(route.start)
      const all = tile?.type === 'entry' ? tile.config.triggers : []
      const triggers = positions.flatMap((position) => all[position] ?? []).filter((each) => each.type === type)
      return { journeyId, entryTile: route.start, triggers: triggers as TriggerOf<T>[] }
    }),
  ).then((found) => found.filter(({ triggers }) => triggers.length > 0))
}

function keyed(properties: Record<string, unknown>, key: string | undefined): { entryKey?: string } {
  const value = key === undefined ? undefined : valueAt(properties, key.slice('properties.'.length))
  if (value === undefined || value === null) return {}
  return { entryKey: typeof value === 'string' ? value : JSON.stringify(value) }
}

async function enter({ db, temporal }: EnterDeps, enrolment: Enrolment): Promise<void> {
  const enrolled = await enrol(db, { ...enrolment, queue: {} })
  if ('start' in enrolled) await temporal.startMember(enrolled.start)
}
