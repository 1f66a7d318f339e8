import { z } from 'zod'
import type { SendCall, SendResult, Vendor } from '../destinations/vendor.js'
import { createGatherer } from '../sending/gather.js'
import { createCipher } from '../store/cipher.js'
import { createDestination } from '../store/destinations.js'
import { entry, exit, row, send } from '../test/support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../test/support/rig.js'
import { fakeVendor } from '../test/support/vendor.js'
import setup from '../test/setup/global-setup.js'
import teardown from '../test/setup/global-teardown.js'
import { each, eventually, median } from './measure.js'

/*
 * Sends that go together: how many requests MEMBERS members make who all come at once, against one for each; and what going together adds to a send,
 * at several rates of coming.
 */

const MEMBERS = Number(process.env.N ?? 1_000)
const ROUNDS = Number(process.env.ROUNDS ?? 3)
/** What the vendor takes for a request, in ms. */
const VENDOR_MS = 300

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A vendor that takes many in a request, or one. @param seen told of every request */
function vendorOf(gathers: boolean, seen: (calls: readonly SendCall[]) => void): Vendor {
  const take = async (calls: readonly SendCall[]): Promise<SendResult[]> => {
    seen(calls)
    await pause(VENDOR_MS)
    return calls.map(({ key }) => ({ vendorId: key }))
  }
  const add = { title: 'Add', fields: z.strictObject({ who: z.string() }), send: async (call: SendCall) => (await take([call]))[0]! }
  return fakeVendor({ add: { ...add, ...(gathers && { gather: { most: 10_000, send: take } }) } }, { type: 'audience' })
}

interface Blast {
  requests: number
  perSecond: number
}

/** Everybody comes to the tile at once: they have entered while no worker ran. */
async function blast(rig: Rig, round: number, requests: () => number): Promise<Blast> {
  const cipher = createCipher('a key for tests, thirty-two characters')
  const { id } = await createDestination(rig.db, cipher, WORKSPACE, { name: 'A', type: 'audience', config: {} })
  const config = { destinationId: id, action: 'add', fields: { who: '{{ customer.id }}' } }
  const journeyId = await rig.launch(row([entry(), send('add', '', config), exit()]), `Round ${round}`)
  await rig.withoutWorker(() => each(MEMBERS, 20, async (n) => void (await rig.enter({ journeyId, customerId: `c${n}` }))))
  const [from, before] = [performance.now(), requests()]
  await eventually(
    async () => (await rig.db.one<{ n: number }>(`select count(*)::int as n from member where journey_id = $1 and status = 'exited'`, [journeyId]))!.n,
    (n) => n >= MEMBERS,
  ) // prettier-ignore
  return { requests: requests() - before, perSecond: MEMBERS / ((performance.now() - from) / 1000) }
}

async function members(gathers: boolean): Promise<Blast> {
  let count = 0
  const vendor = vendorOf(gathers, () => count++)
  const rig = await startRig({ vendors: new Map([[vendor.type, vendor]]) })
  try {
    const rounds: Blast[] = []
    // One first that nobody counts.
    for (let round = 0; round <= ROUNDS; round++) rounds.push(await blast(rig, round, () => count))
    const of = (pick: (blast: Blast) => number): number => median(rounds.slice(1).map(pick))
    return { requests: of(({ requests }) => requests), perSecond: of(({ perSecond }) => perSecond) }
  } finally {
    await rig.stop()
  }
}

interface Waited {
  requests: number
  medianMs: number
  mostMs: number
}

/** What going together adds: from asking until the request begins. @param perSecond how many come; Infinity: all at once */
async function waits(perSecond: number): Promise<Waited> {
  const asked = new Map<string, number>()
  const waited: number[] = []
  let requests = 0
  const vendor = vendorOf(true, (calls) => {
    requests++
    for (const { key } of calls) waited.push(performance.now() - asked.get(key)!)
  })
  const gatherer = createGatherer()
  const sends: Promise<unknown>[] = []
  const from = performance.now()
  for (let n = 0; n < MEMBERS; n++) {
    while (performance.now() - from < (n / perSecond) * 1000) await pause(1)
    const key = String(n)
    asked.set(key, performance.now())
    const call = { key, workspaceId: 'w', memberId: 'm', tileId: 't', customerId: `c${n}`, config: {}, secrets: {}, fields: {}, signal: AbortSignal.timeout(30_000), outboundAllow: [] } // prettier-ignore
    sends.push(gatherer.send({ vendor, action: 'add', destinationId: 'd', revision: 1 }, call))
  }
  await Promise.all(sends)
  return { requests, medianMs: median(waited), mostMs: Math.max(...waited) }
}

async function main(): Promise<void> {
  await setup()
  try {
    console.log(`\nN = ${MEMBERS} members who come at once, median of ${ROUNDS} rounds, a vendor that takes ${VENDOR_MS} ms\n`)
    const [together, alone] = [await members(true), await members(false)]
    console.log('              requests   members/s')
    for (const [name, { requests, perSecond }] of Object.entries({ together, alone }))
      console.log(name.padEnd(12), String(requests).padStart(9), perSecond.toFixed(0).padStart(11))
    console.log(`\nN = ${MEMBERS} sends through the gatherer\n\n  sends/s   requests   added: median ms   most ms`)
    for (const perSecond of [100, 1_000, Infinity]) {
      const { requests, medianMs, mostMs } = await waits(perSecond)
      console.log(
        String(perSecond).padStart(9),
        String(requests).padStart(10),
        medianMs.toFixed(1).padStart(18),
        mostMs.toFixed(1).padStart(9),
      )
    }
  } finally {
    await teardown()
  }
}

await main()
process.exit(0)
