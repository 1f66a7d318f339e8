import { createVendors } from '../../destinations/index.js'
import { compilations } from '../../destinations/html/mjml.js'
import type { TemplateContent } from '../../model/templates.js'
import { prepare } from '../../sending/senders.js'
import { createCipher } from '../../store/cipher.js'
import { mergeTraits } from '../../store/customers.js'
import { createTemplate, publishTemplate, saveTemplate } from '../../store/templates.js'
import { memberTimeline, type TimelineDelivery } from '../../store/timeline.js'
import { putSettings } from '../../store/workspaces.js'
import { summaryOf } from '../../tiles/checks/content.js'
import { action } from '../../tiles/action/schema.js'
import { entry, eventually, exit, row, send } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

/* Messages from reusable templates, as members get them. */

let rig: Rig
beforeAll(async () => void (rig = await startRig()), 60_000)
afterAll(() => rig?.stop())

let count = 0
const MJML = (text: string): string =>
  `<mjml><mj-body><mj-section><mj-column><mj-text>${text}</mj-text></mj-column></mj-section></mj-body></mjml>`

async function publish(name: string, kind: 'email' | 'partial', content: TemplateContent): Promise<string> {
  const { id } = await createTemplate(rig.db, WORKSPACE, kind, { name, channel: null, content, summary: summaryOf(content) })
  await publishTemplate(rig.db, WORKSPACE, id, 'test')
  return id
}
async function again(id: string, name: string, content: TemplateContent): Promise<void> {
  await saveTemplate(rig.db, WORKSPACE, id, { name, channel: null, content, summary: summaryOf(content) })
  await publishTemplate(rig.db, WORKSPACE, id, 'test')
}

const mail = (template: { id: string; version?: number }, more: object = {}) =>
  send('mail', '', { action: 'send_email', fields: { to: '{{ customer.id }}@example.com' }, template, ...more })
const launch = (tile: ReturnType<typeof send>, settings = {}) => rig.launch({ ...row([entry(), tile, exit()]), settings })

async function sent(journeyId: string, customerId: string): Promise<TimelineDelivery> {
  const memberId = await rig.enter({ journeyId, customerId })
  await rig.finished(memberId)
  const { data } = await memberTimeline(rig.db, WORKSPACE, memberId, {})
  return data.find((each) => each.delivery)!.delivery!
}

test('a tile sends the last published version, or the one that it names; which it was is on record', async () => {
  const footer = await publish('footer', 'partial', {
    locale: 'en',
    html: 'Bye, {{ customer.traits.name }}',
    locales: { es: { html: 'Adiós' } },
  })
  const content = (word: string): TemplateContent => ({
    locale: 'en',
    subject: `${word} {{ customer.traits.name }}`,
    mjml: MJML(`${word} <b>{{ customer.traits.name }}</b> {% render 'footer' %}`),
    locales: { es: { subject: 'Hola', mjml: MJML("Hola {% render 'footer' %}") } },
  })
  const id = await publish('Welcome', 'email', content('Hello'))
  const [latest, pinned] = [await launch(mail({ id }, { onFailure: 'continue' })), await launch(mail({ id, version: 1 }))]
  await mergeTraits(rig.db, WORKSPACE, 'ada', { name: '<Ada>' })
  await mergeTraits(rig.db, WORKSPACE, 'ana', { name: 'Ana', locale: 'es-MX' })

  const first = await sent(latest, 'ada')
  expect(first.rendered).toMatchObject({
    to: 'ada@example.com', subject: 'Hello <Ada>', text: 'Hello <Ada> Bye, <Ada>',
    'template.id': id, 'template.version': '1', 'template.locale': 'en', 'template.partials': 'footer 1',
  }) // prettier-ignore
  expect(first.rendered!['html']).toContain('<b>&lt;Ada&gt;</b> Bye, &lt;Ada&gt;')
  expect((await sent(latest, 'ana')).rendered).toMatchObject({ subject: 'Hola', text: 'Hola Adiós', 'template.locale': 'es' })

  await again(footer, 'footer', { locale: 'en', html: 'See you' })
  await again(id, 'Welcome', content('Good day'))
  // Workers keep what they have read for a second.
  await eventually(
    async () => (await sent(latest, `x${count++}`)).rendered,
    (rendered) => rendered?.['template.version'] === '2' && rendered['template.partials'] === 'footer 2',
  )
  await mergeTraits(rig.db, WORKSPACE, 'eva', { name: 'Eva' })
  expect((await sent(latest, 'eva')).rendered).toMatchObject({ text: 'Good day Eva See you', 'template.partials': 'footer 2' })
  expect((await sent(pinned, 'eva')).rendered).toMatchObject({ text: 'Hello Eva See you', 'template.version': '1' })
  // What the vendor got is the message and nothing else.
  const [inbox] = await rig.db.query<{ fields: object }>(`select fields from sandbox_message where customer_id = 'eva' limit 1`)
  expect(Object.keys(inbox!.fields).sort()).toEqual(['html', 'subject', 'text', 'to'])
}, 60_000)

test("the tile's own fields come before the template's parts; without the template the member parks", async () => {
  const id = await publish('Notice', 'email', { locale: 'en', subject: 'Theirs', html: '<p>Theirs</p>', text: 'Their text' })
  const own = await launch(mail({ id }, { fields: { to: 'a@example.com', subject: 'Mine', html: '<p>Mine</p>' } }))
  expect((await sent(own, 'ada')).rendered).toMatchObject({ subject: 'Mine', html: '<p>Mine</p>', text: 'Mine' })
  const gone = await launch(mail({ id: 'tpl_gone' }, { onFailure: 'continue' }))
  expect(await sent(gone, 'ada')).toMatchObject({ state: 'failed', error: { code: 'no_template', message: expect.stringMatching(/tpl_gone.*choose another/) as unknown } })
}, 60_000) // prettier-ignore

test('links are tagged by workspace, orchestration and tile, the narrowest first', async () => {
  const html = '<a href="https://x.example/?utm_medium=mine#a">1</a><a href="mailto:a@b.c">2</a><a href="https://tilework.example/unsubscribe/t">3</a>'
  const id = await publish('Links', 'email', { locale: 'en', subject: 'Hi', html })
  const settings = { utm_source: 'shop', utm_medium: 'email', utm_campaign: '{{ orchestration.name }}' }
  await putSettings(rig.db, WORKSPACE, { name: 'Default', timezone: null, linkTags: settings })
  const journeyId = await launch(mail({ id }, { linkTags: { utm_content: '{{ message.tile }}', utm_source: '' } }), { linkTags: { utm_campaign: 'Autumn & co' } })
  const htmlSent = async () => (await sent(journeyId, `x${count++}`)).rendered!['html']!
  const found = await eventually(htmlSent, (text) => text.includes('utm_campaign'))
  expect(found).toBe(html.replace('?utm_medium=mine#a', '?utm_medium=mine&amp;utm_campaign=Autumn%20%26%20co&amp;utm_content=mail#a'))
  const none = await launch(mail({ id }, { linkTags: 'none' }))
  expect((await sent(none, 'ada')).rendered!['html']).toBe(html)
  await putSettings(rig.db, WORKSPACE, { name: 'Default', timezone: null, linkTags: null })
}, 60_000) // prettier-ignore

test('a thousand messages of one template compile its MJML once', async () => {
  const id = await publish('Blast', 'email', { locale: 'en', subject: 'Hi', mjml: MJML('Blast {{ customer.id }}') })
  const tile = action.config.parse({ destinationId: 'sandbox', action: 'send_email', fields: { to: 'a@example.com' }, template: { id } })
  const got: Record<string, string>[] = []
  const vendors = createVendors({ putSandboxMessage: ({ fields }) => Promise.resolve(String(got.push(fields))) })
  const sender = await prepare(
    {
      db: rig.db,
      vendors,
      cipher: createCipher('a key for tests, thirty-two characters'),
      outboundAllow: [],
      publicUrl: 'https://t.example',
    },
    WORKSPACE,
    { id: 'mail', type: 'action', config: tile },
  )
  const before = compilations.count
  for (let n = 0; n < 1_000; n++) {
    const facts = { customerId: `c${n}`, version: 1, enteredAt: 0, now: 0, traits: {}, entry: {}, journeyName: 'x', outputs: {} }
    const member = { memberId: `mem_${n}`, workspaceId: WORKSPACE, journeyId: 'jrn_1' }
    const { send: go } = await sender.compose({ key: `k${n}`, member, tileId: 'mail', facts, timeoutMs: 10_000, settings: {} })
    await go()
  }
  expect(compilations.count - before).toBe(1)
  expect(got.map(({ text }) => text)).toEqual(Array.from({ length: 1_000 }, (_, n) => `Blast c${n}`))
}, 60_000)
