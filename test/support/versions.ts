import type { Db } from '../../store/db.js'
import { makeDraft } from '../../store/drafts.js'
import { getJourney } from '../../store/journeys.js'
import { publishVersion } from '../../store/publish.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { compiled } from '../../store/compiled.js'
import { canvasSchema, type Canvas } from '../../tiles/index.js'
import { resolvePlan, type Fate, type Plan } from '../../tiles/plan.js'

/** Publishes a canvas as the next version, as the API does once it is valid; answers the job, whose workflow is not started. */
export async function publish(db: Db, journeyId: string, input: unknown, plan: Plan = {}, fallback: Fate = 'stay'): Promise<string> {
  const canvas = canvasSchema.parse(input)
  const live = await getJourney(db, DEFAULT_WORKSPACE, journeyId)
  const { version, revision } = await makeDraft(db, DEFAULT_WORKSPACE, journeyId, canvas)
  const resolved = resolvePlan(plan, fallback, live, canvas)
  if ('errors' in resolved) throw new Error(resolved.errors[0]!.message)
  const triggersOf = ({ tiles }: Pick<Canvas, 'tiles'>) => tiles.find((tile) => tile.type === 'entry')?.config.triggers ?? []
  const before = triggersOf(live as unknown as Canvas)
  const route = await compiled(db, DEFAULT_WORKSPACE, canvas)
  const published = { version, route, triggers: triggersOf(canvas), before, plan: resolved.plan, fallback, revision }
  return (await publishVersion(db, DEFAULT_WORKSPACE, journeyId, published)).jobId
}
