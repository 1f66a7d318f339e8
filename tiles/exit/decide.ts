import { NO_READS } from '../../model/condition.js'
import type { TileLogic } from '../decide.js'
import type { ExitConfig } from './schema.js'

/** Leaves with the tile's reason. */
export const exitLogic: TileLogic<ExitConfig> = {
  reads: () => NO_READS,
  decide: (config) => ({ decision: { do: 'exit', reason: config.reason, converted: config.conversion ?? false } }),
}
