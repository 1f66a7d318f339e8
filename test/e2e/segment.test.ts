import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
import { listMessages } from '../../store/sandbox.js'
import { entry, eventually, exit, row, send, wait } from '../support/canvas.js'
import { WORKSPACE } from '../support/rig.js'
import { startServer, type RunningServer } from '../support/server.js'

/* The vendors' own clients, unmodified but for the host, against the running server. */

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
  await server.launch(
    row(
      [
        entry({ type: 'event', event: 'Signed Up' }),
        send('hello', 'Hello {{ customer.traits.name }}'),
        wait('order', { kind: 'event', event: 'Order Completed', timeout: 'P1D' }),
        send('thanks', 'Thanks for {{ tiles.order.properties.item }}'),
        exit(),
      ],
      [
        { from: 'order', port: 'met', to: 'thanks' },
        { from: 'order', port: 'timeout', to: 'done' },
      ],
    ),
  )
}, 60_000)
afterAll(() => server?.stop())

const subjects = async (customerId: string): Promise<string[]> =>
  (await listMessages(server.db, WORKSPACE, { customerId })).data.map(({ fields }) => fields.subject!).reverse()

const arrived = (customerId: string) =>
  eventually(
    () => server.db.query<{ tile: string }>('select tile_id as tile from member where customer_id = $1', [customerId]),
    ([member]) => member?.tile === 'order',
  )

test('@segment/analytics-node: identify, track and flush start and wake members', async () => {
  const analytics = new Analytics({ writeKey: server.writeKey, host: server.url, flushAt: 2 })
  analytics.identify({ userId: 'segment-ada', traits: { name: 'Ada' } })
  analytics.track({ userId: 'segment-ada', event: 'Signed Up', properties: { plan: 'pro' } })
  await analytics.flush()
  await arrived('segment-ada')
  analytics.track({ userId: 'segment-ada', event: 'Order Completed', properties: { item: 'a lamp' } })
  await analytics.closeAndFlush()
  expect(
    await eventually(
      () => subjects('segment-ada'),
      (all) => all.length === 2,
    ),
  ).toEqual(['Hello Ada', 'Thanks for a lamp'])
}, 60_000)

test('@rudderstack/rudder-sdk-node: identify, track and flush start and wake members', async () => {
  const rudder = new RudderAnalytics(server.writeKey, { dataPlaneUrl: server.url, flushAt: 2, logLevel: 'error' })
  const flush = () => new Promise<void>((resolve) => void rudder.flush(() => resolve()))
  rudder.identify({ userId: 'rudder-grace', traits: { name: 'Grace' } })
  rudder.track({ userId: 'rudder-grace', event: 'Signed Up' })
  await flush()
  await arrived('rudder-grace')
  rudder.track({ userId: 'rudder-grace', event: 'Order Completed', properties: { item: 'a desk' } })
  await flush()
  expect(
    await eventually(
      () => subjects('rudder-grace'),
      (all) => all.length === 2,
    ),
  ).toEqual(['Hello Grace', 'Thanks for a desk'])
}, 60_000)
