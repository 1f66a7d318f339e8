import { Worker, type NativeConnection, type WorkerInterceptors } from '@temporalio/worker'
import { paceOf, type Vendors } from '../destinations/index.js'
import type { Db } from '../store/db.js'
import { queuedDestinations } from '../store/destinations.js'
import { queueOf, type DeliverActivities } from '../workflows/api.js'
import { Places } from './places.js'

/** How often it looks for destinations whose limit is new, in ms. */
const EVERY_MS = 2_000

export interface LimitedQueuesOptions {
  db: Db
  vendors: Vendors
  connection: NativeConnection
  namespace: string
  /** The one of everything else. */
  taskQueue: string
  activities: DeliverActivities
  interceptors?: WorkerInterceptors
  onError?: (error: unknown) => void
}

interface Polled {
  perSecond: number | undefined
  worker: Worker
  running: Promise<void>
}

export interface LimitedQueues {
  /** Lets what is under way end, then stops polling. */
  stop(): Promise<void>
}

/**
 * Polls the task queue of every destination that has or had a rate limit, as there are places to wait for a turn. What is too much stays in the queue,
 * where it is handed out fairly between orchestrations; so a blast of one does not keep the single send of another waiting.
 */
export function startLimitedQueues(options: LimitedQueuesOptions): LimitedQueues {
  const polled = new Map<string, Polled>()
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  const look = async (): Promise<void> => {
    await sync(options, polled).catch((error: unknown) => {
      if (!stopping) options.onError?.(error)
    })
    if (!stopping) timer = setTimeout(() => (looking = look()), EVERY_MS)
  }
  let looking = look()
  return {
    stop: async () => {
      stopping = true
      clearTimeout(timer)
      await looking
      await Promise.all([...polled.values()].map(end))
    },
  }
}

/** Begins to poll what is new, and anew what has another rate. */
async function sync(options: LimitedQueuesOptions, polled: Map<string, Polled>): Promise<void> {
  const wanted = await queuedDestinations(options.db)
  for (const { id, type, rateLimit } of wanted) {
    const perSecond = paceOf(options.vendors.get(type), rateLimit)
    const before = polled.get(id)
    if (before && before.perSecond === perSecond) continue
    polled.set(id, await poll(options, id, perSecond))
    if (before) await end(before)
  }
  const ids = new Set(wanted.map(({ id }) => id))
  for (const [id, gone] of polled)
    if (!ids.has(id)) {
      polled.delete(id)
      await end(gone)
    }
}

async function poll(options: LimitedQueuesOptions, id: string, perSecond: number | undefined): Promise<Polled> {
  const { activities } = options
  const places = perSecond === undefined ? undefined : new Places(perSecond)
  const deliver: DeliverActivities['deliver'] = (...of) =>
    places ? places.deliver(() => activities.deliver(...of)) : activities.deliver(...of)
  const worker = await Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: queueOf(options.taskQueue, id),
    activities: { deliver },
    ...(places && { tuner: { ...IDLE, activityTaskSlotSupplier: places } }),
    ...(options.interceptors && { interceptors: options.interceptors }),
    shutdownGraceTime: '10 s',
  })
  const running = worker.run()
  running.catch((error: unknown) => options.onError?.(error))
  return { perSecond, worker, running }
}

/** It has activities only. */
const ONE = { type: 'fixed-size', numSlots: 2 } as const
const IDLE = { workflowTaskSlotSupplier: ONE, localActivityTaskSlotSupplier: ONE, nexusTaskSlotSupplier: ONE }

/** Lets what is under way end (at most ten seconds). */
export async function end({ worker, running }: Pick<Polled, 'worker' | 'running'>): Promise<void> {
  if (worker.getState() === 'RUNNING') worker.shutdown()
  await running.catch(() => undefined)
}
