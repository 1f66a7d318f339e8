import { startRouter, type Router } from '../../ingest/router.js'
import { newId } from '../../model/ids.js'
import { insertEvents } from '../../store/events.js'
import { entry, eventually, exit, row, wait } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

/* No lost wake-up: members arrive at an event wait while events stream in. MEMBERS=5000 takes a quarter of an hour. */

const MEMBERS = Number(process.env.MEMBERS ?? 500)
/** How much longer than usual it may take. */
const PATIENCE = Math.max(1, MEMBERS / 500)
const STREAMS = 4
const customer = (n: number): string => `customer-${n}`

let rig: Rig
let router: Router
beforeAll(async () => {
  rig = await startRig()
  router = startRouter({ db: rig.db, temporal: rig.temporal, databaseUrl: rig.databaseUrl })
}, 60_000)
afterAll(async () => {
  await router?.stop()
  await rig?.stop()
})

const ping = (...customers: string[]): Promise<number> =>
  insertEvents(
    rig.db,
    WORKSPACE,
    customers.map((customerId) => ({
      messageId: newId('evt'),
      customerId,
      type: 'track',
      event: 'ping',
      properties: {},
      context: {},
      timestamp: new Date(),
    })),
  )

const count = async (sql: string): Promise<number> => (await rig.db.query<{ n: number }>(`select count(*)::int as n from ${sql}`))[0]!.n

/** Members that have arrived, still wait, and had an event at or after their arrival. */
const LOST = `step s join member m on m.id = s.member_id where s.tile_id = 'w' and s.met_by is null
  and exists (select 1 from event e where e.customer_id = m.customer_id and e.received_at >= s.arrived_at)`

test(
  `${MEMBERS} members arrive while events stream in: none at or after the arrival is lost, none before counts`,
  async () => {
    const journeyId = await rig.launch(
      row(
        [entry(), wait('w', { kind: 'event', event: 'ping', timeout: 'P1D' }), exit('met', 'met'), exit('late', 'late')],
        [
          { from: 'w', port: 'met', to: 'met' },
          { from: 'w', port: 'timeout', to: 'late' },
        ],
      ),
    )
    let entering = true
    const streams = Array.from({ length: STREAMS }, async (_, stream) => {
      // Each goes over the customers in an order of its own; one event a time, as they come in life.
      for (let n = stream; entering; n++) await ping(customer((n * 7919 + stream * 131) % MEMBERS))
    })
    let next = 0
    const entrants = Array.from({ length: 8 }, async () => {
      for (let n = next++; n < MEMBERS; n = next++) {
        await rig.enter({ journeyId, customerId: customer(n) })
        // About when it arrives.
        await ping(customer(n))
      }
    })
    await Promise.all(entrants)
    await eventually(
      () => count(`step where tile_id = 'w'`),
      (arrived) => arrived === MEMBERS,
      90_000 * PATIENCE,
    )
    entering = false
    await Promise.all(streams)
    await eventually(
      () => count('event where routed_at is null'),
      (left) => left === 0,
      60_000 * PATIENCE,
    )
    await eventually(
      () => count(LOST),
      (lost) => lost === 0,
      20_000 * PATIENCE,
    )
    // Those who arrived after their last event go on waiting, and one more event ends it.
    await ping(...Array.from({ length: MEMBERS }, (_, n) => customer(n)))
    await eventually(
      () => count(`member where exit_reason = 'met'`),
      (exited) => exited === MEMBERS,
      60_000 * PATIENCE,
    )
    expect(await count(`step s join event e on e.id = s.met_by where e.received_at < s.arrived_at`)).toBe(0)
    expect(
      await count(`step s join member m on m.id = s.member_id join event e on e.id = s.met_by where e.customer_id <> m.customer_id`),
    ).toBe(0)
  },
  240_000 * PATIENCE,
)
