import { TileworkError } from '../model/errors.js'
import { reach } from '../tiles/checks/graph.js'
import type { Db } from './db.js'

/** An orchestration, as others that enter it see it. */
export interface JourneyRef {
  name: string
  status: string
  /** Those that its live version (its draft while none is live) enters. */
  children: string[]
}

/** The orchestrations that a canvas `v.canvas` enters; null when there are none. */
const CHILDREN = `(select array_agg(t -> 'config' ->> 'orchestrationId')
  from jsonb_array_elements(v.canvas -> 'tiles') t where t ->> 'type' = 'subOrchestration')`

/** The names, states and children of all orchestrations: what validation looks up. */
export async function journeyRefs(db: Db, workspaceId: string): Promise<Map<string, JourneyRef>> {
  const rows = await db.query<{ id: string; name: string; status: string; children: string[] | null }>(
    `select j.id, j.name, j.status, ${CHILDREN} as children
     from journey j join journey_version v on v.journey_id = j.id and v.version = coalesce(j.live_version, j.draft_version)
     where j.workspace_id = $1`,
    [workspaceId],
  )
  return new Map(rows.map(({ id, children, ...rest }) => [id, { ...rest, children: (children ?? []).filter(Boolean) }]))
}

/**
 * Checks, in the transaction that makes the draft of an orchestration live, that it closes no cycle of sub-orchestrations. Validation has
 * checked it before; but of two that go live at once, each closing the cycle, neither has seen the other. Take no other lock before it.
 * @throws TileworkError invalid
 */
export async function refuseCycle(tx: Db, workspaceId: string, id: string): Promise<void> {
  const draft = await tx.one<{ children: string[] | null }>(
    `select ${CHILDREN} as children from journey j join journey_version v on v.journey_id = j.id and v.version = j.draft_version
     where j.workspace_id = $1 and j.id = $2`,
    [workspaceId, id],
  )
  if (!draft?.children) return
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('children:' || $1, 0))::text as locked`, [workspaceId])
  const refs = await journeyRefs(tx, workspaceId)
  if (!reach(draft.children, (child) => refs.get(child)?.children ?? []).has(id)) return
  const message = 'A sub-orchestration leads back into this orchestration; break the cycle.'
  throw new TileworkError('invalid', message, [{ path: '', code: 'TW306', message }])
}
