import { z } from 'zod'
import { draftTileSchema, edgeSchema, tileSchema } from '../../tiles/index.js'
import { settingsSchema } from '../../tiles/settings.js'
import { instant } from './common.js'

const name = z.string({ error: "Give the orchestration's name." }).trim().min(1, "Give the orchestration's name.").max(200)
const description = z.string().max(2000).optional()

/** What POST and PUT take; tiles, edges and settings are read by the canvas language itself. */
export const journeyBody = z.strictObject({
  name,
  description,
  tiles: z.unknown().optional(),
  edges: z.unknown().optional(),
  settings: z.unknown().optional(),
})

/** The same as it is documented: with tiles that are whole. A draft may lack parts of a tile's config. */
export const journeyDocumented = z
  .strictObject({
    name,
    description,
    tiles: z.array(tileSchema.meta({ id: 'Tile' })).optional(),
    edges: z.array(edgeSchema.meta({ id: 'Edge' })).optional(),
    settings: settingsSchema.meta({ id: 'Settings' }).optional(),
  })
  .meta({ id: 'OrchestrationInput', description: 'Tiles as they are activated; a draft may lack parts of their config.' })

export const status = z.enum(['draft', 'active', 'paused', 'completed'])

export const journeySummary = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    status,
    version: z.int().nullable(),
    draftVersion: z.int().nullable(),
    createdAt: instant,
    updatedAt: instant,
    activatedAt: instant.nullable(),
  })
  .meta({ id: 'OrchestrationSummary' })

export const journey = journeySummary
  .extend({ tiles: z.array(draftTileSchema.meta({ id: 'DraftTile' })), edges: z.array(edgeSchema), settings: settingsSchema })
  .meta({ id: 'Orchestration' })

export const problemItem = z.object({
  code: z.string(),
  tileId: z.string().optional(),
  edgeId: z.string().optional(),
  path: z.string().optional().meta({ description: 'JSON pointer within the tile or, without one, within the canvas' }),
  message: z.string(),
})
export const validation = z
  .object({ valid: z.boolean(), errors: z.array(problemItem), warnings: z.array(problemItem) })
  .meta({ id: 'Validation' })

/** What an activation would do. */
export const activation = z
  .object({
    enters: z.int().meta({ description: 'Customers that would enter at once, each counted once' }),
    triggers: z.array(
      z.object({
        type: z.enum(['audience', 'event', 'manual']),
        audienceId: z.string().optional(),
        event: z.string().optional(),
        enters: z.int().meta({ description: 'Customers that would enter at once by it: those in a list that is included' }),
        building: z.boolean().optional().meta({ description: 'The audience is being built: more may be in it then' }),
      }),
    ),
    warnings: z.array(problemItem),
  })
  .meta({ id: 'Activation' })

/** Which canvas. */
export const versionQuery = z.object({
  version: z
    .string()
    .regex(/^(draft|[1-9]\d{0,8})$/, { error: "Give 'draft' or the number of a version." })
    .optional(),
})
