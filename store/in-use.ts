import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'

/** What an orchestration can name. */
export type Named = 'audience' | 'destination' | 'secret' | 'orchestration'

/** Where a canvas `v.canvas` names the thing with the id $2. */
const NAMES: Record<Named, string> = {
  // A trigger of the entry tile, or a condition anywhere: of a tile, an exit criterion, the goal.
  audience: `jsonb_path_exists(v.canvas, '$.** ? (@.audienceId == $id || @.audience == $id)', jsonb_build_object('id', $2::text))`,
  destination: `jsonb_path_exists(v.canvas, '$.tiles[*].config ? (@.destinationId == $id)', jsonb_build_object('id', $2::text))`,
  orchestration: `jsonb_path_exists(v.canvas, '$.tiles[*].config ? (@.orchestrationId == $id)', jsonb_build_object('id', $2::text))`,
  // To sign with, or by its name in the headers of a webhook.
  secret: `(jsonb_path_exists(v.canvas, '$.tiles[*].config ? (@.secretId == $id)', jsonb_build_object('id', $2::text))
    or exists (select from jsonb_path_query(v.canvas, '$.tiles[*].config.headers.*') header join secret s on s.id = $2
      where header #>> '{}' ~ ('secrets\\s*(\\.\\s*|\\[\\s*["''])' || s.name || '(?![A-Za-z0-9_-])')))`,
}

/** Most orchestrations that the refusal names. */
const TOLD = 10

/** Orchestrations that name the thing $2 and live, and the audiences whose conditions do. */
const usersOf = (kind: Named): string => `
  select j.id, j.name from journey j where j.workspace_id = $1 and exists (
    select from journey_version v where v.journey_id = j.id and v.route is not null and ${NAMES[kind]}
      and ((v.version = j.live_version and j.status in ('active', 'paused'))
        or exists (select from member m where m.journey_id = j.id and m.version = v.version and m.status <> 'exited')))
  ${kind === 'audience' ? `union all select a.id, a.name from audience a where a.workspace_id = $1 and ${NAMED_BY_AUDIENCE}` : ''}`

const NAMED_BY_AUDIENCE = `jsonb_path_exists(a.condition, '$.** ? (@.audience == $id)', jsonb_build_object('id', $2::text))`

/** Whether a live orchestration or another audience names an audience: whether somebody has to hear of who joins it and leaves it. */
export async function isNamed(db: Db, workspaceId: string, audienceId: string): Promise<boolean> {
  return (await db.query(`${usersOf('audience')} limit 1`, [workspaceId, audienceId])).length > 0
}

/**
 * Refuses to delete what a live orchestration names: one that is active or paused, in its live version, or one with members that have not
 * exited, in the version that they walk. An audience that another audience names is refused too.
 * @throws TileworkError conflict that names the users
 */
export async function refuseIfInUse(db: Db, workspaceId: string, kind: Named, id: string): Promise<void> {
  const users = await db.query<{ id: string; name: string }>(`${usersOf(kind)} order by id limit ${TOLD + 1}`, [workspaceId, id])
  if (users.length === 0) return
  const told = users.slice(0, TOLD)
  const names = told.map((user) => `'${user.name}' (${user.id})`).join(', ') + (users.length > TOLD ? ' and others' : '')
  const without = kind === 'audience' ? 'take it out of the audience, publish a version without it' : 'publish a version without it'
  const message = `This ${kind} is used by ${names}: ${without}, or complete the orchestration and let its members exit; then delete it.`
  throw new TileworkError('conflict', message, told.map((user) => ({ path: 'id', code: 'in_use', message: `Used by '${user.name}' (${user.id}).` })), {
    usedBy: told,
  }) // prettier-ignore
}
