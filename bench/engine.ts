import { bundleWorkflowCode, Worker } from '@temporalio/worker'
import { fileURLToPath } from 'node:url'
import type { Db } from '../store/db.js'
import { mergeTraits } from '../store/customers.js'
import { costPath } from '../test/support/paths.js'
import { startRig, WORKSPACE, type Rig } from '../test/support/rig.js'
import { handActivities } from './by-hand/activities.js'
import { each, eventually, median } from './measure.js'
import setup from '../test/setup/global-setup.js'
import teardown from '../test/setup/global-teardown.js'

/*
 * The engine against a workflow written by hand, on the path of the cost table: entry, send, wait, branch, send, event wait, send, exit.
 * Both on one Temporal server and one PostgreSQL, in turns, so that a machine that slows down slows both. Quote the ratio.
 */

const MEMBERS = Number(process.env.N ?? 600)
const ROUNDS = Number(process.env.ROUNDS ?? 5)
/** Long enough that all have begun to wait before the first goes on; short against the run. */
const WAIT_MS = 1_000
/** Starts under way at the same time. */
const STARTERS = 20

interface Measured {
  perSecond: number
  cpuMs: number
}

async function measure(work: () => Promise<unknown>): Promise<Measured> {
  const cpu = process.cpuUsage()
  const from = performance.now()
  await work()
  const seconds = (performance.now() - from) / 1000
  const used = process.cpuUsage(cpu)
  return { perSecond: MEMBERS / seconds, cpuMs: (used.user + used.system) / 1000 / MEMBERS }
}

async function ours(rig: Rig, round: number): Promise<Measured> {
  const journeyId = await rig.launch(costPath(`PT${WAIT_MS / 1000}S`), `Round ${round}`)
  return measure(async () => {
    await each(MEMBERS, STARTERS, async (index) => void (await rig.enter({ journeyId, customerId: `customer-${index}` })))
    await eventually(
      () => exited(rig.db, journeyId),
      (n) => n >= MEMBERS,
    )
  })
}

async function exited(db: Db, journeyId: string): Promise<number> {
  const row = await db.one<{ n: number }>(`select count(*)::int as n from member where journey_id = $1 and status = 'exited'`, [journeyId])
  return row!.n
}

async function byHand(rig: Rig, taskQueue: string, round: number): Promise<Measured> {
  const { client } = rig.temporal
  return measure(async () => {
    const results: Promise<unknown>[] = []
    await each(MEMBERS, STARTERS, async (index) => {
      const input = { customerId: `customer-${index}`, waitMs: WAIT_MS }
      const handle = await client.workflow.start('byHand', { taskQueue, workflowId: `hand-${round}-${index}`, args: [input] })
      results.push(handle.result())
    })
    await Promise.all(results)
  })
}

function report(rows: { ours: Measured; hand: Measured }[]): void {
  console.log(`\nN = ${MEMBERS} members, ${rows.length} paired rounds, one server\n`)
  console.log('round   engine members/s   by hand members/s   ratio   engine CPU ms/member   by hand CPU ms/member')
  const line = (name: string, a: Measured, b: Measured, ratio: number): void =>
    console.log(
      [
        name.padEnd(7),
        a.perSecond.toFixed(1).padStart(17),
        b.perSecond.toFixed(1).padStart(19),
        ratio.toFixed(2).padStart(7),
        a.cpuMs.toFixed(1).padStart(22),
        b.cpuMs.toFixed(1).padStart(23),
      ].join(' '),
    )
  rows.forEach(({ ours: a, hand: b }, index) => line(String(index + 1), a, b, a.perSecond / b.perSecond))
  const of = (pick: (row: { ours: Measured; hand: Measured }) => number): number => median(rows.map(pick))
  line(
    'median',
    { perSecond: of((row) => row.ours.perSecond), cpuMs: of((row) => row.ours.cpuMs) },
    { perSecond: of((row) => row.hand.perSecond), cpuMs: of((row) => row.hand.cpuMs) },
    of((row) => row.ours.perSecond / row.hand.perSecond),
  )
}

async function main(): Promise<void> {
  await setup()
  const rig = await startRig()
  await each(MEMBERS, STARTERS, async (index) => {
    await mergeTraits(rig.db, WORKSPACE, `customer-${index}`, {
      name: `Customer ${index}`,
      email: `c${index}@example.com`,
      vip: index % 2 === 0,
    })
  })
  const taskQueue = 'by-hand'
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./by-hand/workflows.ts', import.meta.url)),
    logger: SILENT,
  })
  const worker = await Worker.create({
    connection: rig.worker.connection,
    taskQueue,
    workflowBundle,
    activities: handActivities(rig.db, WORKSPACE),
    maxEagerActivityReservationsPerWorkflowTask: 0,
  })
  const running = worker.run()
  const rows: { ours: Measured; hand: Measured }[] = []
  try {
    // One round of each first, that nobody counts: caches fill and code is compiled.
    for (let round = 0; round <= ROUNDS; round++) {
      // In turns, and who goes first changes.
      const first = round % 2 === 0 ? await ours(rig, round) : undefined
      const hand = await byHand(rig, taskQueue, round)
      const row = { ours: first ?? (await ours(rig, round)), hand }
      if (round > 0) rows.push(row)
      console.log(round === 0 ? 'warmed up' : `round ${round} of ${ROUNDS}`)
    }
    report(rows)
  } finally {
    worker.shutdown()
    await running
    await rig.stop()
    await teardown()
  }
}

const SILENT = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error }
await main()
process.exit(0)
