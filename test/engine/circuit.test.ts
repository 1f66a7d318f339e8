import { SendError } from '../../destinations/index.js'
import { createCipher } from '../../store/cipher.js'
import { createDestination, getDestination } from '../../store/destinations.js'
import { entry, eventually, exit, row } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'
import { smsTile, smsVendor } from '../support/vendor.js'

/* Destinations that fail again and again: members wait, and use up no attempts. */

const FAILURES = 3
const cipher = createCipher('a key for tests, thirty-two characters')
let calls = 0
let fault: SendError | undefined
let rig: Rig

const vendor = smsVendor(
  () => {
    calls++
    return fault ? Promise.reject(fault) : Promise.resolve({})
  },
  { type: 'moody' },
)

beforeAll(async () => {
  rig = await startRig({ vendors: new Map([[vendor.type, vendor]]), breaker: { failures: FAILURES, firstMs: 400, longestMs: 800 } })
}, 60_000)
afterAll(() => rig?.stop())
beforeEach(() => {
  calls = 0
  fault = undefined
})

async function start(count: number): Promise<{ id: string; members: string[] }> {
  const { id } = await createDestination(rig.db, cipher, WORKSPACE, { name: 'M', type: 'moody', config: {} })
  const retry = { maxAttempts: 5, initialInterval: 'PT1S', backoff: 1 }
  const journeyId = await rig.launch(row([entry(), smsTile(id, { retry }), exit()]))
  return { id, members: await Promise.all(Array.from({ length: count }, (_, n) => rig.enter({ journeyId, customerId: `c${n}` }))) }
}

const stateOf = async (id: string) => (await getDestination(rig.db, WORKSPACE, id)).status
const attempts = async (): Promise<number> =>
  (await rig.db.one<{ n: number }>(`select coalesce(sum(attempts), 0)::int as n from delivery where member_id = any($1)`, [current]))!.n
let current: string[] = []

test.each([
  ['no connection', new SendError('retry', 'no_connection', 'It cannot be reached.')],
  ['500', new SendError('retry', 'http_500', 'It answered 500.')],
])(
  '%s: the circuit opens, members wait, one tries now and then, and all go on when it is well',
  async (_, error) => {
    fault = error
    const { id, members } = await start(40)
    current = members
    await eventually(
      () => stateOf(id),
      (status) => status === 'failing',
    )
    const before = await getDestination(rig.db, WORKSPACE, id)
    expect(before.failing).toMatchObject({ code: error.code, message: error.message })
    // Some tries later nobody is out of attempts: those who wait have not used any.
    const opened = calls
    await eventually(
      () => Promise.resolve(calls),
      (count) => count >= opened + 3,
    )
    expect(await attempts()).toBeLessThanOrEqual(calls)
    fault = undefined
    for (const member of members) expect(await rig.finished(member)).toBe('completed')
    expect(await stateOf(id)).toBe('ready')
    const parked = await rig.db.query(`select from member where id = any($1) and status = 'parked'`, [members])
    expect(parked).toHaveLength(0)
  },
  60_000,
)

test('refused credentials open it as well, and those behind are not parked', async () => {
  fault = new SendError('permanent', 'bad_credentials', 'It refused the credentials.')
  const { id, members } = await start(40)
  await eventually(
    () => stateOf(id),
    (status) => status === 'failing',
  )
  await eventually(
    () => Promise.resolve(calls),
    (count) => count >= FAILURES + 1,
  )
  fault = undefined
  await eventually(
    () => stateOf(id),
    (status) => status === 'ready',
  )
  const parked = async () => (await rig.db.query<{ id: string }>(`select id from member where id = any($1) and status = 'parked'`, [members])).map((each) => each.id) // prettier-ignore
  await eventually(async () => (await rig.db.query(`select from member where id = any($1) and status = 'active'`, [members])).length, (count) => count === 0) // prettier-ignore
  // Those in flight when it opened, and those who tried.
  expect((await parked()).length).toBeLessThan(members.length)
}, 60_000)

test('a message that is refused for its own sake opens nothing', async () => {
  fault = new SendError('permanent', 'bad_recipient', 'There is no such number.')
  const { id, members } = await start(10)
  const parked = () => rig.db.query(`select from member where id = any($1) and status = 'parked'`, [members])
  await eventually(parked, (rows) => rows.length === members.length)
  expect(await stateOf(id)).toBe('ready')
}, 60_000)
