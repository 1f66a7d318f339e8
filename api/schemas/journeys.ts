import { z } from 'zod'
import { draftTileSchema, edgeSchema, tileSchema } from '../../tiles/index.js'
import { settingsSchema } from '../../tiles/settings.js'
import { instant } from './common.js'

const name = z.string({ error: "Give the orchestration's name." }).trim().min(1, "Give the orchestration's name.").max(200)
const description = z.string().max(2000).optional()

const MAX_TAGS = 20
const MAX_TAG = 40

/** Words to find an orchestration by; the same one twice is one. */
const tags = z
  .array(
    z
      .string()
      .trim()
      .min(1, 'A tag has at least one character.')
      .max(MAX_TAG, `A tag has at most ${MAX_TAG} characters.`)
      .refine((tag) => !/\p{Cc}/u.test(tag), 'A tag holds no control characters.'),
  )
  .transform((all) => [...new Set(all)])
  .refine((all) => all.length <= MAX_TAGS, `An orchestration has at most ${MAX_TAGS} tags.`)
  .optional()
  .meta({ description: `Words to find it by: at most ${MAX_TAGS}, each of at most ${MAX_TAG} characters. Left out: those that it has` })

/** What POST and PUT take; tiles, edges and settings are read by the canvas language itself. */
export const journeyBody = z.strictObject({
  name,
  description,
  tags,
  tiles: z.unknown().optional(),
  edges: z.unknown().optional(),
  settings: z.unknown().optional(),
})

/** The same as it is documented: with tiles that are whole. A draft may lack parts of a tile's config. */
export const journeyDocumented = z
  .strictObject({
    name,
    description,
    tags,
    tiles: z.array(tileSchema.meta({ id: 'Tile' })).optional(),
    edges: z.array(edgeSchema.meta({ id: 'Edge' })).optional(),
    settings: settingsSchema.meta({ id: 'Settings' }).optional(),
  })
  .meta({ id: 'OrchestrationInput', description: 'Tiles as they are activated; a draft may lack parts of their config.' })

/** What is said about an orchestration, apart from what it does; what is left out stays. */
export const detailsBody = z.strictObject({ name: name.optional(), description, tags })

/** What a copy is called, and its tags. */
export const duplicateBody = z.strictObject({
  name: name.optional().meta({ description: 'Left out: that of the original with `(copy)`' }),
  tags,
})

export const status = z.enum(['draft', 'active', 'paused', 'completed'])

export const journeySummary = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    status,
    tags: z.array(z.string()),
    version: z.int().nullable(),
    draftVersion: z.int().nullable(),
    createdAt: instant,
    updatedAt: instant,
    activatedAt: instant.nullable(),
  })
  .meta({ id: 'OrchestrationSummary' })

const memberCounts = z.object({
  entered: z.int(),
  active: z.int(),
  held: z.int(),
  parked: z.int(),
  exited: z.int(),
  converted: z.int(),
})

export const listedJourney = journeySummary
  .extend({ counts: memberCounts.meta({ description: 'Its members' }) })
  .meta({ id: 'ListedOrchestration' })

export const tagInUse = z
  .object({ tag: z.string(), count: z.int().meta({ description: 'How many orchestrations carry it' }) })
  .meta({ id: 'Tag' })

export const journey = journeySummary
  .extend({ tiles: z.array(draftTileSchema.meta({ id: 'DraftTile' })), edges: z.array(edgeSchema), settings: settingsSchema })
  .meta({ id: 'Orchestration' })

export const problemItem = z.object({
  code: z.string(),
  tileId: z.string().optional(),
  edgeId: z.string().optional(),
  path: z.string().optional().meta({ description: 'JSON pointer within the tile or, without one, within the canvas' }),
  ranges: z
    .array(z.tuple([z.int(), z.int()]))
    .readonly()
    .optional()
    .meta({ description: 'Where in the template at `path`, in characters: each place from its first to behind its last' }),
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
