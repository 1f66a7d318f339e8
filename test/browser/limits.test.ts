import type { Browser } from 'playwright-core'
import { startTestApi, type TestApi } from '../support/api.js'
import { launchBrowser } from '../support/browser.js'
import { entry, eventually, exit, row, send } from '../support/canvas.js'
import { expectGoodPage, openApp, withoutAnswers } from '../support/web.js'

/* Quiet hours and frequency caps, as people set them. */

let test: TestApi
let browser: Browser
beforeAll(async () => {
  test = await startTestApi()
  browser = await launchBrowser()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await test?.stop()
})

it('sets the quiet hours of the workspace, and what a customer gets at the most', async () => {
  const watched = await openApp(browser, test, '/settings/limits')
  const { page } = watched
  await page.getByRole('heading', { name: 'Customers get every message' }).waitFor()
  await page.getByRole('switch', { name: 'Keep quiet hours' }).click()
  await page.getByLabel('From').fill('20:00')
  await page.getByRole('button', { name: 'Add hours' }).click()
  await page.getByRole('checkbox', { name: 'Email' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('The quiet hours are saved').waitFor()
  expect((await test.api('GET', '/settings')).body.quietHours).toEqual({
    windows: [
      { from: '20:00', to: '09:00' },
      { from: '21:00', to: '09:00' },
    ],
    channels: ['sms', 'whatsapp', 'push', 'chat'],
  })
  await page.getByRole('button', { name: 'New frequency cap' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByText('Give a name.').waitFor()
  await page.getByRole('textbox', { name: 'Name' }).fill('W'.repeat(80))
  await page.getByRole('textbox', { name: 'At most' }).fill('3')
  await expectGoodPage({ ...watched, complaints: withoutAnswers(watched.complaints, 422) }, test, 'settings-limits-cap')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page
    .getByRole('row', { name: /^W{80}/ })
    .getByText('3 in 7 days')
    .waitFor()
  await expectGoodPage({ ...watched, complaints: withoutAnswers(watched.complaints, 422) }, test, 'settings-limits')
  await page.getByRole('button', { name: /^Delete W/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { name: 'Customers get every message' }).waitFor()
  await watched.close()
}, 60_000)

it('sets those of an orchestration and of a tile', async () => {
  const { body } = await test.api('POST', '/journeys', { body: { name: 'Limits', ...row([entry(), send('mail', 'Hello'), exit()]) } })
  const id = body.id as string
  const watched = await openApp(browser, test, `/journeys/${id}/edit`)
  const { page } = watched
  const panel = page.getByRole('region', { name: 'Sending' })
  await page.getByRole('button', { name: 'Settings' }).first().click()
  await panel.getByRole('radio', { name: 'Its own' }).click()
  await panel.getByRole('combobox', { name: 'Priority' }).click()
  await page.getByRole('option', { name: 'Low' }).click()
  await expectGoodPage(watched, test, 'editor-settings-limits')
  const saved = () =>
    test.api('GET', `/journeys/${id}`).then((answer) => answer.body as { settings: unknown; tiles: { id: string; config: unknown }[] })
  expect((await eventually(saved, ({ settings }) => JSON.stringify(settings).includes('low'))).settings).toMatchObject({
    quietHours: { from: '21:00', to: '09:00' },
    priority: 'low',
  })
  await page.locator('.react-flow__node').filter({ hasText: 'mail' }).click()
  const delivery = page.getByRole('region', { name: 'Delivery' })
  await delivery.getByRole('radio', { name: 'None' }).click()
  await delivery.getByText('Low, from settings').waitFor()
  await expectGoodPage(watched, test, 'editor-tile-limits')
  await eventually(saved, ({ tiles }) => JSON.stringify(tiles).includes('"quietHours":"none"'))
  await watched.close()
}, 60_000)
