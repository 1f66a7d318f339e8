import type { Db } from '../../store/db.js'
import { activateJourney, createJourney } from '../../store/journeys.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { compiled } from '../../store/compiled.js'
import { canvasSchema } from '../../tiles/index.js'

/** Creates and activates an orchestration, as the API does once it is valid; answers its id. */
export async function launch(db: Db, input: unknown, name = 'Test'): Promise<string> {
  const canvas = canvasSchema.parse(input)
  const journey = await createJourney(db, DEFAULT_WORKSPACE, { name, ...canvas })
  const first = canvas.tiles.find(({ type }) => type === 'entry')
  const route = await compiled(db, DEFAULT_WORKSPACE, canvas)
  await activateJourney(db, DEFAULT_WORKSPACE, journey.id, route, first?.type === 'entry' ? first.config.triggers : [])
  return journey.id
}
