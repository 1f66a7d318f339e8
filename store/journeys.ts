import { TileworkError } from '../model/errors.js'
import { newId } from '../model/ids.js'
import type { Route } from '../model/route.js'
import type { DraftCanvas, Trigger } from '../tiles/index.js'
import type { Db } from './db.js'
import { refuseIfInUse } from './in-use.js'
import { pageBy, type Page, type PageQuery } from './page.js'
import { refuseCycle } from './refs.js'
import { installTriggers } from './triggers.js'

export type JourneyStatus = 'draft' | 'active' | 'paused' | 'completed'

/** An orchestration without its canvas, as lists show it. */
export interface JourneySummary {
  id: string
  name: string
  description: string
  status: JourneyStatus
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
}

/** Which canvas: the live one (the draft while none is live), the draft, or a version. */
export type Which = 'live' | 'draft' | number

const SUMMARY = `j.id, j.status, j.live_version as version, j.draft_version as "draftVersion",
  j.created_at as "createdAt", j.updated_at as "updatedAt", j.activated_at as "activatedAt"`

/** Makes an orchestration with version 1 as its draft. */
export async function createJourney(db: Db, workspaceId: string, input: JourneyInput): Promise<Journey> {
  const id = newId('jrn')
  await db.query(
    `with made as (
       insert into journey (id, workspace_id, name, description, draft_version) values ($1, $2, $3, $4, 1))
     insert into journey_version (journey_id, version, workspace_id, name, description, canvas) values ($1, 1, $2, $3, $4, $5::jsonb)`,
    [id, workspaceId, input.name, input.description ?? '', canvasText(input)],
  )
  return getJourney(db, workspaceId, id)
}

/** A canvas as it is kept. */
export const canvasText = ({ tiles, edges, settings }: DraftCanvas): string => JSON.stringify({ tiles, edges, settings })

/** @throws TileworkError not_found for the orchestration or the version */
export async function getJourney(db: Db, workspaceId: string, id: string, which: Which = 'live'): Promise<Journey> {
  const version = which === 'live' ? 'coalesce(j.live_version, j.draft_version)' : which === 'draft' ? 'j.draft_version' : '$3::int'
  const row = await db.one<JourneySummary & { revision: number; canvas: DraftCanvas | null }>(
    `select ${SUMMARY}, coalesce(v.name, j.name) as name, coalesce(v.description, j.description) as description, j.revision, v.canvas
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

/** Orchestrations, newest first. */
export function listJourneys(
  db: Db,
  workspaceId: string,
  query: PageQuery & { status?: JourneyStatus | undefined },
): Promise<Page<JourneySummary>> {
  return pageBy(
    db,
    `select ${SUMMARY}, j.name, j.description from journey j where j.workspace_id = $1 and ($2::text is null or j.status = $2)`,
    [workspaceId, query.status ?? null],
    'j.id',
    query,
  )
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
         update journey set name = $2, description = $3, revision = revision + 1, updated_at = clock_timestamp() where id = $1)
       update journey_version set name = $2, description = $3, canvas = $4::jsonb, revision = revision + 1
       where journey_id = $1 and version = $5::int`,
      [id, input.name, input.description ?? '', canvasText(input), version],
    )
    return getJourney(tx, workspaceId, id)
  })
}

/** @throws TileworkError not_found; wrong_state unless it is a draft; stale; conflict when a live orchestration enters it */
export async function deleteJourney(db: Db, workspaceId: string, id: string, revision?: number): Promise<void> {
  await db.tx(async (tx) => {
    await lockDraft(tx, workspaceId, id, 'deleted', revision)
    await refuseIfInUse(tx, workspaceId, 'orchestration', id)
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
  if (revision !== undefined && revision !== row.revision) {
    throw stale(row.revision)
  }
  return row.draft
}

/** @throws TileworkError wrong_state unless it is a draft */
export function requireDraft({ status }: { status: string }, verb = 'activated'): void {
  if (status === 'draft') return
  const instead = LIVE.has(status) && verb !== 'activated' ? INSTEAD : ''
  throw new TileworkError('wrong_state', `This orchestration is ${status}; only a draft can be ${verb}.${instead}`, [], { status })
}

/** It was changed since it was read. */
export const stale = (revision: number): TileworkError =>
  new TileworkError('stale', 'This orchestration has been changed since you read it; read it again.', [], { revision })

/** @throws TileworkError not_found, always */
export function unknown(id: string): never {
  throw new TileworkError('not_found', `There is no orchestration ${id}.`)
}
