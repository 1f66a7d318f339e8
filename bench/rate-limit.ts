import { createCipher } from '../store/cipher.js'
import { createDestination } from '../store/destinations.js'
import { entry, exit, row } from '../test/support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../test/support/rig.js'
import { smsTile, smsVendor } from '../test/support/vendor.js'
import setup from '../test/setup/global-setup.js'
import teardown from '../test/setup/global-teardown.js'
import { each, eventually } from './measure.js'

/*
 * A blast of MEMBERS members through a destination with a rate limit: most sends within any second, and how long a single send of another orchestration
 * takes meanwhile, from entering until the vendor has it: through the same destination, and through one without a limit.
 */

const MEMBERS = Number(process.env.N ?? 1_000)
const PER_SECOND = 20
/** How often a single send is tried meanwhile. */
const SINGLES = 5

const cipher = createCipher('a key for tests, thirty-two characters')
const sent: { at: number; memberId: string; customerId: string }[] = []
const vendor = smsVendor(
  ({ memberId, customerId }) => {
    sent.push({ at: performance.now(), memberId, customerId })
    return Promise.resolve({})
  },
  { type: 'counter' },
)

async function destination(rig: Rig, limited: boolean): Promise<string> {
  const rate = limited && { rateLimit: { perSecond: PER_SECOND }, limited }
  return (await createDestination(rig.db, cipher, WORKSPACE, { name: 'C', type: 'counter', config: {}, ...rate })).id
}

const launch = (rig: Rig, destinationId: string, name: string): Promise<string> =>
  rig.launch(row([entry(), smsTile(destinationId), exit()]), name)

/** From entering until the vendor has it, ms. */
async function single(rig: Rig, journeyId: string, customerId: string): Promise<number> {
  const from = performance.now()
  const memberId = await rig.enter({ journeyId, customerId })
  await eventually(
    () => Promise.resolve(sent.some((each) => each.memberId === memberId)),
    (found) => found,
  )
  return sent.find((each) => each.memberId === memberId)!.at - from
}

/** Most within any second. */
function most(times: number[]): number {
  let from = 0
  return times.reduce((best, at, index) => {
    while (times[from]! <= at - 1_000) from++
    return Math.max(best, index - from + 1)
  }, 0)
}

await setup()
const rig = await startRig({ vendors: new Map([[vendor.type, vendor]]) })
try {
  const [limited, free] = [await destination(rig, true), await destination(rig, false)]
  const [blast, same, other] = [await launch(rig, limited, 'Blast'), await launch(rig, limited, 'Same'), await launch(rig, free, 'Other')]
  const began = performance.now()
  const entering = each(MEMBERS, 20, async (n) => void (await rig.enter({ journeyId: blast, customerId: `c${n}` })))
  const waits: { same: number; other: number; behind: number }[] = []
  for (let n = 1; n <= SINGLES; n++) {
    await eventually(
      () => Promise.resolve(sent.length),
      (count) => count >= (n / (SINGLES + 1)) * MEMBERS,
    )
    const behind = MEMBERS - sent.length
    const [throughSame, throughOther] = await Promise.all([single(rig, same, `s${n}`), single(rig, other, `o${n}`)])
    waits.push({ same: throughSame, other: throughOther, behind })
  }
  await entering
  await eventually(
    () => Promise.resolve(sent.length),
    (count) => count >= MEMBERS + 2 * SINGLES,
  )
  const times = sent.filter(({ customerId }) => !customerId.startsWith('o')).map(({ at }) => at)
  console.log(
    `${MEMBERS} members at ${PER_SECOND}/s: ${((times.at(-1)! - times[0]!) / 1000).toFixed(1)} s from the first to the last (${((performance.now() - began) / 1000).toFixed(1)} s in all)`,
  )
  console.log(`most sends within a second: ${most(times)}`)
  console.log('single send, ms    same destination    another    still to come of the blast')
  for (const { same: a, other: b, behind } of waits)
    console.log(' '.repeat(16), a.toFixed(0).padStart(18), b.toFixed(0).padStart(10), String(behind).padStart(12))
} finally {
  await rig.stop()
  await teardown()
}
process.exit(0)
