import { TileworkError } from '../model/errors.js'
import { newId } from '../model/ids.js'
import type { Route } from '../model/route.js'
import type { DraftCanvas, Trigger } from '../tiles/index.js'
import type { Db } from './db.js'
import { refuseIfInUse } from './in-use.js'
import { refuseCycle } from './refs.js'
import { requireRevision } from './revision.js'
import { installTriggers } from './triggers.js'

export type JourneyStatus = 'draft' | 'active' | 'paused' | 'completed'

/** An orchestration without its canvas, as lists show it. */
export interface JourneySummary {
  id: string
  name: string
  description: string
  status: JourneyStatus
  /** Words to find it by. */
  tags: string[]
  /** The live version; null while none is. */
  version: number | null
  draftVersion: number | null
  createdAt: Date
  updatedAt: Date
  activatedAt: Date | null
}

/** An orchestration with one of its canvases. */
export interface Journey extends JourneySummary, DraftCanvas {
  /** Grows with each change: the ETag. */
  revision: number
}

/** What POST and PUT write. */
export interface JourneyInput extends DraftCanvas {
  name: string
  description?: string
  /** Absent: those that it has; of a new one none. */
  tags?: readonly string[] | undefined
}

/** Which canvas: the live one (the draft while none is live), the draft, or a version. */
export type Which = 'live' | 'draft' | number

/** Columns of a JourneySummary but for the name and the description. */
export const SUMMARY = `j.id, j.status, j.tags, j.live_version as version, j.draft_version as "draftVersion",
  j.created_at as "createdAt", j.updated_at as "updatedAt", j.activated_at as "activatedAt"`

/** Makes an orchestration with version 1 as its draft. */
export async function createJourney(db: Db, workspaceId: string, input: JourneyInput): Promise<Journey> {
  const id = newId('jrn')
  await db.query(
    `with made as (
       insert into journey (id, workspace_id, name, description, draft_version, tags) values ($1, $2, $3, $4, 1, $6::text[]))
     insert into journey_version (journey_id, version, workspace_id, name, description, canvas) values ($1, 1, $2, $3, $4, $5::jsonb)`,
    [id, workspaceId, input.name, input.description ?? '', canvasText(input), input.tags ?? []],
  )
  return getJourney(db, workspaceId, id)
}

/** A version has its own name and description; that the orchestration goes by another one now does not change it. */
const nameOf = (column: 'name' | 'description', which: Which): string =>
  which === 'live' ? `j.${column}` : `coalesce(v.${column}, j.${column}) as ${column}`

/** A canvas as it is kept. */
export const canvasText = ({ tiles, edges, settings }: DraftCanvas): string => JSON.stringify({ tiles, edges, settings })

/** @throws TileworkError not_found for the orchestration or the version */
export async function getJourney(db: Db, workspaceId: string, id: string, which: Which = 'live'): Promise<Journey> {
  const version = which === 'live' ? 'coalesce(j.live_version, j.draft_version)' : which === 'draft' ? 'j.draft_version' : '$3::int'
  const row = await db.one<JourneySummary & { revision: number; canvas: DraftCanvas | null }>(
    `select ${SUMMARY}, ${nameOf('name', which)}, ${nameOf('description', which)}, j.revision, v.canvas
     from journey j left join journey_version v on v.journey_id = j.id and v.version = ${version}
     where j.workspace_id = $1 and j.id = $2`,
    typeof which === 'number' ? [workspaceId, id, which] : [workspaceId, id],
  )
  if (!row) return unknown(id)
  const { canvas, revision, ...summary } = row
  if (!canvas)
    throw new TileworkError(
      'not_found',
      which === 'draft' ? `Orchestration ${id} has no draft.` : `Orchestration ${id} has no version ${which}.`,
    )
  return { ...summary, ...canvas, revision }
}

/**
 * Replaces a draft.
 * @throws TileworkError not_found; wrong_state unless it is a draft; stale when `revision` is another
 */
export async function replaceJourney(db: Db, workspaceId: string, id: string, input: JourneyInput, revision?: number): Promise<Journey> {
  return db.tx(async (tx) => {
    const version = await lockDraft(tx, workspaceId, id, 'replaced', revision)
    await tx.query(
      `with named as (
         update journey set name = $2, description = $3, tags = coalesce($6::text[], tags), revision = revision + 1, updated_at = clock_timestamp()
         where id = $1)
       update journey_version set name = $2, description = $3, canvas = $4::jsonb, revision = revision + 1
       where journey_id = $1 and version = $5::int`,
      [id, input.name, input.description ?? '', canvasText(input), version, input.tags ?? null],
    )
    return getJourney(tx, workspaceId, id)
  })
}

/** What is said about an orchestration; what is absent stays. */
export interface JourneyDetails {
  name?: string | undefined
  description?: string | undefined
  tags?: readonly string[] | undefined
}

/**
 * Changes what is said about an orchestration, in any state. Its published versions stay as they are; a draft that goes by the old name or
 * description goes by the new one.
 * @throws TileworkError not_found; stale when `revision` is another
 */
export async function changeDetails(db: Db, workspaceId: string, id: string, details: JourneyDetails, revision?: number): Promise<void> {
  await db.tx(async (tx) => {
    const row = await tx.one<{ name: string; description: string; revision: number }>(
      'select name, description, revision from journey where workspace_id = $1 and id = $2 for update',
      [workspaceId, id],
    )
    if (!row) return unknown(id)
    requireRevision('orchestration', row, revision)
    const { name = row.name, description = row.description, tags = null } = details
    await tx.query(
      `with changed as (
         update journey set name = $2, description = $3, tags = coalesce($4::text[], tags), revision = revision + 1, updated_at = clock_timestamp()
         where id = $1 returning draft_version, revision)
       update journey_version v set revision = c.revision, name = case v.name when $5 then $2 else v.name end,
         description = case v.description when $6 then $3 else v.description end
       from changed c where v.journey_id = $1 and v.version = c.draft_version
         and (v.name = $5 and $5 <> $2 or v.description = $6 and $6 <> $3)`,
      [id, name, description, tags, row.name, row.description],
    )
  })
}

/** @throws TileworkError not_found; wrong_state unless it is a draft; stale; conflict when a live orchestration enters it */
export async function deleteJourney(db: Db, workspaceId: string, id: string, revision?: number): Promise<void> {
  await db.tx(async (tx) => {
    await lockDraft(tx, workspaceId, id, 'deleted', revision)
    await refuseIfInUse(tx, workspaceId, 'orchestration', id)
    await tx.query('delete from journey_notes where journey_id = $1', [id])
    await tx.query('delete from journey_version where journey_id = $1', [id])
    await tx.query('delete from journey where id = $1', [id])
  })
}

/**
 * Makes a draft live: its canvas and route are fixed from here on.
 * @param triggers of the entry tile, in order
 * @returns jobs that enter who is in a list already; the caller starts their workflows
 * @throws TileworkError not_found; wrong_state unless it is a draft; stale when the draft changed since it was validated; invalid when it
 * closes a cycle of sub-orchestrations
 */
export async function activateJourney(
  db: Db,
  workspaceId: string,
  id: string,
  route: Route,
  triggers: readonly Trigger[],
  revision?: number,
): Promise<string[]> {
  return db.tx(async (tx) => {
    await refuseCycle(tx, workspaceId, id)
    const version = await lockDraft(tx, workspaceId, id, 'activated', revision)
    await tx.query(
      `update journey_version set route = $3::jsonb, published_at = clock_timestamp() where journey_id = $1 and version = $2::int`,
      [id, version, JSON.stringify(route)],
    )
    const jobs = await installTriggers(tx, { workspaceId, journeyId: id, triggers })
    await tx.query(
      `update journey set status = 'active', live_version = draft_version, draft_version = null, revision = revision + 1,
         activated_at = clock_timestamp(), updated_at = clock_timestamp() where id = $1`,
      [id],
    )
    return jobs
  })
}

/** States in which customers enter, or will again. */
export const LIVE: ReadonlySet<string> = new Set(['active', 'paused'])
const INSTEAD = ' To change it, make a draft version (POST /journeys/{id}/versions) and publish that; to end it, complete it.'

/** Locks an orchestration (as pause and resume do) and checks that it is a draft; answers the draft's version. */
async function lockDraft(tx: Db, workspaceId: string, id: string, verb: string, revision?: number): Promise<number> {
  await tx.query('select pg_advisory_xact_lock(tw_journey_lock($1))::text as locked', [id])
  const row = await tx.one<{ status: string; draft: number; revision: number }>(
    'select status, draft_version as draft, revision from journey where workspace_id = $1 and id = $2 for update',
    [workspaceId, id],
  )
  if (!row) return unknown(id)
  requireDraft(row, verb)
  requireRevision('orchestration', row, revision)
  return row.draft
}

/** @throws TileworkError wrong_state unless it is a draft */
export function requireDraft({ status }: { status: string }, verb = 'activated'): void {
  if (status === 'draft') return
  const instead = LIVE.has(status) && verb !== 'activated' ? INSTEAD : ''
  throw new TileworkError('wrong_state', `This orchestration is ${status}; only a draft can be ${verb}.${instead}`, [], { status })
}

/** @throws TileworkError not_found, always */
export function unknown(id: string): never {
  throw new TileworkError('not_found', `There is no orchestration ${id}.`)
}
