import { startTestApi } from '../support/api.js'
import { entry, exit, row, send } from '../support/canvas.js'
import { openEditor, savedConfig } from '../support/editor.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp, withoutAnswers } from '../support/web.js'

/* Quiet hours and frequency caps, as people set them. */

const test = seen(startTestApi)

it('sets the quiet hours of the workspace, and what a customer gets at the most', async () => {
  const watched = await openApp(test, '/settings/limits')
  const { page } = watched
  await page.getByRole('heading', { name: 'Customers get every message' }).waitFor()
  await page.getByRole('switch', { name: 'Keep quiet hours' }).click()
  await page.getByLabel('From').fill('20:00')
  await page.getByRole('button', { name: 'Add hours' }).click()
  await page.getByRole('checkbox', { name: 'Email' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('The quiet hours are saved', { exact: true }).waitFor()
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

it('notices what somebody else changed while a cap was being changed', async () => {
  const cap = { name: 'Daily', channel: 'sms', most: 1, per: 'P1D' }
  const { id } = (await test.api('POST', '/frequency-caps', { body: cap })).body as { id: string }
  const watched = await openApp(test, '/settings/limits')
  const { page } = watched
  const dialog = page.getByRole('dialog')
  const most = dialog.getByRole('textbox', { name: 'At most' })
  const row = page.getByRole('row', { name: /^Daily/ })
  await row.getByText('1 in 1 day').waitFor()
  // The list is old already when the dialog is opened: what is typed over is read then.
  await test.api('PUT', `/frequency-caps/${id}`, { body: { ...cap, most: 2 } })
  await page.getByRole('button', { name: 'Change Daily' }).click()
  expect(await most.inputValue()).toBe('2')
  await most.fill('5')
  await test.api('PUT', `/frequency-caps/${id}`, { body: { ...cap, most: 3 } })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('This has changed since you opened it').waitFor()
  expect((await test.api('GET', `/frequency-caps/${id}`)).body.most).toBe(3)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Change Daily' }).click()
  await most.fill('6')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await row.getByText('6 in 1 day').waitFor()
  await test.api('DELETE', `/frequency-caps/${id}`)
  await watched.close()
})

it('sets those of an orchestration and of a tile', async () => {
  const mail = { ...send('mail', 'Hello'), name: 'Greeting' }
  const edited = await openEditor(test, { name: 'Limits', ...row([entry(), mail, exit()]) })
  const { page, editor, id } = edited
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Orchestration' }).click()
  const sending = page.getByRole('region', { name: 'Sending' })
  await sending.getByRole('radio', { name: 'Its own' }).click()
  await sending.getByRole('combobox', { name: 'Priority' }).click()
  await page.getByRole('option', { name: 'Low' }).click()
  await expectGoodPage(edited, test, 'editor-settings-limits')
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await editor.tile(/^Greeting/).click()
  const delivery = page.getByRole('region', { name: 'Delivery' })
  await delivery.getByRole('radio', { name: 'None' }).click()
  await delivery.getByText('Low, from settings').waitFor()
  await expectGoodPage(edited, test, 'editor-tile-limits')
  expect(await savedConfig(test, edited, 'mail')).toMatchObject({ quietHours: 'none' })
  expect((await test.api('GET', `/journeys/${id}`)).body.settings).toEqual({ quietHours: { from: '21:00', to: '09:00' }, priority: 'low' })
  await edited.close()
}, 60_000)
