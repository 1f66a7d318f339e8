import { LRUCache } from 'lru-cache'
import { TileworkError } from '../model/errors.js'
import type { Route } from '../model/route.js'
import type { Canvas, Settings, Tile } from '../tiles/index.js'
import type { Db } from './db.js'
import { remember } from './remember.js'

/** A published version: immutable, so it is kept in memory. */
export interface PublishedVersion {
  journeyId: string
  workspaceId: string
  version: number
  /** The orchestration's name when this version was first read. */
  name: string
  tiles: ReadonlyMap<string, Tile>
  settings: Settings
  route: Route
}

/** Versions kept in memory per database; at 500 tiles each about 1 MB, so at most some 200 MB. */
const KEPT = 200
const caches = new WeakMap<object, LRUCache<string, Promise<PublishedVersion>>>()

/**
 * A published version of an orchestration, from memory when it was read before.
 * @throws TileworkError not_found when there is no such published version
 */
export function versionOf(db: Db, journeyId: string, version: number): Promise<PublishedVersion> {
  const pool = db.pool
  let cache = caches.get(pool)
  if (!cache) caches.set(pool, (cache = new LRUCache({ max: KEPT })))
  return remember(cache, `${journeyId}:${version}`, () => read(db, journeyId, version))
}

async function read(db: Db, journeyId: string, version: number): Promise<PublishedVersion> {
  const row = await db.one<{ workspaceId: string; name: string; canvas: Canvas; route: Route }>(
    `select v.workspace_id as "workspaceId", j.name, v.canvas, v.route from journey_version v join journey j on j.id = v.journey_id
     where v.journey_id = $1 and v.version = $2::int and v.published_at is not null`,
    [journeyId, version],
  )
  if (!row) throw new TileworkError('not_found', `There is no published version ${version} of orchestration ${journeyId}.`)
  const { canvas, ...rest } = row
  return { journeyId, version, ...rest, tiles: new Map(canvas.tiles.map((tile) => [tile.id, tile])), settings: canvas.settings ?? {} }
}
