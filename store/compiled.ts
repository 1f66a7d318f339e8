import type { Route } from '../model/route.js'
import { compile } from '../tiles/compile.js'
import type { Canvas } from '../tiles/index.js'
import type { Db } from './db.js'
import { queuedDestinations, type Destination } from './destinations.js'

/**
 * Compiles a valid canvas; its sends through destinations with rate limits go through the task queues of those.
 * @param gathered which actions are held back where they are gathered instead; none unless told
 */
export async function compiled(
  db: Db,
  workspaceId: string,
  canvas: Canvas,
  gathered: (destination: Pick<Destination, 'type' | 'rateLimit'>, action: string) => boolean = () => false,
): Promise<Route> {
  const queued = new Map((await queuedDestinations(db, workspaceId)).map((each) => [each.id, each]))
  return compile(canvas, (id, action) => queued.has(id) && !gathered(queued.get(id)!, action))
}
