import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'
import { pageBy, type Page, type PageQuery } from './page.js'

/** What an orchestration can name. */
export type Named = 'audience' | 'destination' | 'secret' | 'orchestration' | 'template' | 'topic'

/** What of each kind a canvas `v.canvas` names: ids, as jsonb. */
const IDS: Record<Exclude<Named, 'secret' | 'template'>, string> = {
  // A trigger of the entry tile, or a condition anywhere: of a tile, an exit criterion, the goal.
  audience: `select jsonb_path_query(v.canvas, '$.**.audienceId') union all select jsonb_path_query(v.canvas, '$.**.audience')`,
  destination: `select jsonb_path_query(v.canvas, '$.tiles[*].config.destinationId')`,
  orchestration: `select jsonb_path_query(v.canvas, '$.tiles[*].config.orchestrationId')`,
  topic: `select jsonb_path_query(v.canvas, '$.tiles[*].config.topic')`,
}

/** Where a canvas `v.canvas` names the thing with the id $2. */
const NAMES: Record<Named, string> = {
  audience: `to_jsonb($2::text) in (${IDS.audience})`,
  destination: `to_jsonb($2::text) in (${IDS.destination})`,
  orchestration: `to_jsonb($2::text) in (${IDS.orchestration})`,
  topic: `to_jsonb($2::text) in (${IDS.topic})`,
  // To sign with, or by its name in the headers of a webhook.
  secret: `(jsonb_path_exists(v.canvas, '$.tiles[*].config ? (@.secretId == $id)', jsonb_build_object('id', $2::text))
    or exists (select from jsonb_path_query(v.canvas, '$.tiles[*].config.headers.*') header join secret s on s.id = $2
      where header #>> '{}' ~ ('secrets\\s*(\\.\\s*|\\[\\s*["''])' || s.name || '(?![A-Za-z0-9_-])')))`,
  // Of a tile; a partial by its name in a field.
  template: `(jsonb_path_exists(v.canvas, '$.tiles[*].config.template ? (@.id == $id)', jsonb_build_object('id', $2::text))
    or exists (select from jsonb_path_query(v.canvas, '$.tiles[*].config.fields.*') field join template p on p.id = $2 and p.kind = 'partial'
      where field #>> '{}' ~ ('\\{%-?\\s*render\\s*["'']' || p.name || '["'']')))`,
}

/** How what is no orchestration is mended. */
const TAKE_OUT: Partial<Record<Named, string>> = {
  audience: 'take it out of the audience, ',
  template: 'take it out of the template, ',
}

/** Most orchestrations that the refusal names. */
const TOLD = 10

/** Whether a version `v` of an orchestration `j` lives: customers enter it, or members walk it. */
const LIVES = `(v.route is not null and ((v.version = j.live_version and j.status in ('active', 'paused'))
  or exists (select from member m where m.journey_id = j.id and m.version = v.version and m.status <> 'exited')))`

/** Orchestrations that name the thing $2 and live, and the audiences whose conditions do. */
const usersOf = (kind: Named): string => `
  select j.id, j.name from journey j where j.workspace_id = $1 and exists (
    select from journey_version v where v.journey_id = j.id and ${LIVES} and ${NAMES[kind]})
  ${kind === 'audience' ? `union all select a.id, a.name from audience a where a.workspace_id = $1 and ${NAMED_BY_AUDIENCE}` : ''}
  ${kind === 'template' ? `union all select t.id, t.name from template t where t.workspace_id = $1 and ${NAMED_BY_TEMPLATE}` : ''}`

/** The ids of the audiences that the condition of an audience `a` names, as jsonb. */
const IDS_OF_AUDIENCE = `select jsonb_path_query(a.condition, '$.**.audience')`
const NAMED_BY_AUDIENCE = `to_jsonb($2::text) in (${IDS_OF_AUDIENCE})`

/** Whether the live version or the draft of a template `t` brings in the partial $2. */
const NAMED_BY_TEMPLATE = `t.id <> $2 and exists (select from template_version tv join template p on p.id = $2 and p.kind = 'partial'
  where tv.template_id = t.id and tv.version in (t.live_version, t.draft_version) and tv.summary -> 'partials' ? p.name)`

/** Whether a live orchestration or another audience names an audience: whether somebody has to hear of who joins it and leaves it. */
export async function isNamed(db: Db, workspaceId: string, audienceId: string): Promise<boolean> {
  return (await db.query(`${usersOf('audience')} limit 1`, [workspaceId, audienceId])).length > 0
}

/**
 * Refuses to delete what a live orchestration names: one that is active or paused, in its live version, or one with members that have not
 * exited, in the version that they walk. An audience that another audience names is refused too, and a partial that a template brings in.
 * @throws TileworkError conflict that names the users
 */
export async function refuseIfInUse(db: Db, workspaceId: string, kind: Named, id: string): Promise<void> {
  const users = await db.query<{ id: string; name: string }>(`${usersOf(kind)} order by id limit ${TOLD + 1}`, [workspaceId, id])
  if (users.length === 0) return
  const told = users.slice(0, TOLD)
  const names = told.map((user) => `'${user.name}' (${user.id})`).join(', ') + (users.length > TOLD ? ' and others' : '')
  const without = (TAKE_OUT[kind] ?? '') + 'publish a version without it'
  const message = `This ${kind} is used by ${names}: ${without}, or complete the orchestration and let its members exit; then delete it.`
  throw new TileworkError('conflict', message, told.map((user) => ({ path: 'id', code: 'in_use', message: `Used by '${user.name}' (${user.id}).` })), {
    usedBy: told,
  }) // prettier-ignore
}

/** What names a thing. */
export interface User {
  id: string
  name: string
  type: 'orchestration' | 'audience' | 'template'
  /** Of an orchestration. */
  status: string | null
  /** Whether the thing cannot be deleted while this names it; false: only a draft does. */
  blocks: boolean
}

const TABLES: Record<Named, string> = {
  audience: 'audience',
  destination: 'destination',
  secret: 'secret',
  orchestration: 'journey',
  template: 'template',
  topic: 'topic',
}

/**
 * What names a thing: orchestrations, in a version that lives or in their draft, and audiences; the newest first.
 * @throws TileworkError not_found when there is no such thing
 */
export async function usedBy(db: Db, workspaceId: string, kind: Named, id: string, query: PageQuery): Promise<Page<User>> {
  if (!(await db.one(`select 1 as one from ${TABLES[kind]} where workspace_id = $1 and id = $2`, [workspaceId, id])))
    throw new TileworkError('not_found', `There is no ${kind} ${id}.`)
  const audiences = `union all select a.id, a.name, 'audience', null, true from audience a where a.workspace_id = $1 and ${NAMED_BY_AUDIENCE}`
  const templates = `union all select t.id, t.name, 'template', case when t.live_version is null then 'draft' else 'live' end, true
    from template t where t.workspace_id = $1 and ${NAMED_BY_TEMPLATE}`
  return pageBy(
    db,
    `select u.id, u.name, u.type, u.status, u.blocks from (
       select j.id, j.name, 'orchestration' as type, j.status, bool_or(${LIVES}) as blocks
       from journey j join journey_version v on v.journey_id = j.id
       where j.workspace_id = $1 and (v.version = j.draft_version or ${LIVES}) and ${NAMES[kind]} group by j.id
       ${kind === 'audience' ? audiences : ''} ${kind === 'template' ? templates : ''}) u where true`,
    [workspaceId, id],
    'u.id',
    query,
  )
}

/** How many name a thing, and some of them. */
export interface Use {
  id: string
  count: number
  /** At most MAX_NAMED, the newest first. */
  users: Omit<User, 'blocks'>[]
}

/** Most users that are named of a thing. */
export const MAX_NAMED = 10

/** What names each of some things, as usedBy tells it of one; all in one look. Those that nothing names are left out. */
export function usesOf(db: Db, workspaceId: string, kind: 'audience' | 'destination' | 'topic', ids: readonly string[]): Promise<Use[]> {
  const audiences = `union select named.id, a.id, a.name, 'audience', null from audience a cross join lateral (${IDS_OF_AUDIENCE}) named (id) where a.workspace_id = $1`
  return db.query<Use>(
    `with uses (named, id, name, type, status) as (
       select distinct named.id, j.id, j.name, 'orchestration', j.status from journey j join journey_version v on v.journey_id = j.id
         cross join lateral (${IDS[kind]}) named (id)
       where j.workspace_id = $1 and (v.version = j.draft_version or ${LIVES}) ${kind === 'audience' ? audiences : ''}),
     placed as (
       select named #>> '{}' as named, id, name, type, status, row_number() over (partition by named order by id desc) as place from uses
       where named in (select jsonb_array_elements($2::jsonb)))
     select p.named as id, count(*)::int as count,
       jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'type', p.type, 'status', p.status) order by place) filter (where place <= ${MAX_NAMED}) as users
     from placed p group by 1`,
    [workspaceId, JSON.stringify(ids)],
  )
}
