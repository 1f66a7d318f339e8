import { startTestApi, type TestApi } from '../../test/support/api.js'

let test: TestApi
beforeEach(async () => {
  test = await startTestApi()
})
afterEach(() => test.stop())

const put = (body: object, headers = {}) => test.api('PUT', '/settings', { body, headers })
const zoneOf = async (settings?: object): Promise<unknown> =>
  (await test.api('POST', '/journeys', { body: { name: 'x', ...(settings && { settings }) } })).body.settings.timezone

it('are the name and the time zone, changed by their ETag', async () => {
  const first = await test.api('GET', '/settings')
  expect(first.body).toEqual({ name: 'Default', timezone: null, quietHours: null, localeTrait: null, linkTags: null })
  const etag = { 'If-Match': first.headers['etag']! }
  expect((await put({ name: ' Shop ', timezone: 'Europe/Madrid' }, etag)).body).toMatchObject({ name: 'Shop', timezone: 'Europe/Madrid' })
  expect((await put({ name: 'Late' }, etag)).status).toBe(412)
  expect((await test.api('GET', '/me')).body.workspace).toEqual({ id: 'wsp_default', name: 'Shop' })
  expect((await put({ name: 'Shop', localeTrait: 'lang', linkTags: { utm_source: 'shop' } })).body).toMatchObject({
    timezone: null,
    localeTrait: 'lang',
  })
  // What messages are made by stays where it is left out.
  expect((await put({ name: 'Shop', localeTrait: null })).body).toEqual({
    name: 'Shop',
    timezone: null,
    quietHours: null,
    localeTrait: null,
    linkTags: { utm_source: 'shop' },
  })
  expect((await test.api('GET', '/audit-log?limit=1')).body.data[0]).toMatchObject({ action: 'settings.replace', subject: 'wsp_default' })
  expect((await (await test.as(['read'], 'wsp_other'))('GET', '/settings')).body.name).toBe('Other')
})

it('give their time zone to new orchestrations that name none, and to no others', async () => {
  expect(await zoneOf()).toBeUndefined()
  const before = (await test.api('POST', '/journeys', { body: { name: 'Before' } })).body.id as string
  await put({ name: 'Shop', timezone: 'Europe/Madrid' })
  expect(await zoneOf()).toBe('Europe/Madrid')
  expect(await zoneOf({ reentry: { mode: 'always' } })).toBe('Europe/Madrid')
  expect(await zoneOf({ timezone: 'Asia/Tokyo' })).toBe('Asia/Tokyo')
  expect((await test.api('GET', `/journeys/${before}`)).body.settings).toEqual({})
  expect((await test.api('PUT', `/journeys/${before}`, { body: { name: 'Before' } })).body.settings).toEqual({})
})

it('keep the quiet hours of the workspace', async () => {
  const quietHours = {
    windows: [{ from: '21:00', to: '09:00', days: ['sat', 'sun'] }],
    timezone: 'customer',
    otherwise: 'skip',
    channels: ['sms'],
  }
  expect((await put({ name: 'Shop', quietHours })).body.quietHours).toEqual(quietHours)
  expect((await test.api('GET', '/settings')).body.quietHours).toEqual(quietHours)
  expect((await put({ name: 'Shop' })).body.quietHours).toEqual(quietHours)
  expect((await put({ name: 'Shop', quietHours: null })).body.quietHours).toBeNull()
})

it.each([
  [{ name: '' }, '/name'],
  [{ timezone: 'UTC' }, '/name'],
  [{ name: 'x', timezone: 'Mars/Olympus' }, '/timezone'],
  [{ name: 'x', quietHours: { from: '22:00', to: '08:00' } }, '/quietHours/from'],
  [{ name: 'x', quietHours: { windows: [] } }, '/quietHours/windows'],
  [{ name: 'x', quietHours: { windows: [{ from: '22:00', to: '8' }] } }, '/quietHours/windows/0/to'],
  [{ name: 'x', quietHours: { windows: [{ from: '08:00', to: '08:00' }] } }, '/quietHours/windows'],
  [{ name: 'x', quietHours: { windows: [{ from: '22:00', to: '08:00' }], channels: ['fax'] } }, '/quietHours/channels/0'],
])('refuse %j', async (body, path) => {
  const refused = await put(body)
  expect([refused.status, refused.body.errors[0].path]).toEqual([422, path])
})
