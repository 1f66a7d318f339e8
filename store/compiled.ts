import type { Route } from '../model/route.js'
import { compile } from '../tiles/compile.js'
import type { Canvas } from '../tiles/index.js'
import type { Db } from './db.js'
import { queuedDestinations } from './destinations.js'

/** Compiles a valid canvas; its sends through destinations with rate limits go through the task queues of those. */
export async function compiled(db: Db, workspaceId: string, canvas: Canvas): Promise<Route> {
  const queued = await queuedDestinations(db, workspaceId)
  return compile(canvas, new Set(queued.map(({ id }) => id)))
}
