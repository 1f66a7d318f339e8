import type { Run } from '../engine/host.js'
import type { TileType } from '../model/route.js'
import { run as action } from './action/run.js'
import { run as branch } from './branch/run.js'
import { run as entry } from './entry/run.js'
import { run as exit } from './exit/run.js'
import { run as subOrchestration } from './subOrchestration/run.js'
import { run as updateProfile } from './updateProfile/run.js'
import { run as wait } from './wait/run.js'
import { run as webhook } from './webhook/run.js'

/** What a member does at each type of tile. Apart from tiles/index.ts, which brings schemas that the workflow must not carry. */
export const RUNS: Record<TileType, Run> = { entry, wait, branch, action, updateProfile, webhook, subOrchestration, exit }
