import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'
import { entry, exit, row, send, wait } from '../../test/support/canvas.js'

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())

async function audience(name: string, ...members: string[]): Promise<string> {
  const { body } = await api('POST', '/audiences', { body: { name } })
  await api('POST', `/audiences/${body.id}/members`, { body: { add: members } })
  return body.id as string
}
const draft = async (...tiles: Parameters<typeof row>[0]): Promise<string> =>
  (await api('POST', '/journeys', { body: { name: 'Welcome', ...row(tiles) } })).body.id as string
const dryRun = (id: string) => api('POST', `/journeys/${id}/activate?dryRun=true`)

it('says who would enter at once, by trigger and in all, and changes nothing', async () => {
  const [gold, silver, later] = [
    await audience('Gold', 'ada', 'bob'),
    await audience('Silver', 'bob', 'cy'),
    await audience('Later', 'dan'),
  ]
  const list = (audienceId: string, includeExisting: boolean) => ({ type: 'audience', audienceId, includeExisting })
  const id = await draft(
    entry(list(gold, true), list(silver, true), list(later, false), { type: 'event', event: 'signed_up' }, { type: 'manual' }),
    exit(),
  )
  const { status, body } = await dryRun(id)
  expect([status, body]).toEqual([
    200,
    {
      enters: 3,
      triggers: [
        { type: 'audience', audienceId: gold, enters: 2 },
        { type: 'audience', audienceId: silver, enters: 2 },
        { type: 'audience', audienceId: later, enters: 0 },
        { type: 'event', event: 'signed_up', enters: 0 },
        { type: 'manual', enters: 0 },
      ],
      warnings: [],
    },
  ])
  expect((await api('GET', `/journeys/${id}`)).body.status).toBe('draft')
  expect(test.temporal.calls.filter(({ name }) => name === 'startEnrol')).toEqual([])
  expect((await api('POST', `/journeys/${id}/activate`)).body.status).toBe('active')
  expect((await dryRun(id)).body).toMatchObject({ status: 409, state: 'active' })
})

it('says that an audience is being built, and what the validation warns of', async () => {
  const { body: all } = await api('POST', '/audiences', { body: { name: 'All', kind: 'condition', when: { trait: 'plan', op: 'exists' } } })
  const id = await draft(
    entry({ type: 'audience', audienceId: all.id, includeExisting: true }),
    send('mail', '{{ entry.properties.n | default: 1 }}'),
    exit(),
  )
  const { body } = await dryRun(id)
  expect(body.triggers).toEqual([{ type: 'audience', audienceId: all.id, enters: 0, building: true }])
  const { body: found } = await api('POST', `/journeys/${id}/validate`)
  expect(body.warnings).toEqual(found.warnings)
  expect(found.warnings).toEqual([expect.objectContaining({ code: 'TW308', tileId: 'mail' })])
})

it('refuses what cannot be activated, with the numbers', async () => {
  const { status, body } = await dryRun(await draft(entry(), wait('day', {}), exit()))
  expect([status, body.errors[0].code]).toEqual([422, 'TW201'])
  expect((await dryRun('jrn_nope')).status).toBe(404)
})
