import { mergeTraits } from '../store/customers.js'
import { pauseJourney, resumeJourney } from '../store/gate.js'
import { entry, exit, row, send, wait } from '../test/support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../test/support/rig.js'
import setup from '../test/setup/global-setup.js'
import teardown from '../test/setup/global-teardown.js'
import { each, eventually, median, random } from './measure.js'

/*
 * Pausing while many are due: MEMBERS members send during one minute. Paused at random instants, nothing begins after the answer, and the answer
 * takes as long as with ten members. Resumed at RATE a second, they are released evenly and none is lost.
 */

const MEMBERS = Number(process.env.N ?? 2_000)
const RATE = Number(process.env.RATE ?? 50)
const SPREAD_MS = 60_000
const PAUSES = 8
/** How long it is looked whether anything begins. */
const LOOK_MS = 1_500
/** Time for everybody to enter, by member. */
const ENTRY_MS = 60

interface Paused {
  ms: number
  inFlight: number
  begunAfter: number
}

const canvas = row([entry(), wait('due', { kind: 'trait', trait: 'due' }), send('hello', 'Hello'), exit()])

async function fill(rig: Rig, count: number, name: string, due: (index: number) => number): Promise<string> {
  const journeyId = await rig.launch(canvas, name)
  await each(count, 20, async (index) => {
    const customerId = `${name}-${index}`
    await mergeTraits(rig.db, WORKSPACE, customerId, { due: new Date(due(index)).toISOString() })
    await rig.enter({ journeyId, customerId })
  })
  return journeyId
}

async function count(rig: Rig, sql: string, params: unknown[]): Promise<number> {
  return (await rig.db.one<{ n: number }>(sql, params))!.n
}

const waiting = (rig: Rig, journeyId: string) =>
  count(rig, `select count(*)::int as n from member where journey_id = $1 and tile_id = 'due'`, [journeyId])

/** Pauses, looks for a while whether anything begins after the answer, and resumes. */
async function pauseOnce(rig: Rig, journeyId: string, lookMs: number): Promise<Paused> {
  const from = performance.now()
  const { inFlight } = await pauseJourney(rig.db, WORKSPACE, journeyId, 'bench')
  const ms = performance.now() - from
  const { at } = (await rig.db.one<{ at: Date }>('select clock_timestamp() as at'))!
  await new Promise((resolve) => setTimeout(resolve, lookMs))
  const begunAfter = await count(
    rig,
    `select count(*)::int as n from step where journey_id = $1 and tile_id = 'hello' and arrived_at > $2::timestamptz`,
    [journeyId, at],
  )
  return { ms, inFlight, begunAfter }
}

async function resume(rig: Rig, journeyId: string, ratePerSecond?: number): Promise<number> {
  const { pause, held } = await resumeJourney(rig.db, WORKSPACE, journeyId)
  await rig.temporal.startResume({ workspaceId: WORKSPACE, journeyId, pause, ...(ratePerSecond && { ratePerSecond }) })
  return held
}

/** How many sends began in each second of the clock, from the first one on. */
const perSecond = (rig: Rig, journeyId: string, after: Date) =>
  rig.db.query<{ n: number }>(
    `select count(*)::int as n from step where journey_id = $1 and tile_id = 'hello' and arrived_at > $2::timestamptz
     group by floor(extract(epoch from arrived_at)) order by floor(extract(epoch from arrived_at))`,
    [journeyId, after],
  )

async function main(): Promise<void> {
  await setup()
  const rig = await startRig()
  try {
    const few = await fill(rig, 10, 'few', () => Date.now() + 3_600_000)
    const small: number[] = []
    for (let round = 0; round < PAUSES; round++) {
      small.push((await pauseOnce(rig, few, 0)).ms)
      await resume(rig, few)
    }
    const first = Date.now() + MEMBERS * ENTRY_MS
    const many = await fill(rig, MEMBERS, 'many', (index) => first + (index * SPREAD_MS) / MEMBERS)
    await eventually(
      () => waiting(rig, many),
      (n) => n === MEMBERS,
    )
    console.log(
      `${MEMBERS} members wait; the first sends in ${Math.round((first - Date.now()) / 1000)} s (below zero: entering took too long, raise ENTRY_MS)`,
    )
    const pauses: Paused[] = []
    const gap = SPREAD_MS / 2 / PAUSES
    for (let round = 0; round < PAUSES; round++) {
      const at = first + round * gap + random() * (gap - LOOK_MS)
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now())))
      pauses.push(await pauseOnce(rig, many, LOOK_MS))
      if (round < PAUSES - 1) await resume(rig, many)
    }
    // The last pause, half-way, stays until everybody was due.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, first + SPREAD_MS + 2_000 - Date.now())))
    const { at: resumed } = (await rig.db.one<{ at: Date }>('select clock_timestamp() as at'))!
    const held = await resume(rig, many, RATE)
    const exited = () => count(rig, `select count(*)::int as n from member where journey_id = $1 and status = 'exited'`, [many])
    await eventually(exited, (n) => n === MEMBERS, 600_000)
    const sent = await rig.db.one<{ n: number; customers: number }>(
      `select count(*)::int as n, count(distinct customer_id)::int as customers from sandbox_message where customer_id like 'many-%'`,
    )
    const seconds = (await perSecond(rig, many, resumed)).map(({ n }) => n)
    const answers = median(pauses.map(({ ms }) => ms))
    console.log(`sends begun after the answers of ${PAUSES} pauses: ${pauses.map(({ begunAfter }) => begunAfter).join(' ')}`)
    console.log(`in flight, counted: ${pauses.map(({ inFlight }) => inFlight).join(' ')}`)
    console.log(
      `answer, median: ${answers.toFixed(1)} ms with ${MEMBERS} members, ${median(small).toFixed(1)} ms with 10: ratio ${(answers / median(small)).toFixed(2)}`,
    )
    console.log(`resumed at ${RATE}/s: ${held} held; sends a second: at most ${Math.max(...seconds)}, over ${seconds.length} s`)
    console.log(`messages: ${sent!.n} to ${sent!.customers} of ${MEMBERS} customers`)
  } finally {
    await rig.stop()
    await teardown()
  }
}

await main()
process.exit(0)
