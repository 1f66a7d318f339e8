import { compilations } from '../../destinations/html/mjml.js'
import { startTestApi, type Caller, type Reply, type TestApi } from '../../test/support/api.js'

let test: TestApi
let api: Caller
beforeEach(async () => {
  test = await startTestApi()
  api = test.api
})
afterEach(() => test.stop())

const MJML = (text: string): string =>
  `<mjml><mj-body><mj-section><mj-column><mj-text>${text}</mj-text></mj-column></mj-section></mj-body></mjml>`
const email = (content: object = {}) => ({ name: 'Welcome', kind: 'email', content: { subject: 'Hi', mjml: MJML('Hello'), ...content } })
const partial = (name: string, content: object) => ({ name, kind: 'partial', content })
const make = async (body: object): Promise<string> => {
  const made = await api('POST', '/templates', { body })
  expect(made.status).toBe(201)
  return made.body.id as string
}
const publish = (id: string): Promise<Reply> => api('POST', `/templates/${id}/publish`)
const published = async (body: object): Promise<string> => {
  const id = await make(body)
  expect((await publish(id)).status).toBe(200)
  return id
}

it('has a draft and published versions, which never change', async () => {
  const made = await api('POST', '/templates', { body: email() })
  const { id } = made.body
  expect(made.headers['location']).toBe(`/api/v1/templates/${id}`)
  expect(made.body).toMatchObject({
    name: 'Welcome',
    kind: 'email',
    channel: 'email',
    version: null,
    draftVersion: 1,
    content: { subject: 'Hi', locale: 'en' },
  })
  const first = await publish(id)
  expect(first.body).toMatchObject({ version: 1, draftVersion: null })
  expect((await publish(id)).status).toBe(409)

  const body = { name: 'Welcome!', content: { subject: 'Hello', mjml: MJML('Hello') } }
  const headers = { 'If-Match': first.headers['etag']! }
  const saved = await api('PUT', `/templates/${id}`, { body, headers })
  expect(saved.body).toMatchObject({ name: 'Welcome!', version: 1, draftVersion: 2, content: { subject: 'Hello' } })
  expect((await api('PUT', `/templates/${id}`, { body, headers })).status).toBe(412)
  expect((await api('POST', `/templates/${id}/publish`, { headers })).status).toBe(412)
  expect((await api('GET', `/templates/${id}/versions/1`)).body).toMatchObject({ status: 'live', content: { subject: 'Hi' } })
  await publish(id)
  const { data } = (await api('GET', `/templates/${id}/versions`)).body
  expect(data).toMatchObject([
    { version: 2, status: 'live', publishedBy: expect.any(String) },
    { version: 1, status: 'past' },
  ])
  expect((await api('GET', `/templates/${id}/versions/3`)).status).toBe(404)
  const log = (await api('GET', `/audit-log?target=${id}`)).body.data as { action: string; detail: object }[]
  expect(log.map(({ action }) => action)).toEqual(['template.publish', 'template.save', 'template.publish', 'template.create'])
  expect(log[0]!.detail).toEqual({ version: 2 })
})

it('lists by kind and name, belongs to its workspace, and is made once per key', async () => {
  const id = await make(email())
  await make(partial('footer', { text: 'x' }))
  expect((await api('GET', '/templates?kind=email&search=WELC')).body.data).toMatchObject([{ id }])
  expect((await api('GET', '/templates?search=nothing')).body.data).toEqual([])
  const other = await test.as(['read', 'write'], 'wsp_other')
  for (const path of [`/templates/${id}`, `/templates/${id}/versions`, `/templates/${id}/used-by`]) expect((await other('GET', path)).status).toBe(404)
  expect((await other('DELETE', `/templates/${id}`)).status).toBe(404)
  const headers = { 'Idempotency-Key': 'once' }
  const [a, b] = [await api('POST', '/templates', { body: email(), headers }), await api('POST', '/templates', { body: email(), headers })]
  expect(a.body.id).toBe(b.body.id)
}) // prettier-ignore

it.each([
  [{ subject: '' }, 'TW201', '/content/subject'],
  [{ mjml: '' }, 'TW201', '/content/mjml'],
  [{ html: '<p>' }, 'TW202', '/content/html'],
  [{ subject: '{{ x' }, 'TW203', '/content/subject'],
  [{ mjml: MJML('x').replace('mj-text', 'mj-txt') }, 'TW231', '/content/mjml'],
  [{ locales: { 'not a language': {} } }, 'TW232', '/content/locales/not a language'],
  [{ locales: { EN: { subject: 'x' } } }, 'TW232', '/content/locales/EN'],
  [{ locales: { es: { mjml: '<mjml>' } } }, 'TW231', '/content/locales/es/mjml'],
  [{ text: "{% render 'nothing' %}" }, 'TW331', '/content/text'],
])('%j is saved and not published: %s', async (content, code, path) => {
  const id = await make(email(content))
  const refused = await publish(id)
  expect(refused.status).toBe(422)
  expect(refused.body.errors).toContainEqual(expect.objectContaining({ code, path }))
  expect((await api('GET', `/templates/${id}`)).body.version).toBeNull()
})

it('refuses what no template may be', async () => {
  for (const [body, path] of [
    [partial('two words', { text: 'x' }), '/name'],
    [{ ...email(), channel: 'sms' }, '/channel'],
    [email({ styles: 'x' }), '/content/styles'],
  ] as const)
    expect((await api('POST', '/templates', { body })).body.errors).toMatchObject([{ path }])
  await make(partial('footer', { text: 'x' }))
  expect((await api('POST', '/templates', { body: partial('footer', { text: 'y' }) })).status).toBe(409)
})

it('a partial is brought in, keeps its name, and is not deleted while it is used', async () => {
  const footer = await published(partial('footer', { mjml: '<mj-section><mj-column><mj-text>Bye, {{ customer.id }}</mj-text></mj-column></mj-section>' }))
  expect((await api('PUT', `/templates/${footer}`, { body: { name: 'feet', content: { text: 'x' } } })).body.errors[0]).toMatchObject({ code: 'immutable' })
  const id = await published(email({ mjml: MJML('Hello').replace('</mj-body>', "{% render 'footer' %}</mj-body>") }))
  const refused = await api('DELETE', `/templates/${footer}`)
  expect([refused.status, refused.body.detail]).toEqual([409, expect.stringMatching(/used by 'Welcome'.*take it out of the template/)])
  expect((await api('GET', `/templates/${footer}/used-by`)).body.data).toMatchObject([{ id, type: 'template', status: 'live', blocks: true }])
  const shown = await api('POST', '/templates/preview', { body: { type: 'template', kind: 'email', content: (await api('GET', `/templates/${id}`)).body.content, customer: { id: 'ada' } } })
  expect(shown.body.problems).toEqual([])
  expect(shown.body.rendered.text).toBe('Hello\nBye, ada')
  // A circle can only be closed by a version that is not published yet.
  await api('PUT', `/templates/${footer}`, { body: { name: 'footer', content: { text: "{% render 'footer' %}" } } })
  expect((await publish(footer)).body.errors).toMatchObject([{ code: 'TW332' }])
  expect((await api('DELETE', `/templates/${id}`)).status).toBe(204)
  expect((await api('DELETE', `/templates/${footer}`)).status).toBe(204)
}) // prettier-ignore

it('is used by orchestrations, which keep it', async () => {
  const id = await published(email())
  const tiles = [
    { id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } },
    { id: 'mail', type: 'action', config: { destinationId: 'sandbox', action: 'send_email', fields: { to: 'a@example.com' }, template: { id } } },
    { id: 'end', type: 'exit', config: { reason: 'completed' } },
  ]
  const edges = [{ from: 'entry', to: 'mail' }, { from: 'mail', to: 'end' }]
  const made = await api('POST', '/journeys', { body: { name: 'Onboarding', tiles, edges } })
  expect((await api('POST', `/journeys/${made.body.id}/validate`)).body).toMatchObject({ valid: true })
  expect((await api('GET', `/templates/${id}/used-by`)).body.data).toMatchObject([{ name: 'Onboarding', blocks: false }])
  expect((await api('POST', `/journeys/${made.body.id}/activate`)).status).toBe(200)
  expect((await api('DELETE', `/templates/${id}`)).body.detail).toMatch(/used by 'Onboarding'/)
  const wrong = await api('POST', '/journeys', { body: { name: 'x', tiles: [{ ...tiles[1], config: { ...tiles[1]!.config, template: { id, versoin: 1 } } }] } })
  expect(wrong.body.errors).toMatchObject([{ code: 'unknown_field', message: expect.stringMatching(/did you mean 'version'/) }])
}) // prettier-ignore

it('a preview shows a customer their language, and what is wrong at its line', async () => {
  const content = {
    locale: 'en', subject: 'Hi {{ customer.traits.name | default: "you" }}', mjml: MJML('{{ 1234.5 | format_currency: "EUR" }} <a href="https://x.example">go</a>'),
    locales: { ar: { subject: 'مرحبا' , mjml: MJML('{{ message.locale }} {{ message.dir }}') }, es: { subject: 'Hola' } },
  } // prettier-ignore
  const preview = (more: object = {}) => api('POST', '/templates/preview', { body: { type: 'template', kind: 'email', content, ...more } })
  expect((await preview()).body).toMatchObject({ locale: 'en', rendered: { subject: 'Hi you', text: '€1,234.50 go (https://x.example)' }, problems: [] })
  const spanish = await preview({ customer: { id: 'ana', traits: { language: 'es_MX' } } })
  expect(spanish.body).toMatchObject({ locale: 'en', rendered: { subject: 'Hola' } })
  const arabic = await preview({ locale: 'ar-EG' })
  expect(arabic.body).toMatchObject({ locale: 'ar', rendered: { subject: 'مرحبا', text: 'ar-EG rtl' } })
  expect(arabic.body.rendered.html).toContain('<html lang="ar" dir="rtl"')
  const leaving = await preview({ content: { subject: 'x', text: 'No more: {{ unsubscribeUrl }}' } })
  expect(leaving.body).toMatchObject({ rendered: { text: expect.stringMatching(/^No more: http.*\/unsubscribe\//) }, problems: [] })
  const wrong = await api('POST', '/templates/preview', { body: { type: 'template', kind: 'email', content: { subject: 'x\n{{ user.x }}', mjml: '<mjml>\n<mj-body>\n<mj-bad/></mj-body></mjml>' } } })
  expect(wrong.body.problems).toMatchObject([
    { code: 'TW231', path: '/content/mjml', line: 3 },
    { code: 'TW314', path: '/content/subject', line: 2, warning: true },
  ])
}) // prettier-ignore

it('the MJML of a tile is compiled, and refused by its line', async () => {
  const fields = (html: string) => ({ type: 'action', destinationId: 'sandbox', action: 'send_email', fields: { to: 'a@example.com', subject: 'x', html } })
  const shown = await api('POST', '/templates/preview', { body: fields(MJML('<b>{{ customer.id }}</b>')) })
  expect(shown.body).toMatchObject({ problems: [], rendered: { text: expect.stringMatching(/./) } })
  const before = compilations.count
  await api('POST', '/templates/preview', { body: fields(MJML('<b>{{ customer.id }}</b>')) })
  expect(compilations.count).toBe(before)
  const tiles = [{ id: 'mail', type: 'action', config: { destinationId: 'sandbox', action: 'send_email', fields: fields('<mjml>\n<mj-body><mj-x/></mj-body></mjml>').fields } }]
  const made = await api('POST', '/journeys', { body: { name: 'x', tiles } })
  expect((await api('POST', `/journeys/${made.body.id}/validate`)).body.errors).toContainEqual(
    expect.objectContaining({ code: 'TW231', tileId: 'mail', path: '/config/fields/html', message: expect.stringMatching(/Line 2, <mj-x>/) }),
  )
}) // prettier-ignore
