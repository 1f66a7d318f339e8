import type { TileType } from '../model/route.js'

/**
 * What a member asks for on arrival: nothing (enrolment has made the entry's step), a step, or a step with a delivery. What follows is in
 * the answer: go on by a port, wait, enter another orchestration, park, exit.
 */
export type Run = 'nothing' | 'step' | 'delivery'

/** What a member does at each type of tile. Apart from tiles/index.ts, which brings schemas that the workflow must not carry. */
export const RUNS: Record<TileType, Run> = {
  entry: 'nothing',
  wait: 'step',
  branch: 'step',
  action: 'delivery',
  updateProfile: 'step',
  webhook: 'delivery',
  subOrchestration: 'step',
  exit: 'step',
}
