import type { z } from 'zod'
import type { TileType } from '../model/route.js'

/** A tile type: its config and the ports that a config gives it. */
export interface TileDefinition<T extends TileType = TileType, S extends z.ZodType = z.ZodType> {
  type: T
  /** What people call it. */
  title: string
  config: S
  /** Ports of a tile with this config, in order. */
  ports(config: z.output<S>): string[]
}

/** Gives a definition its types. */
export const defineTile = <T extends TileType, S extends z.ZodType>(definition: TileDefinition<T, S>): TileDefinition<T, S> => definition
