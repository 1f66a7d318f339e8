import type { Db } from '../../store/db.js'
import { activateJourney, createJourney } from '../../store/journeys.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { compile } from '../../tiles/compile.js'
import { canvasSchema } from '../../tiles/index.js'

/** Creates and activates an orchestration, as the API does once it is valid; answers its id. */
export async function launch(db: Db, input: unknown, name = 'Test'): Promise<string> {
  const canvas = canvasSchema.parse(input)
  const journey = await createJourney(db, DEFAULT_WORKSPACE, { name, ...canvas })
  const first = canvas.tiles.find(({ type }) => type === 'entry')
  await activateJourney(db, DEFAULT_WORKSPACE, journey.id, compile(canvas), first?.type === 'entry' ? first.config.triggers : [])
  return journey.id
}
