import type { Db } from './db.js'

/** Most events that are known of a workspace, and most names (with type) of one event, or of traits. */
export const MAX_EVENTS = 1_000
export const MAX_NAMES = 500
/** Samples of a name. */
export const MAX_SAMPLES = 5

/** What `of` is of a trait. */
export const TRAITS = ''

/** A property of an event, or a trait, as it came by; or, without name and type, the event itself. */
export interface Sighting {
  workspaceId: string
  /** The event, or TRAITS. */
  of: string
  /** Dotted, where it lies within objects. */
  name: string
  type: string
  sample?: string | number | boolean
}

/** An event that came in. */
export interface SeenEvent {
  event: string
  firstSeenAt: Date
  lastSeenAt: Date
}

/** A property or trait that came in. */
export interface SeenName {
  name: string
  /** The one seen last comes first. */
  types: string[]
  samples: (string | number | boolean)[]
  firstSeenAt: Date
  lastSeenAt: Date
}

/**
 * Writes down what came by: events first, then names, for there are none of an event that is not known. What is known is marked as seen; of what is
 * new, as much as there is surely room for. In order, so that two routers do not wait for each other in a circle.
 */
export async function noteSightings(db: Db, sightings: readonly Sighting[]): Promise<void> {
  const events = sightings.filter(({ name }) => name === '')
  const names = sightings.filter(({ name }) => name !== '')
  if (events.length > 0) await db.query(NOTE_EVENTS, [JSON.stringify(events)])
  if (names.length > 0) await db.query(NOTE_NAMES, [JSON.stringify(names)])
}

const note = (max: number, within: string, counted: string, provided: string): string => `
  with given as (
    select *, row_number() over (partition by ${within} order by of, name, type) as place from (
      select distinct on (1, 2, 3, 4) g."workspaceId" as workspace_id, g.of, g.name, g.type, g.sample
      from jsonb_to_recordset($1::jsonb) as g ("workspaceId" text, of text, name text, type text, sample jsonb)
      order by 1, 2, 3, 4, g.sample is null) each)
  insert into seen_name as s (workspace_id, of, name, type, samples)
  select workspace_id, of, name, type, case when sample is null then '[]' else jsonb_build_array(sample) end from given g
  where exists (select from seen_name k where (k.workspace_id, k.of, k.name, k.type) = (g.workspace_id, g.of, g.name, g.type))
    or (${provided}) and (select count(*) from seen_name k where k.workspace_id = g.workspace_id and ${counted}) + place <= ${max}
  order by 1, 2, 3, 4
  on conflict (workspace_id, of, name, type) do update set last_seen_at = clock_timestamp(),
    samples = case when jsonb_array_length(s.samples) >= ${MAX_SAMPLES} or s.samples @> excluded.samples then s.samples
      else s.samples || excluded.samples end`

const NOTE_EVENTS = note(MAX_EVENTS, 'workspace_id', `k.name = ''`, 'true')
const NOTE_NAMES = note(
  MAX_NAMES,
  'workspace_id, of',
  `k.of = g.of and k.name <> ''`,
  `g.of = '${TRAITS}' or exists (select from seen_name e where e.workspace_id = g.workspace_id and e.of = g.of and e.name = '')`,
)

/** Events seen, by name. */
export function seenEvents(db: Db, workspaceId: string): Promise<SeenEvent[]> {
  return db.query(
    `select of as event, first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt" from seen_name
     where workspace_id = $1 and name = '' order by of`,
    [workspaceId],
  )
}

/** Properties seen of an event, or the traits (TRAITS), by name. */
export function seenNames(db: Db, workspaceId: string, of: string): Promise<SeenName[]> {
  return db.query(
    `select name, array_agg(type order by last_seen_at desc, type) as types, min(first_seen_at) as "firstSeenAt", max(last_seen_at) as "lastSeenAt",
       (select coalesce(jsonb_agg(sample), '[]') from (
          select sample from seen_name v, jsonb_array_elements(v.samples) with ordinality e (sample, place)
          where v.workspace_id = $1 and v.of = $2 and v.name = s.name order by v.last_seen_at desc, place limit ${MAX_SAMPLES}) each) as samples
     from seen_name s where workspace_id = $1 and of = $2 and name <> '' group by name order by name`,
    [workspaceId, of],
  )
}

/** The traits of a customer; none of one that is not there. */
export async function traitsOf(db: Db, workspaceId: string, customerId: string): Promise<Record<string, unknown>> {
  const row = await db.one<{ traits: Record<string, unknown> }>('select traits from customer where workspace_id = $1 and id = $2', [
    workspaceId,
    customerId,
  ])
  return row?.traits ?? {}
}

/** Forgets all samples of a workspace, for one of them may be of a customer who is erased. They come again as events do. */
export async function forgetSamples(db: Db, workspaceId: string): Promise<void> {
  await db.query(`update seen_name set samples = '[]' where workspace_id = $1 and samples <> '[]'`, [workspaceId])
}
