import { createHmac } from 'node:crypto'
import { trackingOf } from '../../sending/tracking.js'
import { createCipher } from '../../store/cipher.js'
import { tokenOf } from '../../store/tokens.js'
import { startTestApi, type TestApi } from '../../test/support/api.js'
import { keptEvents, sentDelivery } from '../../test/support/feedback.js'

/* Opens and clicks by HTTP, and links that nobody of us made. */

const cipher = createCipher('a key for tests, thirty-two characters')
const PAGE = 'https://shop.example/sale?a=1&b=%C3%A4#top'
const BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36'

let test: TestApi
let key: string
beforeAll(async () => {
  test = await startTestApi()
})
afterAll(() => test.stop())
beforeEach(async () => {
  for (const table of ['event', 'event_seen', 'delivery']) await test.db.query(`delete from ${table}`)
  key = await sentDelivery(test.db, { destinationId: 'dst_smtp', vendorId: '<1@tilework>' })
})

const links = () => trackingOf({ cipher, publicUrl: test.url }, key)
const get = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(url, { method, redirect: 'manual', headers: { 'user-agent': BROWSER, ...headers } })
const pathOf = (token: string) => `${test.url}/t/c/${token}`
const signed = (value: unknown) => tokenOf(cipher, 'click', JSON.stringify(value))

it('a click is kept and leads to its page, unseen by caches and without a referrer', async () => {
  const answer = await get(links().clickUrl(PAGE)!)
  expect([answer.status, answer.headers.get('location')]).toEqual([302, PAGE])
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  const properties = { deliveryKey: key, memberId: key.split(':')[0], orchestrationId: 'jrn_1', tileId: 'hello', destinationId: 'dst_smtp', messageId: '<1@tilework>', url: PAGE } // prettier-ignore
  expect(await keptEvents(test.db)).toMatchObject([{ customerId: 'ada', event: 'email_clicked', properties }])
  expect((await keptEvents(test.db))[0]!.properties).toEqual(properties)
})

it('an open is kept and answered with a picture that other sites may show', async () => {
  const answer = await get(links().openUrl)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/gif'])
  expect(
    Buffer.from(await answer.arrayBuffer())
      .subarray(0, 6)
      .toString(),
  ).toBe('GIF89a')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  expect(await keptEvents(test.db)).toMatchObject([{ customerId: 'ada', event: 'email_opened', properties: { deliveryKey: key } }])
})

it.each([
  ['HEAD', {}, 'HEAD'],
  ['a browser that loads ahead', { 'sec-purpose': 'prefetch;prerender' }, 'GET'],
  ['a browser that loads ahead, in its older words', { 'x-moz': 'prefetch' }, 'GET'],
  ["Apple's mail privacy", { 'user-agent': 'Mozilla/5.0' }, 'GET'],
  ['a program that previews links', { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }, 'GET'],
  ['no browser at all', { 'user-agent': '' }, 'GET'],
] as const)('%s is marked as a machine, and what the customer does then counts by itself', async (_, headers, method) => {
  for (const url of [links().openUrl, links().clickUrl(PAGE)!]) {
    await get(url, headers, method)
    await get(url)
  }
  expect((await keptEvents(test.db)).map(({ event, properties }) => [event, properties.machine])).toEqual([
    ['email_opened', true],
    ['email_opened', undefined],
    ['email_clicked', true],
    ['email_clicked', undefined],
  ])
})

it('a telephone of the maker Cubot is no program', async () => {
  await get(links().openUrl, { 'user-agent': 'Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/99 Mobile' })
  expect((await keptEvents(test.db))[0]!.properties).not.toHaveProperty('machine')
})

it('the same again, at once, counts once', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => get(links().openUrl)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect((await keptEvents(test.db)).length).toBeLessThanOrEqual(2)
})

it('a link of a message that is not known, a test or one that is erased, leads to its page all the same', async () => {
  const tracking = trackingOf({ cipher, publicUrl: test.url }, 'test:1')
  expect((await get(tracking.clickUrl(PAGE)!)).headers.get('location')).toBe(PAGE)
  expect((await get(tracking.openUrl)).status).toBe(200)
  expect(await keptEvents(test.db)).toEqual([])
})

it('leads to its page also when nothing can be kept', async () => {
  await test.db.query('alter table event_seen rename to event_gone')
  try {
    expect((await get(links().clickUrl(PAGE)!)).headers.get('location')).toBe(PAGE)
  } finally {
    await test.db.query('alter table event_gone rename to event_seen')
  }
})

describe('is no way to anywhere that we did not sign', () => {
  const evil = 'https://evil.example/'
  const token = () => links().clickUrl(PAGE)!.split('/t/c/')[1]!
  const [text, mark] = [() => token().split('.')[0]!, () => token().split('.')[1]!]
  const encoded = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

  it.each<[string, () => string]>([
    ['an address', () => encodeURIComponent(evil)],
    ['an address, encoded', () => encoded([key, evil])],
    ['another page with the mark of ours', () => `${encoded([key, evil])}.${mark()}`],
    ['a mark of another key', () => `${encoded([key, evil])}.${tokenOf(createCipher('another key, of thirty-two characters'), 'click', JSON.stringify([key, evil])).split('.')[1]}`], // prettier-ignore
    ['a mark by hand', () => `${encoded([key, evil])}.${createHmac('sha256', '').update(JSON.stringify([key, evil])).digest('base64url').slice(0, 22)}`], // prettier-ignore
    ['a token that was made for opens', () => tokenOf(cipher, 'open', JSON.stringify([key, evil]))],
    ['one that was made to unsubscribe', () => tokenOf(cipher, 'unsubscribe', JSON.stringify([key, evil]))],
    ['no mark', () => text()],
    ['an empty mark', () => `${text()}.`],
    ['half a mark', () => token().slice(0, -4)],
    ['more behind it', () => `${token()}.x`],
    ['a changed letter', () => token().replace(/^./, (letter) => (letter === 'W' ? 'X' : 'W'))],
    ['an address behind it', () => `${token()}@evil.example`],
    ['another scheme, though signed', () => signed([key, 'javascript:alert(1)'])],
    ['data, though signed', () => signed([key, 'data:text/html,x'])],
    ['a path of another host, though signed', () => signed([key, '//evil.example/'])],
    ['a file, though signed', () => signed([key, 'file:///etc/passwd'])],
  ])('%s: 404, in plain words', async (_, made) => {
    const answer = await get(pathOf(made()))
    expect([answer.status, answer.headers.get('location')]).toEqual([404, null])
    expect(await answer.text()).toContain('This link does not work')
    expect(await keptEvents(test.db)).toEqual([])
  })

  it.each(['?url=https://evil.example/', '?to=//evil.example', '#https://evil.example/'])(
    'what stands behind it changes nothing: %s',
    async (more) => {
      expect((await get(links().clickUrl(PAGE)! + more)).headers.get('location')).toBe(PAGE)
    },
  )

  it.each([`${evil}\r\nSet-Cookie: a=b`, 'https://shop.example/\u0000', 'https://user:pw@shop.example/ä ö'])(
    'an address is one line of ASCII: %j',
    async (page) => {
      // prettier-ignore
      const location = (await get(links().clickUrl(page)!)).headers.get('location')
      expect(location).toMatch(/^https:\/\/[\x21-\x7e]+$/)
      expect(location).toBe(new URL(page).href)
    },
  )

  it('a picture of no message is a page that says so', async () => {
    for (const path of ['o/x.gif', `o/${token()}.gif`, 'o/', 'c/', ''])
      expect([path, (await get(`${test.url}/t/${path}`)).status]).toEqual([path, 404])
  })
})
