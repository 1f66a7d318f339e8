import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { mergeTraits } from '../../store/customers.js'
import { memberTimeline, type TimelineEntry } from '../../store/timeline.js'
import { timeSkippingServer } from '../setup/temporal.js'
import { eventually } from './canvas.js'
import { startRig, WORKSPACE, type Rig } from './rig.js'

/** A member on its way: its canvas is launched, its customer has the traits. */
export interface Walker {
  memberId: string
  customerId: string
}

/** One stay at a wait. */
export interface Stay {
  /** ms: when the member came, until when it was to wait as last decided, and when it left. */
  at: number
  until: number | undefined
  left: number
  port: string
}

/** A rig on a time-skipping server of its own. Its clock stands at the real time, and skips while `end` waits. */
export interface TimeRig {
  rig: Rig
  now(): Promise<number>
  start(canvas: unknown, traits?: Record<string, unknown>): Promise<Walker>
  timeline(walker: Walker): Promise<TimelineEntry[]>
  /** Waits until the member stands at a wait; answers until when. */
  waiting(walker: Walker, tile: string): Promise<number | undefined>
  /** Lets time pass until the member has exited; answers its stays at a tile, in order, and why it exited. */
  end(walker: Walker, tile: string): Promise<{ stays: Stay[]; reason: string }>
  stop(): Promise<void>
}

/** @param skew how far the database's clock is ahead of Temporal's, in ms */
export async function startTimeRig({ skew = 0 } = {}): Promise<TimeRig> {
  const env: TestWorkflowEnvironment = await timeSkippingServer()
  const now = (): Promise<number> => env.currentTimeMs()
  const rig = await startRig({ address: env.address, now: async () => new Date((await now()) + skew) })
  const timeline = async ({ memberId }: Walker) => (await memberTimeline(rig.db, WORKSPACE, memberId, { limit: 200 })).data
  return {
    rig,
    now,
    timeline,
    start: async (canvas, traits = {}) => {
      const journeyId = await rig.launch(canvas)
      const customerId = `c-${journeyId}`
      await mergeTraits(rig.db, WORKSPACE, customerId, traits)
      return { memberId: await rig.enter({ journeyId, customerId }), customerId }
    },
    waiting: async (walker, tile) => {
      const at = (entries: TimelineEntry[]) =>
        entries.find(({ event, tileId, previousUntil }) => event === 'waiting' && tileId === tile && previousUntil === undefined)
      return at(
        await eventually(
          () => timeline(walker),
          (entries) => at(entries) !== undefined,
        ),
      )!.until?.getTime()
    },
    end: async (walker, tile) => {
      const { reason } = (await env.client.workflow.getHandle(walker.memberId).result()) as { reason: string }
      return { stays: staysAt(await timeline(walker), tile), reason }
    },
    stop: async () => {
      await rig.stop()
      await env.teardown()
    },
  }
}

function staysAt(entries: TimelineEntry[], tile: string): Stay[] {
  const here = entries.filter(({ tileId }) => tileId === tile)
  const waiting = here.filter(({ event }) => event === 'waiting')
  // Re-armed waits have an entry for each instant. Those are by the database's clock, so the one of the arrival need not come first.
  const rearmed = (visit: number) => waiting.filter((entry) => entry.visit === visit && entry.previousUntil !== undefined).at(-1)
  return waiting
    .filter(({ previousUntil }) => previousUntil === undefined)
    .map(({ at, until, visit }) => {
      const left = here.find((entry) => entry.event === 'left' && entry.visit === visit)!
      return { at: at.getTime(), until: (rearmed(visit)?.until ?? until)?.getTime(), left: left.at.getTime(), port: left.port! }
    })
}

/** How late a member may leave a wait here, in ms: the server's clock goes on while many members that it woke at once are served. */
export const LATE = 60_000
