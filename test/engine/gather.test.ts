import { z } from 'zod'
import { SendError, type SendCall, type SendResult, type VendorAction } from '../../destinations/vendor.js'
import { createCipher } from '../../store/cipher.js'
import { createDestination } from '../../store/destinations.js'
import { entry, eventually, exit, row, send } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'
import { fakeVendor } from '../support/vendor.js'

/* Sends that go together, in a real worker. */

const MEMBERS = 60
const cipher = createCipher('a key for tests, thirty-two characters')
/** The requests that the vendor got: the keys of each, and when. */
let requests: string[][] = []
let times: number[] = []
/** What it does with the next requests; then it takes all. */
let trouble: ((calls: readonly SendCall[]) => (SendResult | SendError)[])[] = []
let rig: Rig

const taken = ({ key }: SendCall): SendResult => ({ vendorId: `taken:${key}` })
const take = (calls: readonly SendCall[]): Promise<(SendResult | SendError)[]> =>
  Promise.resolve().then(() => {
    requests.push(calls.map(({ key }) => key))
    times.push(performance.now())
    return (trouble.shift() ?? ((all) => all.map(taken)))(calls)
  })

const add: VendorAction = {
  title: 'Add',
  fields: z.strictObject({ who: z.string() }),
  send: async (call) => {
    const [outcome] = await take([call])
    if (outcome instanceof SendError) throw outcome
    return outcome!
  },
  gather: { most: 10_000, perRequest: true, send: take },
}
const vendor = fakeVendor({ add }, { type: 'audience', dedupes: false })
/** Takes so many requests a second. */
const metered = fakeVendor({ add }, { type: 'metered', dedupes: false, perSecond: 4 })

beforeAll(async () => {
  rig = await startRig({ vendors: new Map([vendor, metered].map((each) => [each.type, each])) })
}, 60_000)
afterAll(() => rig?.stop())
beforeEach(() => {
  requests = []
  times = []
  trouble = []
})

/** Everybody comes to the tile at once: they have entered while no worker ran. */
async function blast(more: Record<string, unknown> = {}, { type } = vendor): Promise<string[]> {
  const { id } = await createDestination(rig.db, cipher, WORKSPACE, { name: 'A', type, config: {} })
  const config = { destinationId: id, action: 'add', fields: { who: '{{ customer.id }}' }, ...more }
  const journeyId = await rig.launch(row([entry(), send('add', '', config), exit()]))
  let members: string[] = []
  await rig.withoutWorker(async () => {
    members = await Promise.all(Array.from({ length: MEMBERS }, (_, n) => rig.enter({ journeyId, customerId: `c${n}` })))
  })
  return members
}

interface Row {
  memberId: string
  state: string
  vendorId: string | null
  code: string | null
  attempts: number
}

/** The ledger once no delivery is under way. */
const ledger = (members: string[]): Promise<Row[]> =>
  eventually(
    () =>
      rig.db.query<Row>(
        `select member_id as "memberId", state, vendor_id as "vendorId", error_code as code, attempts from delivery where member_id = any($1)`,
        [members],
      ),
    (rows) => rows.length === MEMBERS && rows.every(({ state }) => !['pending', 'sending'].includes(state)),
    60_000,
  )

const keyOf = (memberId: string): string => `${memberId}:add:1`

test('members who come at once make few requests, and each delivery has its own result', async () => {
  const refused = new Set<string>()
  const some = (calls: readonly SendCall[]): (SendResult | SendError)[] =>
    calls.map((call) => {
      if (!['c7', 'c40'].includes(call.customerId)) return taken(call)
      refused.add(call.memberId)
      return new SendError('permanent', 'bad_recipient', 'No.')
    })
  trouble = Array.from({ length: MEMBERS }, () => some)
  const rows = await ledger(await blast())
  for (const { memberId, ...row } of rows)
    expect(row).toMatchObject(
      refused.has(memberId)
        ? { state: 'failed', code: 'bad_recipient', attempts: 1 }
        : { state: 'sent', vendorId: `taken:${keyOf(memberId)}`, attempts: 1 },
    )
  expect(refused.size).toBe(2)
  expect(requests.flat().sort()).toEqual(rows.map(({ memberId }) => keyOf(memberId)).sort())
  expect(requests.length).toBeLessThan(MEMBERS)
}, 90_000)

test('a request of which nobody knows whether it arrived: all that went in it are unknown, and nothing is sent a second time', async () => {
  trouble = [() => { throw new SendError('ambiguous', 'timeout', 'No answer.') }] // prettier-ignore
  const rows = await ledger(await blast())
  const unknown = rows.filter(({ state }) => state === 'unknown').map(({ memberId }) => keyOf(memberId))
  expect(unknown.sort()).toEqual([...requests[0]!].sort())
  expect(rows.filter(({ state }) => state === 'sent')).toHaveLength(MEMBERS - unknown.length)
  expect(requests.flat()).toHaveLength(MEMBERS)
}, 90_000)

test('a vendor’s code that fails on the answer: all that went in the request are unknown, and nothing is sent a second time', async () => {
  trouble = [() => { throw new TypeError('The answer has no such part.') }] // prettier-ignore
  const rows = await ledger(await blast())
  const unknown = rows.filter(({ state, code }) => state === 'unknown' && code === 'fault').map(({ memberId }) => keyOf(memberId))
  expect(unknown.sort()).toEqual([...requests[0]!].sort())
  expect(rows.filter(({ state }) => state === 'sent')).toHaveLength(MEMBERS - unknown.length)
  expect(requests.flat()).toHaveLength(MEMBERS)
}, 90_000)

test('a request that certainly did not arrive is tried again, with the same keys', async () => {
  trouble = [() => { throw new SendError('retry', 'no_connection', 'Not reached.') }] // prettier-ignore
  const retry = { retry: { maxAttempts: 3, initialInterval: 'PT0.1S', backoff: 1, maxInterval: 'PT0.1S' } }
  const rows = await ledger(await blast(retry))
  const again = rows.filter(({ attempts }) => attempts === 2).map(({ memberId }) => keyOf(memberId))
  expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['sent']))
  expect(again.sort()).toEqual([...requests[0]!].sort())
  expect(requests.flat()).toHaveLength(MEMBERS + again.length)
}, 90_000)

test('where the vendor counts requests they have the turns, and not the members in them', async () => {
  const rows = await ledger(await blast({}, metered))
  expect(new Set(rows.map(({ state, attempts }) => `${state} ${attempts}`))).toEqual(new Set(['sent 1']))
  expect(Math.max(...times.map((at) => times.filter((other) => other >= at && other < at + 1_000).length))).toBeLessThanOrEqual(5)
  // One for each member would take 15 seconds.
  expect(requests.length).toBeLessThan(MEMBERS / 2)
  expect(requests.flat()).toHaveLength(MEMBERS)
}, 90_000)
