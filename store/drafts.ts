import { TileworkError } from '../model/errors.js'
import type { DraftCanvas } from '../tiles/index.js'
import type { Db } from './db.js'
import { canvasText, LIVE, unknown, type JourneyInput, type JourneyStatus } from './journeys.js'
import { pageByNumber, type Page, type PageQuery } from './page.js'
import { requireRevision } from './revision.js'

/** draft: not published. live: customers enter it. past: some may still walk it. */
export type VersionStatus = 'draft' | 'live' | 'past'

/** A version, as lists show it. */
export interface VersionSummary {
  version: number
  status: VersionStatus
  createdAt: Date
  publishedAt: Date | null
  /** Members that walk it now. */
  members: number
}

/** A version of an orchestration with its canvas. */
export interface Version extends DraftCanvas {
  /** The orchestration's id. */
  id: string
  version: number
  status: VersionStatus
  name: string
  description: string
  createdAt: Date
  publishedAt: Date | null
  /** Of a draft: grows with each change, also from one draft of the orchestration to the next. */
  revision: number
}

const STATUS = `case when v.published_at is null then 'draft' when v.version = j.live_version then 'live' else 'past' end`

/**
 * Versions, newest first.
 * @throws TileworkError not_found
 */
export async function listVersions(db: Db, workspaceId: string, id: string, query: PageQuery): Promise<Page<VersionSummary>> {
  if (!(await db.one('select 1 as one from journey where workspace_id = $1 and id = $2', [workspaceId, id]))) return unknown(id)
  const page = await pageByNumber<VersionSummary & { id: string }>(
    db,
    `select v.version::text as id, v.version, ${STATUS} as status, v.created_at as "createdAt", v.published_at as "publishedAt",
       (select count(*)::int from member m where m.journey_id = v.journey_id and m.version = v.version and m.status <> 'exited') as members
     from journey_version v join journey j on j.id = v.journey_id where j.workspace_id = $1 and j.id = $2`,
    [workspaceId, id],
    'v.version',
    query,
  )
  return { ...page, data: page.data.map(({ id: _, ...summary }) => summary) }
}

/** @throws TileworkError not_found for the orchestration or the version */
export async function getVersion(db: Db, workspaceId: string, id: string, version: number): Promise<Version> {
  const row = await db.one<Omit<Version, keyof DraftCanvas> & { canvas: DraftCanvas | null }>(
    `select j.id, v.version, ${STATUS} as status, v.name, v.description, v.created_at as "createdAt", v.published_at as "publishedAt",
       v.revision, v.canvas
     from journey j left join journey_version v on v.journey_id = j.id and v.version = $3::int where j.workspace_id = $1 and j.id = $2`,
    [workspaceId, id, version],
  )
  if (!row) return unknown(id)
  if (!row.canvas) throw new TileworkError('not_found', `Orchestration ${id} has no version ${version}.`)
  const { canvas, ...rest } = row
  return { ...rest, ...canvas }
}

/**
 * Makes the draft of the next version of a live orchestration: a copy of the live canvas, or what is given.
 * @throws TileworkError not_found; wrong_state unless it is active or paused and has no draft
 */
export async function makeDraft(db: Db, workspaceId: string, id: string, given: Partial<JourneyInput> = {}): Promise<Version> {
  return db.tx(async (tx) => {
    const { status, draft } = await lockJourney(tx, workspaceId, id)
    if (status === 'draft') throw wrong(status, 'This orchestration is a draft itself: change it, and activate it.')
    if (!LIVE.has(status)) throw wrong(status, `This orchestration is ${status}; nobody enters a new version of it. Duplicate it instead.`)
    if (draft !== null)
      throw wrong(status, `This orchestration has a draft, version ${draft}; change or drop that one.`, { version: draft })
    const rows = await tx.query<{ version: number }>(
      `with drafted as (
         update journey set draft_version = (select max(version) + 1 from journey_version where journey_id = $1), revision = revision + 1,
           updated_at = clock_timestamp() where id = $1 returning *)
       insert into journey_version (journey_id, version, workspace_id, name, description, canvas, revision)
       select d.id, d.draft_version, d.workspace_id, coalesce($2, v.name), coalesce($3, v.description), coalesce($4::jsonb, v.canvas), d.revision
       from drafted d join journey_version v on v.journey_id = d.id and v.version = d.live_version returning version`,
      [id, given.name ?? null, given.description ?? null, given.tiles ? canvasText(given as JourneyInput) : null],
    )
    return getVersion(tx, workspaceId, id, rows[0]!.version)
  })
}

/** What replaces a draft; a name and a description that are not given stay. */
export type DraftInput = DraftCanvas & { name?: string | undefined; description?: string | undefined }

/**
 * Replaces a draft, that of a live orchestration or one that is a draft itself.
 * @throws TileworkError not_found; wrong_state when the version is published or the orchestration completed; stale when `revision` is another
 */
export async function replaceDraft(
  db: Db,
  workspaceId: string,
  id: string,
  version: number,
  input: DraftInput,
  revision?: number,
): Promise<Version> {
  return db.tx(async (tx) => {
    const { status } = await lockDraft(tx, workspaceId, id, version, 'changed', revision)
    if (status === 'completed') throw wrong(status, 'This orchestration is completed; a draft of it can be dropped, not changed.')
    // The name of a live orchestration changes when the draft is published.
    await tx.query(
      `with changed as (
         update journey set revision = revision + 1, updated_at = clock_timestamp(),
           name = case status when 'draft' then coalesce($3, name) else name end,
           description = case status when 'draft' then coalesce($4, description) else description end
         where id = $1 returning revision)
       update journey_version v set canvas = $5::jsonb, name = coalesce($3, name), description = coalesce($4, description), revision = c.revision
       from changed c where v.journey_id = $1 and v.version = $2::int`,
      [id, version, input.name ?? null, input.description ?? null, canvasText(input)],
    )
    return getVersion(tx, workspaceId, id, version)
  })
}

/**
 * Drops the draft of an orchestration that has a published version.
 * @throws TileworkError not_found; wrong_state when the version is published, or the only one; stale when `revision` is another
 */
export async function dropDraft(db: Db, workspaceId: string, id: string, version: number, revision?: number): Promise<void> {
  await db.tx(async (tx) => {
    const { status } = await lockDraft(tx, workspaceId, id, version, 'dropped', revision)
    if (status === 'draft') throw wrong(status, 'This draft is all that the orchestration has; delete the orchestration instead.')
    await tx.query('delete from journey_version where journey_id = $1 and version = $2::int', [id, version])
    await tx.query('update journey set draft_version = null, revision = revision + 1, updated_at = clock_timestamp() where id = $1', [id])
  })
}

/** An orchestration whose row is locked against other changes of it; members do not wait for this lock. */
export interface LockedJourney {
  status: JourneyStatus
  live: number | null
  draft: number | null
}

/** @throws TileworkError not_found */
export async function lockJourney(tx: Db, workspaceId: string, id: string): Promise<LockedJourney> {
  const row = await tx.one<LockedJourney>(
    'select status, live_version as live, draft_version as draft from journey where workspace_id = $1 and id = $2 for update',
    [workspaceId, id],
  )
  return row ?? unknown(id)
}

/**
 * Locks an orchestration and checks that a version is its draft.
 * @param verb what is to be done to it
 * @throws TileworkError not_found; wrong_state when it is published; stale when `revision` is another
 */
export async function lockDraft(
  tx: Db,
  workspaceId: string,
  id: string,
  version: number,
  verb: string,
  revision?: number,
): Promise<LockedJourney> {
  const locked = await lockJourney(tx, workspaceId, id)
  const found = await getVersion(tx, workspaceId, id, version)
  if (found.status !== 'draft')
    throw wrong(locked.status, `Version ${version} is published and stays as it is; only a draft can be ${verb}. Make a draft version.`)
  requireRevision('orchestration', found, revision)
  return locked
}

function wrong(status: string, message: string, extra: Record<string, unknown> = {}): TileworkError {
  return new TileworkError('wrong_state', message, [], { ...extra, status })
}
