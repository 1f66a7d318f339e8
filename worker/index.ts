import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type LogLevel,
  type NativeConnectionOptions,
  type WorkerInterceptors,
  type WorkflowBundleOption,
} from '@temporalio/worker'
import { buildActivities } from '../activities/build.js'
import { bulkActivities } from '../activities/bulk.js'
import { importActivities } from '../activities/import.js'
import { migrateActivities } from '../activities/migrate.js'
import { deliverActivities, type DeliverDeps } from '../activities/deliver.js'
import { operateActivities } from '../activities/operate.js'
import { stepActivities } from '../activities/stay.js'
import type { Temporal } from '../temporal/client.js'
import { bundleWorkflows } from './bundle.js'
import { end, startLimitedQueues } from './limited.js'

/** How a worker is run. */
export interface WorkerOptions extends DeliverDeps {
  temporal: Temporal
  /** host:port */
  address: string
  namespace: string
  tls?: NativeConnectionOptions['tls']
  apiKey?: string
  /** Made by `bundleWorkflows`; made anew when absent (2 to 3 s). */
  bundle?: WorkflowBundleOption
  /** Told of every activity, for tests and tracing. */
  interceptors?: WorkerInterceptors
  /** Called when the worker stops by itself, which it should not. */
  onFailure?: (error: unknown) => void
  /** Told of what it tries again by itself. */
  onError?: (error: unknown) => void
}

export interface RunningWorker {
  /** The connection to Temporal, for a second worker in this process. */
  readonly connection: NativeConnection
  /** Whether it polls. */
  healthy(): boolean
  /** Lets what is under way end (at most ten seconds), then closes. */
  stop(): Promise<void>
}

/** Sets what Temporal's SDK logs, once per process and before anything of it is used. */
export function installRuntime(level: LogLevel): void {
  Runtime.install({
    logger: new DefaultLogger(level),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  })
}

/** Starts a worker on the task queue of everything, and on those of destinations with rate limits; returns when it polls the first. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const connection = await NativeConnection.connect({
    address: options.address,
    ...(options.tls !== undefined && { tls: options.tls }),
    ...(options.apiKey && { apiKey: options.apiKey }),
  })
  const deliveries = deliverActivities(options)
  const worker = await Worker.create({
    connection,
    namespace: options.namespace,
    taskQueue: options.temporal.taskQueue,
    workflowBundle: options.bundle ?? (await bundleWorkflows()),
    activities: {
      ...stepActivities(options),
      ...deliveries,
      ...bulkActivities(options),
      ...buildActivities(options),
      ...importActivities(options),
      ...migrateActivities(options),
      ...operateActivities(options),
    },
    // An eager activity goes round the task queue, and so round its rate limit and its fairness.
    maxEagerActivityReservationsPerWorkflowTask: 0,
    ...(options.interceptors && { interceptors: options.interceptors }),
    shutdownGraceTime: '10 s',
  })
  const running = worker.run()
  running.catch((error: unknown) => options.onFailure?.(error))
  const limited = startLimitedQueues({
    db: options.db,
    vendors: options.vendors,
    connection,
    namespace: options.namespace,
    taskQueue: options.temporal.taskQueue,
    activities: deliveries,
    ...(options.interceptors && { interceptors: options.interceptors }),
    onError: (error) => options.onError?.(error),
  })
  return {
    connection,
    healthy: () => worker.getState() === 'RUNNING',
    stop: async () => {
      await Promise.all([limited.stop(), end({ worker, running })])
      await connection.close()
    },
  }
}
