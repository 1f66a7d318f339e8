import type { z } from 'zod'
import type { TileType } from '../model/route.js'

/** A config of a draft: it may lack things. */
export type DraftConfig = Readonly<Record<string, unknown>>

/** A tile type and its config. */
export interface TileDefinition<T extends TileType = TileType, S extends z.ZodType = z.ZodType> {
  type: T
  /** What people call it. */
  title: string
  config: S
}

/** Gives a definition its types. */
export const defineTile = <T extends TileType, S extends z.ZodType>(definition: TileDefinition<T, S>): TileDefinition<T, S> => definition
