import { LRUCache } from 'lru-cache'
import type { Channel } from '../model/channels.js'
import type { TemplateContent, TemplateKind } from '../model/templates.js'
import type { ContentSummary } from '../tiles/checks/content.js'
import type { TemplateRef } from '../tiles/checks/message.js'
import type { Db } from './db.js'
import { remember } from './remember.js'

/* Templates as those who send them and those who validate need them. */

/** A published version: it never changes. */
export interface PublishedTemplate {
  id: string
  name: string
  version: number
  kind: TemplateKind
  content: TemplateContent
}

/** A published version of a template, the last when none is named; undefined when there is none such. */
export async function publishedTemplate(
  db: Db,
  workspaceId: string,
  id: string,
  version: number | undefined,
): Promise<PublishedTemplate | undefined> {
  return db.one<PublishedTemplate>(
    `select t.id, t.name, t.kind, v.version, v.content from template t join template_version v on v.template_id = t.id
     where t.workspace_id = $1 and t.id = $2 and v.version = coalesce($3::int, t.live_version) and v.published_at is not null`,
    [workspaceId, id, version ?? null],
  )
}

/** The partials of a workspace in their live versions, by name. The same object as long as none is published. */
export type LivePartials = ReadonlyMap<string, PublishedTemplate>

const kept = new WeakMap<object, LRUCache<string, { key: string; partials: LivePartials }>>()
const asked = new WeakMap<object, LRUCache<string, Promise<LivePartials>>>()

/** How long partials are kept in memory: a new version is felt within a second, in ms. */
const KEPT_MS = 1_000

/**
 * The partials that templates of a workspace may bring in.
 * @param fresh whether they are read even if they were a moment ago: for those who have just published one
 */
export function livePartials(db: Db, workspaceId: string, fresh = false): Promise<LivePartials> {
  const { pool } = db
  let cache = asked.get(pool)
  if (!cache) asked.set(pool, (cache = new LRUCache({ max: 200, ttl: KEPT_MS })))
  if (fresh) cache.delete(workspaceId)
  return remember(cache, workspaceId, () => readPartials(db, workspaceId))
}

async function readPartials(db: Db, workspaceId: string): Promise<LivePartials> {
  const { pool } = db
  let last = kept.get(pool)
  if (!last) kept.set(pool, (last = new LRUCache({ max: 200 })))
  const row = await db.one<{ key: string | null }>(
    `select string_agg(id || ':' || live_version, ' ' order by id) as key from template
     where workspace_id = $1 and kind = 'partial' and live_version is not null`,
    [workspaceId],
  )
  const key = row?.key ?? ''
  const before = last.get(workspaceId)
  if (before?.key === key) return before.partials
  const rows = await db.query<PublishedTemplate>(
    `select t.id, t.name, t.kind, v.version, v.content from template t join template_version v on v.template_id = t.id and v.version = t.live_version
     where t.workspace_id = $1 and t.kind = 'partial'`,
    [workspaceId],
  )
  const partials = new Map(rows.map((partial) => [partial.name, partial]))
  last.set(workspaceId, { key: rows.map(({ id, version }) => `${id}:${version}`).sort().join(' '), partials }) // prettier-ignore
  return partials
}

/** Every template of a workspace: what validation looks up. */
export async function templateRefs(db: Db, workspaceId: string): Promise<Map<string, TemplateRef>> {
  const rows = await db.query<
    Omit<TemplateRef, 'versions'> & { id: string; versions: Record<string, ContentSummary> | null; channel: Channel | null }
  >(
    `select t.id, t.name, t.kind, t.channel, t.live_version as version,
       (select jsonb_object_agg(v.version::text, v.summary) from template_version v where v.template_id = t.id and v.published_at is not null) as versions
     from template t where t.workspace_id = $1`,
    [workspaceId],
  )
  return new Map(rows.map(({ id, versions, ...rest }) => [id, { ...rest, versions: versions ?? {} }]))
}
