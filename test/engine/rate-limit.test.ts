import { createCipher } from '../../store/cipher.js'
import { createDestination, replaceDestination } from '../../store/destinations.js'
import { entry, eventually, exit, row } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'
import { smsTile, smsVendor } from '../support/vendor.js'

/* Destinations with rate limits: what their task queues and the turns hold back, in a real worker. */

const PER_SECOND = 20
const cipher = createCipher('a key for tests, thirty-two characters')
/** What the vendor got, in order. */
let sent: { at: number; memberId: string }[] = []
let rig: Rig

const vendor = smsVendor(
  ({ memberId }) => {
    sent.push({ at: performance.now(), memberId })
    return Promise.resolve({})
  },
  { type: 'counter' },
)

beforeAll(async () => {
  rig = await startRig({ vendors: new Map([[vendor.type, vendor]]) })
}, 60_000)
afterAll(() => rig?.stop())
beforeEach(() => {
  sent = []
})

const destination = (limited: boolean) =>
  createDestination(rig.db, cipher, WORKSPACE, { name: 'C', type: 'counter', config: {}, ...(limited && { rateLimit: { perSecond: PER_SECOND }, limited }) }) // prettier-ignore
const launch = (destinationId: string) => rig.launch(row([entry(), smsTile(destinationId), exit()]))
const enter = (journeyId: string, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => rig.enter({ journeyId, customerId: `c${n}` })))

/** Most sends within any second. */
const most = (): number => Math.max(...sent.map(({ at }) => sent.filter((other) => other.at >= at && other.at < at + 1_000).length))

test('a blast never exceeds the rate, and the single send of another orchestration does not wait for its end', async () => {
  const { id } = await destination(true)
  const [blast, single] = [await launch(id), await launch(id)]
  await enter(blast, 120)
  await eventually(
    () => Promise.resolve(sent.length),
    (count) => count > 5,
  )
  const one = await rig.enter({ journeyId: single, customerId: 'ada' })
  await eventually(
    () => Promise.resolve(sent.length),
    (count) => count === 121,
  )
  expect(most()).toBeLessThanOrEqual(PER_SECOND + 2)
  const place = sent.findIndex(({ memberId }) => memberId === one)
  expect(place).toBeGreaterThan(0)
  expect(place).toBeLessThan(80)
  const times = (await rig.db.query<{ n: number }>('select attempts as n from delivery')).map(({ n }) => n)
  expect(new Set(times)).toEqual(new Set([1]))
}, 60_000)

test('a limit that is set later holds for members whose route does not know of it', async () => {
  const { id } = await destination(false)
  const journeyId = await launch(id)
  await replaceDestination(rig.db, cipher, WORKSPACE, id, { name: 'C', type: 'counter', config: {}, rateLimit: { perSecond: PER_SECOND }, limited: true }) // prettier-ignore
  await enter(journeyId, 60)
  await eventually(
    () => Promise.resolve(sent.length),
    (count) => count === 60,
    60_000,
  )
  expect(most()).toBeLessThanOrEqual(PER_SECOND + 2)
}, 90_000)

test('a limit that is taken away again is not waited for, and its queue is still polled', async () => {
  const { id } = await destination(true)
  const journeyId = await launch(id)
  await replaceDestination(rig.db, cipher, WORKSPACE, id, { name: 'C', type: 'counter', config: {} })
  const [member] = await enter(journeyId, 1)
  expect(await rig.finished(member!)).toBe('completed')
  const [event] = await rig.db.query<{ n: number }>('select count(*)::int as n from destination_pace where destination_id = $1', [id])
  expect(event!.n).toBeLessThanOrEqual(1)
}, 60_000)
