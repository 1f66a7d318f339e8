import type { z } from 'zod'
import type { TileType } from '../model/route.js'

/** A config of a draft: it may lack things. */
export type DraftConfig = Readonly<Record<string, unknown>>

/** A tile type: its config and the ports that a config gives it. */
export interface TileDefinition<T extends TileType = TileType, S extends z.ZodType = z.ZodType> {
  type: T
  /** What people call it. */
  title: string
  config: S
  /** Ports of a tile with this config, in order; undefined while the config does not tell. */
  ports(config: DraftConfig): string[] | undefined
}

/** Gives a definition its types. */
export const defineTile = <T extends TileType, S extends z.ZodType>(definition: TileDefinition<T, S>): TileDefinition<T, S> => definition

/** Ports of a tile that sends. */
export const portsOfSend = ({ onFailure }: DraftConfig): string[] => (onFailure === 'branch' ? ['next', 'failed'] : ['next'])
