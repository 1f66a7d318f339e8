import type { Channel } from '../model/channels.js'
import { TileworkError } from '../model/errors.js'
import { newId } from '../model/ids.js'
import type { TemplateContent, TemplateKind } from '../model/templates.js'
import type { ContentSummary } from '../tiles/checks/content.js'
import type { Db } from './db.js'
import { given } from './given.js'
import { refuseIfInUse } from './in-use.js'
import { pageBy, pageByNumber, type Page, type PageQuery } from './page.js'
import { deleteRow, requireRevision } from './revision.js'

/** A template, as lists show it. */
export interface TemplateSummary {
  id: string
  name: string
  kind: TemplateKind
  channel: Channel | null
  /** The version that was published last; null: none was. */
  version: number | null
  draftVersion: number | null
  revision: number
  createdAt: Date
  updatedAt: Date
}

/** A template with the texts of its draft, or of its live version while there is no draft. */
export interface Template extends TemplateSummary {
  content: TemplateContent
}

/** A version, as lists show it. */
export interface TemplateVersionSummary {
  version: number
  status: 'draft' | 'live' | 'past'
  createdAt: Date
  publishedAt: Date | null
  publishedBy: string | null
  /** Of the user or the key, also of one that is gone. */
  publishedByName: string | null
}

export interface TemplateVersion extends TemplateVersionSummary {
  content: TemplateContent
}

/** Texts, and what they fill, read and bring in. */
export interface Written {
  content: TemplateContent
  summary: ContentSummary
}

export interface TemplateInput extends Written {
  name: string
  channel: Channel | null
}

const COLUMNS = `t.id, t.name, t.kind, t.channel, t.live_version as version, t.draft_version as "draftVersion", t.revision,
  t.created_at as "createdAt", t.updated_at as "updatedAt"`

const unknown = (id: string): never => {
  throw new TileworkError('not_found', `There is no template ${id}.`)
}
const taken = (name: string): TileworkError =>
  new TileworkError('conflict', `There is a partial named '${name}' already; choose another name.`)

/** Makes a template whose first version is its draft. @throws TileworkError conflict when a partial of that name exists */
export async function createTemplate(db: Db, workspaceId: string, kind: TemplateKind, input: TemplateInput): Promise<Template> {
  const id = newId('tpl')
  return db.tx(async (tx) => {
    const made = await tx.one(
      `insert into template (id, workspace_id, name, kind, channel, draft_version) values ($1, $2, $3, $4, $5, 1)
       on conflict (workspace_id, name) where kind = 'partial' do nothing returning id`,
      [id, workspaceId, input.name, kind, input.channel],
    )
    if (!made) throw taken(input.name)
    await write(tx, workspaceId, id, 1, input)
    return getTemplate(tx, workspaceId, id)
  })
}

const write = (db: Db, workspaceId: string, id: string, version: number, { content, summary }: Written): Promise<object[]> =>
  db.query(
    `insert into template_version (template_id, version, workspace_id, content, summary) values ($1, $2::int, $3, $4::jsonb, $5::jsonb)
     on conflict (template_id, version) do update set content = excluded.content, summary = excluded.summary`,
    [id, version, workspaceId, JSON.stringify(content), JSON.stringify(summary)],
  )

/** @throws TileworkError not_found */
export async function getTemplate(db: Db, workspaceId: string, id: string): Promise<Template> {
  const row = await db.one<Template>(
    `select ${COLUMNS}, v.content from template t join template_version v on v.template_id = t.id and v.version = coalesce(t.draft_version, t.live_version)
     where t.workspace_id = $1 and t.id = $2`,
    [workspaceId, id],
  )
  return row ?? unknown(id)
}

/** Which templates. */
export interface TemplateFilter {
  kind?: TemplateKind | undefined
  /** In the name, whatever the case. */
  search?: string | undefined
}

/** Newest first. */
export function listTemplates(db: Db, workspaceId: string, query: TemplateFilter & PageQuery): Promise<Page<TemplateSummary>> {
  const params: unknown[] = [workspaceId]
  const where = given(params, [
    ['t.kind = ?', query.kind],
    ['strpos(lower(t.name), lower(?)) > 0', query.search],
  ])
  return pageBy(db, `select ${COLUMNS} from template t where t.workspace_id = $1${where}`, params, 't.id', query)
}

/**
 * Saves the draft of a template; while there is none, one is begun.
 * @throws TileworkError not_found; stale when `revision` is another; invalid when a partial is given another name
 */
export async function saveTemplate(db: Db, workspaceId: string, id: string, input: TemplateInput, revision?: number): Promise<Template> {
  return db.tx(async (tx) => {
    const before = await locked(tx, workspaceId, id, revision)
    if (before.kind === 'partial' && before.name !== input.name) {
      const message = `Templates bring this partial in by its name '${before.name}', which stays; make another partial for '${input.name}'.`
      throw new TileworkError('invalid', message, [{ path: '/name', code: 'immutable', message }])
    }
    const version = before.draftVersion ?? before.version! + 1
    await write(tx, workspaceId, id, version, input)
    await tx.query(
      `update template set name = $2, channel = $3, draft_version = $4::int, revision = revision + 1, updated_at = clock_timestamp() where id = $1`,
      [id, input.name, input.channel, version],
    )
    return getTemplate(tx, workspaceId, id)
  })
}

async function locked(tx: Db, workspaceId: string, id: string, revision: number | undefined): Promise<TemplateSummary> {
  const row = await tx.one<TemplateSummary>(`select ${COLUMNS} from template t where t.workspace_id = $1 and t.id = $2 for update`, [
    workspaceId,
    id,
  ])
  if (!row) return unknown(id)
  requireRevision(TEMPLATE.what, row, revision)
  return row
}

/**
 * Makes the draft the version that is sent.
 * @param actor who does, as the audit log names them
 * @throws TileworkError not_found; wrong_state when there is no draft; stale when `revision` is another
 */
export async function publishTemplate(db: Db, workspaceId: string, id: string, actor: string, revision?: number): Promise<Template> {
  return db.tx(async (tx) => {
    const { draftVersion } = await locked(tx, workspaceId, id, revision)
    if (draftVersion === null) throw new TileworkError('wrong_state', 'There is no draft to publish; change the template first.')
    await tx.query(
      `update template_version set published_at = clock_timestamp(), published_by = $3 where template_id = $1 and version = $2::int`,
      [id, draftVersion, actor],
    )
    await tx.query(
      `update template set live_version = draft_version, draft_version = null, revision = revision + 1, updated_at = clock_timestamp() where id = $1`,
      [id],
    )
    return getTemplate(tx, workspaceId, id)
  })
}

const TEMPLATE = { table: 'template', what: 'template', read: getTemplate } as const

/** @throws TileworkError not_found; conflict when a live orchestration or another template uses it; stale when `revision` is another */
export async function deleteTemplate(db: Db, workspaceId: string, id: string, revision?: number): Promise<void> {
  await refuseIfInUse(db, workspaceId, 'template', id)
  await deleteRow(db, TEMPLATE, workspaceId, id, revision)
}

const VERSION = `v.version, case when v.published_at is null then 'draft' when v.version = t.live_version then 'live' else 'past' end as status,
  v.created_at as "createdAt", v.published_at as "publishedAt", v.published_by as "publishedBy",
  coalesce((select name from app_user where id = substr(v.published_by, 6) and starts_with(v.published_by, 'user:')),
    (select name from api_key where id = substr(v.published_by, 5) and starts_with(v.published_by, 'key:'))) as "publishedByName"`

/** Versions, newest first. @throws TileworkError not_found */
export async function listTemplateVersions(
  db: Db,
  workspaceId: string,
  id: string,
  query: PageQuery,
): Promise<Page<TemplateVersionSummary>> {
  if (!(await db.one('select 1 as one from template where workspace_id = $1 and id = $2', [workspaceId, id]))) return unknown(id)
  const page = await pageByNumber<TemplateVersionSummary & { id: string }>(
    db,
    `select v.version::text as id, ${VERSION} from template_version v join template t on t.id = v.template_id where t.workspace_id = $1 and t.id = $2`,
    [workspaceId, id],
    'v.version',
    query,
  )
  return { ...page, data: page.data.map(({ id: _, ...summary }) => summary) }
}

/** @throws TileworkError not_found for the template or the version */
export async function getTemplateVersion(db: Db, workspaceId: string, id: string, version: number): Promise<TemplateVersion> {
  const row = await db.one<TemplateVersion>(
    `select ${VERSION}, v.content from template_version v join template t on t.id = v.template_id
     where t.workspace_id = $1 and t.id = $2 and v.version = $3::int`,
    [workspaceId, id, version],
  )
  if (!row) throw new TileworkError('not_found', `There is no version ${version} of template ${id}.`)
  return row
}
