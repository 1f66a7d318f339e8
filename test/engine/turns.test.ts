import type { Db } from '../../store/db.js'
import { createCipher } from '../../store/cipher.js'
import { mergeTraits } from '../../store/customers.js'
import { createDestination } from '../../store/destinations.js'
import { createFrequencyCap } from '../../store/frequency-caps.js'
import { setSubscriptions } from '../../store/subscriptions.js'
import { memberTimeline } from '../../store/timeline.js'
import { createTopic } from '../../store/topics.js'
import { entry, eventually, exit, row } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'
import { smsTile, smsVendor } from '../support/vendor.js'

/* Who uses up what a destination with a rate limit may send: those that are sent, and nobody who is kept back. */

const PER_SECOND = 2
/** Of each kind. For all of them the destination would take longer than the test may. */
const KEPT = 100
const cipher = createCipher('a key for tests, thirty-two characters')
let sent: string[] = []
/** Questions for a turn. */
let turns = 0
let rig: Rig

const vendor = smsVendor(({ memberId }) => Promise.resolve(void sent.push(memberId)).then(() => ({})), { type: 'counter' })
const { send_sms: sms } = vendor.actions
const marketing = { ...vendor, actions: { send_sms: { ...sms!, channel: 'sms' as const } } }

const counted = (db: Db): Db => ({
  ...db,
  one: (sql, values) => {
    if (sql.includes('destination_pace')) turns++
    return db.one(sql, values)
  },
})

beforeAll(async () => {
  rig = await startRig({ vendors: new Map([[marketing.type, marketing]]), around: counted })
}, 60_000)
afterAll(() => rig?.stop())

const destination = async (more: object = {}): Promise<string> =>
  (await createDestination(rig.db, cipher, WORKSPACE, { name: 'C', type: 'counter', config: {}, ...more })).id
const limited = { rateLimit: { perSecond: PER_SECOND }, limited: true }
const launch = (destinationId: string, more: Record<string, unknown>): Promise<string> =>
  rig.launch(row([entry(), smsTile(destinationId, more), exit()]))
const people = (kind: string): string[] => Array.from({ length: KEPT }, (_, n) => `${kind}${n}`)
const enter = (journeyId: string, customers: readonly string[]): Promise<string[]> =>
  Promise.all(customers.map((customerId) => rig.enter({ journeyId, customerId })))

/** Around noon of UTC's other side: quiet there, and nowhere near UTC. */
function quietInFiji(): { from: string; to: string } {
  const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 16)
  const there = Date.now() + 12 * 3_600_000
  return { from: clock(there - 3_600_000), to: clock(there + 2 * 3_600_000) }
}

const stateOf = async (memberIds: readonly string[]): Promise<string[]> => {
  const rows = await rig.db.query<{ state: string }>(
    `select distinct state || ' ' || coalesce(error_code, '-') as state from delivery where member_id = any($1::text[])
     union all select 'not begun' from unnest($1::text[]) m where not exists (select from delivery d where d.member_id = m)`,
    [[...memberIds]],
  )
  return rows.map(({ state }) => state)
}

test('quiet, unsubscribed and capped members take no turn of a destination: who may be written to does not wait for them', async () => {
  const topic = (await createTopic(rig.db, WORKSPACE, { name: 'News', description: '', optIn: false })).id
  const [quiet, out, capped] = [people('quiet'), people('out'), people('capped')]
  for (const id of quiet) await mergeTraits(rig.db, WORKSPACE, id, { timezone: 'Etc/GMT-12' })
  for (const customerId of out) {
    await mergeTraits(rig.db, WORKSPACE, customerId, {})
    await setSubscriptions(rig.db, { workspaceId: WORKSPACE, customerId, via: 'api' }, [{ channel: 'sms', state: 'unsubscribed' }])
  }
  await createFrequencyCap(rig.db, WORKSPACE, { name: 'One', channel: null, topic, most: 1, per: 'P7D', otherwise: 'skip' })
  const before = await enter(await launch(await destination(), { topic }), capped)
  await Promise.all(before.map((id) => rig.finished(id)))
  sent = []
  turns = 0

  const journeyId = await launch(await destination(limited), { topic, quietHours: { ...quietInFiji(), timezone: 'customer' } })
  const [waiting, skipped, full] = [await enter(journeyId, quiet), await enter(journeyId, out), await enter(journeyId, capped)]
  const [free] = await enter(journeyId, ['free'])
  expect(await rig.finished(free!)).toBe('completed')
  for (const [members, state] of [[waiting, 'pending quiet_hours'], [skipped, 'skipped unsubscribed'], [full, 'skipped frequency_cap']] as const)
    expect(await eventually(() => stateOf(members), (states) => !states.includes('not begun') && !states.includes('sending -'))).toEqual([state]) // prettier-ignore
  expect(sent).toEqual([free])
  expect(turns).toBe(1)
  const told = (await memberTimeline(rig.db, WORKSPACE, waiting[0]!, {})).data
  expect(told.find(({ event }) => event === 'waiting')).toMatchObject({ reason: 'quiet_hours', until: expect.any(Date) as unknown })
}, 120_000)

test('what is too much waits in the queue of the destination, and costs the history nothing', async () => {
  sent = []
  const journeyId = await launch(await destination(limited), {})
  const members = await enter(journeyId, people('many').slice(0, 12))
  await Promise.all(members.map((id) => rig.finished(id)))
  expect(new Set(sent)).toEqual(new Set(members))
  const lengths = await Promise.all(
    members.map(async (id) => (await rig.temporal.client.workflow.getHandle(id).fetchHistory()).events!.length),
  )
  // Ends 5, a delivery 6: as without a limit.
  expect(new Set(lengths)).toEqual(new Set([11]))
  const [tried] = await rig.db.query<{ n: number }>('select max(attempts)::int as n from delivery where member_id = any($1::text[])', [
    members,
  ])
  expect(tried!.n).toBe(1)
}, 120_000)
