import { mergeTraits } from '../../store/customers.js'
import { setSubscriptions } from '../../store/subscriptions.js'
import { suppress } from '../../store/suppressions.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { startTestApi } from '../support/api.js'
import { entry, exit, row, send } from '../support/canvas.js'
import { openEditor, savedConfig } from '../support/editor.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp, picture, withoutAnswers } from '../support/web.js'

/* Topics, what a customer said, suppressed addresses, and what an action says of them. */

const site = seen(startTestApi)

const topic = async (name: string, more: object = {}): Promise<string> =>
  ((await site.api('POST', '/topics', { body: { name, ...more } })).body as { id: string }).id

it('makes topics, changes them, and says who uses one that is to be deleted', async () => {
  const watched = await openApp(site, '/settings/topics')
  const { page } = watched
  await page.getByRole('heading', { name: 'There are no topics yet' }).waitFor()
  await expectGoodPage(watched, site, 'topics-empty')
  await page.getByRole('banner').getByRole('button', { name: 'New topic' }).click()
  await page.getByRole('button', { name: 'Save topic' }).click()
  await page.getByText('Give a name.').waitFor()
  await page.getByRole('textbox', { name: 'Name' }).fill('N'.repeat(80))
  await page.getByRole('textbox', { name: 'Description' }).fill('What we are up to, once a week at the most.')
  await page.getByRole('radio', { name: 'Only who asked for it' }).click()
  await expectGoodPage({ ...watched, complaints: withoutAnswers(watched.complaints, 422) }, site, 'topic-new')
  await page.getByRole('button', { name: 'Save topic' }).click()
  await page
    .getByRole('row', { name: /^N{80}/ })
    .getByText('Only who asked for it')
    .waitFor()
  await page.getByRole('button', { name: /^Change N/ }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('News')
  await page.getByRole('button', { name: 'Save topic' }).click()
  await page.getByRole('row', { name: /^News/ }).waitFor()
  const { body } = await site.api('GET', '/topics')
  expect(body.data).toMatchObject([{ name: 'News', optIn: true }])
  const canvas = row([entry(), send('mail', 'Hi', { topic: body.data[0].id }), exit()])
  const journey = (await site.api('POST', '/journeys', { body: { name: 'Weekly', ...canvas } })).body as { id: string }
  expect((await site.api('POST', `/journeys/${journey.id}/activate`)).status).toBe(200)
  await page.getByRole('button', { name: 'Delete News' }).click()
  await page.getByRole('button', { name: 'Delete topic' }).click()
  await page.getByRole('link', { name: 'Weekly' }).waitFor()
  await page.keyboard.press('Escape')
  await page.reload()
  await page.getByRole('button', { name: '1 uses News' }).waitFor()
  await expectGoodPage({ ...watched, complaints: withoutAnswers(watched.complaints, 409, 422) }, site, 'topics')
  await watched.close()
})

it('shows what a customer said and when, and writes it', async () => {
  const offers = await topic('Offers', { optIn: true })
  await mergeTraits(site.db, DEFAULT_WORKSPACE, 'ada', { name: 'Ada Lovelace' })
  const of = { workspaceId: DEFAULT_WORKSPACE, customerId: 'ada' }
  await setSubscriptions(site.db, { ...of, via: 'signup_form' }, [{ channel: 'email', topic: offers, state: 'subscribed' }])
  await setSubscriptions(site.db, { ...of, via: 'one_click' }, [{ channel: 'email', state: 'unsubscribed' }])
  const watched = await openApp(site, '/customers/ada?tab=subscriptions')
  const { page } = watched
  await page.getByText('The whole channel is off').waitFor()
  await page.getByRole('combobox', { name: 'State of Offers' }).getByText('Subscribed').waitFor()
  await expectGoodPage(watched, site, 'subscriptions')
  await page.getByRole('combobox', { name: 'State of The whole channel' }).click()
  await page.getByRole('option', { name: 'Subscribed', exact: true }).click()
  await page.getByText('What the customer says is saved', { exact: true }).waitFor()
  await page.getByRole('table', { name: 'What they said over time' }).getByRole('row').nth(3).waitFor()
  const { body } = await site.api('GET', '/customers/ada/subscriptions')
  expect(body.subscriptions).toMatchObject([
    { topic: null, state: 'subscribed', via: 'api' },
    { topic: offers, state: 'subscribed', via: 'signup_form' },
  ])
  await watched.close()
})

it('lists suppressed addresses, finds them, adds one and takes one out', async () => {
  const watched = await openApp(site, '/settings/suppressions')
  const { page } = watched
  await page.getByRole('heading', { name: 'No address is suppressed' }).waitFor()
  for (const [address, reason] of [
    ['eve@example.com', 'complaint'],
    [`${'b'.repeat(80)}@example.com`, 'hard_bounce'],
  ] as const)
    // prettier-ignore
    await suppress(site.db, { workspaceId: DEFAULT_WORKSPACE, channel: 'email', address, reason, source: 'mem_01jd9:mail:1' })
  await page.getByRole('button', { name: 'Add address' }).click()
  await page.getByRole('textbox', { name: 'Address' }).fill('Max <MAX@example.com>')
  await page.getByRole('button', { name: 'Add address' }).last().click()
  await page.getByRole('row', { name: /^max@example\.com/ }).waitFor()
  await page
    .getByRole('row', { name: /^eve@example\.com/ })
    .getByText('Complained')
    .waitFor()
  await expectGoodPage(watched, site, 'suppressions')
  await page.getByRole('searchbox', { name: 'Search by how it begins' }).fill('EVE')
  await page.getByRole('row', { name: /^max@example\.com/ }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Write to eve@example.com again' }).click()
  await page.getByText('Somebody there called a message spam.').waitFor()
  await expectGoodPage(watched, site, 'suppression-remove')
  await page.getByRole('dialog').getByRole('button', { name: 'Write to it again' }).click()
  await page.getByText('No address is found by this').waitFor()
  expect((await site.api('GET', '/suppressions?q=eve')).body.data).toEqual([])
  await watched.close()
})

it('has an action say what it is about, or that it is transactional', async () => {
  const product = await topic('Product')
  const tiles = [entry(), send('mail', 'Hi'), exit()].map((tile, index) => ({ ...tile, position: { x: 0, y: index * 160 } }))
  const edited = await openEditor(site, { name: 'Form', tiles, edges: row(tiles).edges })
  const { page, editor } = edited
  const config = () => savedConfig(site, edited, 'mail')
  await editor.tile(/mail|Action|Send/i).click()
  await page.getByRole('combobox', { name: 'Topic' }).click()
  await page.getByRole('option', { name: /^Product/ }).click()
  expect(await config()).toMatchObject({ topic: product })
  await page.getByRole('switch', { name: 'Transactional' }).scrollIntoViewIfNeeded()
  await picture(edited, 'action-consent')
  await page.getByRole('switch', { name: 'Transactional' }).click()
  await page.getByRole('combobox', { name: 'Topic' }).waitFor({ state: 'detached' })
  expect(await config()).toEqual(expect.objectContaining({ transactional: true }))
  expect(await config()).not.toHaveProperty('topic')
  await edited.close()
})
