import { compileMjml } from '../destinations/html/mjml.js'
import { countsRequests } from '../destinations/index.js'
import { TileworkError } from '../model/errors.js'
import type { Route } from '../model/route.js'
import { isMjml } from '../model/templates.js'
import { compiled } from '../store/compiled.js'
import type { Canvas, DraftCanvas } from '../tiles/index.js'
import { parseDraft } from '../tiles/parse.js'
import { validate, type Problem, type Validation } from '../tiles/validate.js'
import type { ApiDeps } from './deps.js'
import { lookups } from './lookups.js'

/** Largest body with a canvas, in bytes. */
export const CANVAS_LIMIT = 2 * 1024 * 1024

/**
 * The canvas in a body; a draft, whose configs may lack things.
 * @throws TileworkError invalid with the pointers of what is wrong
 */
export function canvasOf(body: { tiles?: unknown; edges?: unknown; settings?: unknown }): DraftCanvas {
  const parsed = parseDraft(body)
  if ('canvas' in parsed) return parsed.canvas
  const [first] = parsed.errors
  throw new TileworkError('invalid', `${first!.path}: ${first!.message}`, parsed.errors)
}

/** The route of a valid canvas. */
export const routeOf = ({ db, vendors }: ApiDeps, workspaceId: string, canvas: Canvas): Promise<Route> =>
  compiled(db, workspaceId, canvas, ({ type, rateLimit }, action) => countsRequests(vendors.get(type), action, rateLimit))

/** What keeps a canvas from being activated or published. */
export async function checkCanvas(deps: ApiDeps, workspaceId: string, journeyId: string, canvas: DraftCanvas): Promise<Validation> {
  const { errors, warnings } = validate(canvas, await lookups(deps, workspaceId, journeyId))
  return { errors: [...errors, ...mjmlProblems(canvas)], warnings }
}

/** What keeps the MJML of tiles from being compiled. The compiler is the server's: the editor hears of this from here. */
function mjmlProblems({ tiles }: DraftCanvas): Problem[] {
  return tiles.flatMap(({ id: tileId, type, config }): Problem[] => {
    const html = type === 'action' ? (config['fields'] as Record<string, unknown> | undefined)?.['html'] : undefined
    if (typeof html !== 'string' || !isMjml(html)) return []
    const made = compileMjml(html)
    if ('html' in made) return []
    return made.faults.map(({ message, from, to }) => ({
      code: 'TW231',
      tileId,
      path: '/config/fields/html',
      ranges: [[from, to]],
      message,
    }))
  })
}

/**
 * @param refused begins the sentence of the refusal
 * @returns the warnings
 * @throws TileworkError invalid with the numbered errors
 */
export async function requireValid(
  deps: ApiDeps,
  workspaceId: string,
  journeyId: string,
  canvas: DraftCanvas,
  refused: string,
): Promise<Validation['warnings']> {
  const found = await checkCanvas(deps, workspaceId, journeyId, canvas)
  if (found.errors.length === 0) return found.warnings
  const errors = found.errors.map((problem) => ({ path: problem.path ?? '', ...problem }))
  throw new TileworkError('invalid', `${refused}: ${errors[0]!.message}`, errors, { warnings: found.warnings })
}
