import type { Decision } from '../engine/host.js'
import type { Facts, Reads } from '../model/condition.js'
import type { TileType } from '../model/route.js'
import { branchLogic } from './branch/decide.js'
import { exitLogic } from './exit/decide.js'
import type { Settings } from './settings.js'
import { updateProfileLogic, type ProfileChange } from './updateProfile/decide.js'
import { waitLogic } from './wait/decide.js'

export type { EventQuery, Facts, Reads } from '../model/condition.js'
export type { ProfileChange } from './updateProfile/decide.js'

/** What a tile decides on arrival. */
export interface Decided {
  decision: Decision
  /** The values that it read, by name; kept in the journal. */
  reads?: Record<string, unknown>
  /** Changes of the profile, applied in the step's transaction. */
  changes?: readonly ProfileChange[]
}

/** The activity side of a tile: pure, so that the simulator decides alike. */
export interface TileLogic<C> {
  reads(config: C, settings: Settings): Reads
  decide(config: C, facts: Facts, settings: Settings): Decided
}

const LOGIC: Partial<Record<TileType, TileLogic<never>>> = {
  wait: waitLogic,
  branch: branchLogic,
  updateProfile: updateProfileLogic,
  exit: exitLogic,
}

/**
 * The logic of a tile type that decides by itself: all but entry (enrolment), action and webhook (deliver) and subOrchestration.
 * @throws Error for those
 */
export function logicOf(type: TileType): TileLogic<unknown> {
  const logic = LOGIC[type]
  if (!logic) throw new Error(`A tile of type ${type} does not decide by itself.`)
  return logic as TileLogic<unknown>
}
