import { startTestApi, type TestApi } from '../../test/support/api.js'

let test: TestApi
beforeAll(async () => {
  test = await startTestApi()
})
afterAll(() => test.stop())

it('says who asks and where things are', async () => {
  expect((await test.api('GET', '/me')).body).toEqual({
    actor: 'key:admin',
    name: 'TILEWORK_ADMIN_KEY',
    role: null,
    scopes: ['read', 'write', 'operate', 'ingest', 'admin'],
    workspace: { id: 'wsp_default', name: 'Default' },
    version: '0.0.0',
    publicUrl: 'http://127.0.0.1:3000',
    eventMonths: 13,
    temporalUiUrl: null,
  })
})

it('knows a key by its name, its scopes and its workspace', async () => {
  const { body } = await (await test.as(['read'], 'wsp_other'))('GET', '/me')
  expect(body).toMatchObject({ actor: expect.stringMatching(/^key:key_/), name: 'test', scopes: ['read'], workspace: { name: 'Other' } })
})
