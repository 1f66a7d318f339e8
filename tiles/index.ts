import { z } from 'zod'
import type { TileType } from '../model/route.js'
import { action, type ActionConfig } from './action/schema.js'
import { branch, type BranchConfig } from './branch/schema.js'
import type { TileDefinition } from './define.js'
import { entry, type EntryConfig } from './entry/schema.js'
import { exit, type ExitConfig } from './exit/schema.js'
import { idSchema } from './fields.js'
import { settingsSchema, type Settings } from './settings.js'
import { subOrchestration, type SubOrchestrationConfig } from './subOrchestration/schema.js'
import { updateProfile, type UpdateProfileConfig } from './updateProfile/schema.js'
import { wait, type WaitConfig } from './wait/schema.js'
import { webhook, type WebhookConfig } from './webhook/schema.js'

export type {
  ActionConfig,
  BranchConfig,
  EntryConfig,
  ExitConfig,
  Settings,
  SubOrchestrationConfig,
  UpdateProfileConfig,
  WaitConfig,
  WebhookConfig,
}
export type { Trigger } from './entry/schema.js'
export type { ProfileChange } from './updateProfile/schema.js'

/** Every tile type. A new tile is one new folder and one line here. */
export const TILES = { entry, wait, branch, action, updateProfile, webhook, subOrchestration, exit } satisfies Record<
  TileType,
  { type: TileType }
>

export const TILE_TYPES = Object.keys(TILES) as TileType[]

/** Most tiles of a canvas. */
export const MAX_TILES = 500
/** Most edges of a canvas: each of 500 tiles with a few ports. */
export const MAX_EDGES = 5000

const position = z.strictObject({ x: z.number(), y: z.number() })
const common = { id: idSchema, name: z.string().max(200).optional(), position: position.optional() }

const tileOf = <T extends TileType, S extends z.ZodType>({ type, config }: TileDefinition<T, S>) =>
  z.strictObject({ ...common, type: z.literal(type), config }).meta({ id: `${type[0]!.toUpperCase()}${type.slice(1)}Tile` })

/** A tile whose config is whole. */
export const tileSchema = z.discriminatedUnion('type', [
  tileOf(entry),
  tileOf(wait),
  tileOf(branch),
  tileOf(action),
  tileOf(updateProfile),
  tileOf(webhook),
  tileOf(subOrchestration),
  tileOf(exit),
])
export type Tile = z.output<typeof tileSchema>

/** A tile of a draft: its config may lack things. */
export const draftTileSchema = z.strictObject({
  ...common,
  type: z.enum(TILE_TYPES as [TileType, ...TileType[]]),
  config: z.record(z.string(), z.unknown()).default({}),
})
export type DraftTile = z.output<typeof draftTileSchema>

export const edgeSchema = z.strictObject({ id: idSchema.optional(), from: idSchema, port: idSchema.default('next'), to: idSchema })
export type Edge = z.output<typeof edgeSchema>

const edges = z.array(edgeSchema).max(MAX_EDGES, `A canvas has at most ${MAX_EDGES} edges.`).default([])
const settings = settingsSchema.default({})

/** A canvas whose tiles are all whole. */
export const canvasSchema = z.strictObject({
  tiles: z.array(tileSchema).max(MAX_TILES, `A canvas has at most ${MAX_TILES} tiles.`),
  edges,
  settings,
})
export type Canvas = z.output<typeof canvasSchema>

/** A canvas as a draft is saved: tiles may be half filled in. */
export const draftCanvasSchema = z.strictObject({
  tiles: z.array(draftTileSchema).max(MAX_TILES, `A canvas has at most ${MAX_TILES} tiles.`).default([]),
  edges,
  settings,
})
export type DraftCanvas = z.output<typeof draftCanvasSchema>
