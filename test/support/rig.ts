import type { WorkerInterceptors } from '@temporalio/worker'
import { createVendors, type Vendors } from '../../destinations/index.js'
import { Breaker, type BreakerTimes } from '../../sending/breaker.js'
import { createCipher, type Cipher } from '../../store/cipher.js'
import { openDb, type Db } from '../../store/db.js'
import { enrol, type Enrolment, type RefusalReason } from '../../store/enrol.js'
import { putMessage } from '../../store/sandbox.js'
import { newId } from '../../model/ids.js'
import { ensureDefaultWorkspace } from '../../store/workspaces.js'
import { connectTemporal, type Temporal } from '../../temporal/client.js'
import { startWorker, type RunningWorker } from '../../worker/index.js'
import { freshDatabase, type FreshDatabase } from '../setup/db.js'
import { launch } from './launch.js'
import { temporalAddress } from '../setup/temporal.js'
import { workflowBundle } from '../setup/workflows.js'

export const WORKSPACE = 'wsp_default'

/** Who enters what; the rest of an enrolment has defaults. */
export type Entering = Partial<Enrolment> & { journeyId: string; customerId: string }

/** A worker on a database and a Temporal server of its own namespace or server: all of Tilework but the API and the router. */
export interface Rig {
  db: Db
  databaseUrl: string
  temporal: Temporal
  worker: RunningWorker
  /** Creates and activates an orchestration; answers its id. */
  launch(canvas: unknown, name?: string): Promise<string>
  /** Enters a customer and starts its workflow, as the router and the bulk workflow do. */
  enter(enrolment: Entering): Promise<string>
  refused(enrolment: Entering): Promise<RefusalReason>
  /** Waits for the end of a member's workflow; answers its reason. */
  finished(memberId: string): Promise<string>
  /** Runs something while no worker does; what is sent meanwhile comes to the members at once. */
  withoutWorker(work: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

/** What a rig may be given. */
export interface RigOptions {
  /** Of a time-skipping server. */
  address?: string
  /** Its clock. */
  now?: () => Promise<Date>
  outboundAllow?: string[]
  /** A fresh one when absent. It is dropped with the rig. */
  database?: FreshDatabase
  /** Those of the product when absent. */
  vendors?: Vendors
  interceptors?: WorkerInterceptors
  /** Around the database, as the worker uses it. */
  around?: (db: Db) => Db
  /** When circuits of destinations open and are tried. When absent those of the product, and never where time is skipped: they go by the real clock. */
  breaker?: BreakerTimes
}

const NEVER: BreakerTimes = { failures: Infinity, firstMs: 0, longestMs: 0 }

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const database = options.database ?? (await freshDatabase())
  const db = openDb(database.url, { max: 20 })
  await ensureDefaultWorkspace(db)
  const address = options.address ?? temporalAddress()
  const temporal = await connectTemporal({ address, namespace: 'default', taskQueue: `rig-${newId('job')}` })
  const cipher: Cipher = createCipher('a key for tests, thirty-two characters')
  const vendors = options.vendors ?? createVendors({ putSandboxMessage: (message) => putMessage(db, message) })
  const breaker = options.breaker ?? (options.now && NEVER)
  const work = () =>
    startWorker({
      db: options.around?.(db) ?? db,
      temporal,
      address,
      namespace: 'default',
      cipher,
      vendors,
      outboundAllow: options.outboundAllow ?? ['127.0.0.0/8'],
      publicUrl: 'https://tilework.example',
      bundle: workflowBundle(),
      ...(options.now && { now: options.now }),
      ...(options.interceptors && { interceptors: options.interceptors }),
      ...(breaker && { breaker: new Breaker(db, breaker) }),
    })
  let worker = await work()
  const begin = async (e: Entering) =>
    enrol(db, { workspaceId: WORKSPACE, triggerId: newId('evt'), ...(options.now && { now: await options.now() }), ...e })
  return {
    db,
    databaseUrl: database.url,
    temporal,
    get worker() {
      return worker
    },
    launch: (canvas, name) => launch(db, canvas, name),
    enter: async (e) => {
      const enrolled = await begin(e)
      if ('refused' in enrolled) throw new Error(`Refused: ${enrolled.refused}`)
      await temporal.startMember(enrolled.start)
      return enrolled.memberId
    },
    refused: async (e) => {
      const enrolled = await begin(e)
      if (!('refused' in enrolled)) throw new Error('It entered.')
      return enrolled.refused
    },
    finished: async (memberId) => ((await temporal.client.workflow.getHandle(memberId).result()) as { reason: string }).reason,
    withoutWorker: async (meanwhile) => {
      await worker.stop()
      await meanwhile().finally(async () => (worker = await work()))
    },
    stop: async () => {
      await worker.stop()
      await temporal.close()
      await db.close()
      await database.drop()
    },
  }
}
