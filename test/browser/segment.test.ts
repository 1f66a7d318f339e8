import { readFile } from 'node:fs/promises'
import http, { type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createKey } from '../../store/keys.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { startTestApi } from '../support/api.js'
import { watchedPage } from '../support/browser.js'
import { eventually } from '../support/canvas.js'
import { seen } from '../support/seen.js'

/*
 * `@segment/analytics-next` in a real browser, on a page of another origin, unmodified but for the host.
 */

let shop: Server
let writeKey: string
const test_ = seen(startTestApi, async () => {
  writeKey = (await createKey(test_.db, DEFAULT_WORKSPACE, { name: 'shop', scopes: ['ingest'] })).key
  const library = await readFile('node_modules/@segment/analytics-next/dist/umd/index.js')
  shop = http.createServer((req, res) =>
    req.url === '/library.js' ? res.end(library) : res.setHeader('Content-Type', 'text/html').end('<script src="/library.js"></script>'),
  )
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await new Promise((resolve) => shop.close(resolve))
})

const kept = (customerId: string) =>
  test_.db.query<{ type: string; event: string; properties: Record<string, unknown> }>(
    'select type, event, properties from event where customer_id = $1 order by id',
    [customerId],
  )

/** Loads the library on a page and lets it make its calls; answers what the page complained about and which hosts it asked. */
async function visit(customerId: string, integrations: object): Promise<{ complaints: string[]; hosts: Set<string> }> {
  const watched = await watchedPage(test_.browser)
  await watched.page.goto(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/`)
  const settings = JSON.stringify({ writeKey, cdnURL: test_.url })
  await watched.page.evaluate(`(async () => {
    const analytics = AnalyticsNext.AnalyticsBrowser.load(${settings}, { integrations: ${JSON.stringify(integrations)} })
    await analytics.identify(${JSON.stringify(customerId)}, { plan: 'gold' })
    await Promise.all([analytics.page('Docs', 'Home'), analytics.screen('Start'), analytics.group('acme', { size: 3 }), analytics.track('Bought', { total: 42 })])
  })()`)
  await eventually(
    () => kept(customerId),
    (events) => events.length === 5,
  )
  await watched.close()
  return watched
}

const CALLS = ['$group', '$identify', '$page', '$screen', 'Bought']

test.each([
  ['one by one', 'single', {}],
  ['in batches', 'batched', { 'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 3, timeout: 200 } } } }],
])('events come %s, once, with nothing to complain about and from nowhere else', async (_how, customerId, integrations) => {
  const { complaints, hosts } = await visit(customerId, integrations)
  expect(complaints).toEqual([])
  expect([...hosts].sort()).toEqual([new URL(test_.url).host, `127.0.0.1:${(shop.address() as AddressInfo).port}`].sort())
  const events = await kept(customerId)
  expect(events.map(({ event }) => event).sort()).toEqual(CALLS)
  expect(events.find(({ event }) => event === 'Bought')!.properties).toEqual({ total: 42 })
  expect(events.find(({ event }) => event === '$identify')!.properties).toEqual({ plan: 'gold' })
})
