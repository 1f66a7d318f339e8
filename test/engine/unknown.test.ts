import { SendError } from '../../destinations/index.js'
import { createCipher } from '../../store/cipher.js'
import { createDestination } from '../../store/destinations.js'
import { getMember } from '../../store/members.js'
import { entry, eventually, exit, row } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'
import { smsTile, smsVendor } from '../support/vendor.js'
import { publish } from '../support/versions.js'

/* Sends of which nobody knows whether they arrived, across a publication. */

let rig: Rig
let calls = 0
const vendor = smsVendor(
  () => {
    calls++
    return Promise.reject(new SendError('ambiguous', 'timeout', 'It did not answer.'))
  },
  { type: 'forgetful', dedupes: false },
)

beforeAll(async () => {
  rig = await startRig({ vendors: new Map([[vendor.type, vendor]]) })
}, 60_000)
afterAll(() => rig?.stop())

test('a member that is parked for it stays parked at the same tile of the next version, and is not sent to again', async () => {
  const cipher = createCipher('a key for tests, thirty-two characters')
  const { id: destinationId } = await createDestination(rig.db, cipher, WORKSPACE, { name: 'F', type: 'forgetful', config: {} })
  const canvas = row([entry(), smsTile(destinationId), exit()])
  const journeyId = await rig.launch(canvas)
  const memberId = await rig.enter({ journeyId, customerId: 'ada' })
  const member = () => getMember(rig.db, WORKSPACE, journeyId, memberId)
  await eventually(member, ({ status }) => status === 'parked')
  await rig.temporal.startMigrate(await publish(rig.db, journeyId, canvas, {}, 'move'))
  await eventually(member, ({ version }) => version === 2)
  const moved = () => rig.db.query(`select from incident where member_id = $1 and kind = 'moved'`, [memberId])
  await eventually(moved, (rows) => rows.length === 1)
  expect(await member()).toMatchObject({ status: 'parked', tileId: 'sms', error: { code: 'timeout' } })
  expect(calls).toBe(1)
}, 60_000)
