import { z } from 'zod'
import { draftTileSchema, edgeSchema } from '../../tiles/index.js'
import { idSchema } from '../../tiles/fields.js'
import { settingsSchema } from '../../tiles/settings.js'
import { idParams, instant } from './common.js'
import { journeyBody, journeyDocumented } from './journeys.js'

/** A number that is none names no version: 404, not 422. */
export const versionParams = idParams.extend({ n: z.string().min(1).meta({ description: 'The number of the version' }) })

const status = z.enum(['draft', 'live', 'past'])

export const versionSummary = z
  .object({
    version: z.int(),
    status,
    createdAt: instant,
    publishedAt: instant.nullable(),
    members: z.int().meta({ description: 'How many walk it now' }),
  })
  .meta({ id: 'VersionSummary' })

export const version = z
  .object({
    id: z.string().meta({ description: "The orchestration's" }),
    version: z.int(),
    status,
    name: z.string(),
    description: z.string(),
    createdAt: instant,
    publishedAt: instant.nullable(),
    tiles: z.array(draftTileSchema),
    edges: z.array(edgeSchema),
    settings: settingsSchema,
  })
  .meta({ id: 'Version' })

/** As of an orchestration, but what is left out of name and description stays as it is. */
export const versionBody = journeyBody.partial({ name: true })
export const versionDocumented = journeyDocumented.partial({ name: true }).meta({
  id: 'VersionInput',
  description: "Name and description become the orchestration's when the version is published; left out, they stay.",
})

const fate = z.enum(['stay', 'move', 'exit'])

export const publishBody = z.strictObject({
  plan: z
    .record(z.string(), z.strictObject({ do: fate, to: idSchema.optional() }))
    .default({})
    .meta({
      description: 'Tile of the live version to what becomes of the members there; `to` is a tile of this one, the same unless told',
    }),
  default: fate.default('stay').meta({ description: 'What becomes of the members at all other tiles' }),
})

export const published = z.object({ jobId: z.string(), version: z.int() })

export const dryRun = z.object({ tiles: z.record(z.string(), z.object({ do: fate, members: z.int() })) }).meta({ id: 'PublishDryRun' })
