import type { Page } from 'playwright-core'
import { startTestApi } from '../support/api.js'
import { eventually } from '../support/canvas.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp, withoutAnswers } from '../support/web.js'

/* Settings: keys, users, the audit log, the workspace. */

const test = seen(startTestApi)

const withoutRefusals = (complaints: string[]): string[] => withoutAnswers(complaints, 403, 409, 412, 422)
const shownOnce = (page: Page): Promise<string> => page.getByRole('dialog').locator('pre').innerText()
const call = (key: string, path: string): Promise<number> =>
  fetch(`${test.url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } }).then(({ status }) => status)

it('makes a key that may what was ticked, shows it once, and revokes it', async () => {
  const watched = await openApp(test, '/settings/api-keys')
  const { page } = watched
  await page.getByRole('heading', { name: 'No program has a key yet' }).waitFor()
  await page.getByRole('banner').getByRole('button', { name: 'New API key' }).click()
  await page.getByRole('checkbox', { name: 'Send events' }).click()
  await page.getByRole('button', { name: 'Make key' }).click()
  await page.getByText('Give at least one scope.').waitFor()
  await page.getByRole('textbox', { name: 'Name' }).fill('S'.repeat(80))
  await page.getByRole('checkbox', { name: 'Read' }).click()
  await page.getByRole('combobox', { name: 'Expires' }).click()
  await page.getByRole('option', { name: 'In 90 days' }).click()
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, test, 'settings-key-new')
  await page.getByRole('button', { name: 'Make key' }).click()
  await page.getByText('It is not shown again.').waitFor()
  const key = await shownOnce(page)
  expect([await call(key, '/journeys'), await call(key, '/users')]).toEqual([200, 403])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('row', { name: /^S{80}/ }).waitFor()
  expect(await page.content()).not.toContain(key)
  const { body } = await test.api('GET', '/api-keys')
  expect(body.data[0].scopes).toEqual(['read'])
  expect(Math.round((Date.parse(body.data[0].expiresAt as string) - Date.now()) / 86_400_000)).toBe(90)
  await page.getByRole('button', { name: /^Revoke S/ }).click()
  await page.getByRole('button', { name: 'Revoke key' }).click()
  await page.getByRole('row', { name: /^S{80}/ }).getByText('Revoked').waitFor() // prettier-ignore
  expect(await call(key, '/journeys')).toBe(401)
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, test, 'settings-keys')
  await watched.close()
})

it('adds a user, whose link signs in with the role; changes and removes users, but not the last admin', async () => {
  const watched = await openApp(test, '/settings/users')
  const { page } = watched
  await page.getByRole('banner').getByRole('button', { name: 'New user' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Vera')
  await page.getByRole('textbox', { name: /^Email/ }).fill('vera')
  await page.getByRole('button', { name: 'Add user' }).click()
  await page.getByText('Give an address such as ada@example.com.').waitFor()
  await page.getByRole('textbox', { name: /^Email/ }).fill('vera@example.com')
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, test, 'settings-user-new')
  await page.getByRole('button', { name: 'Add user' }).click()
  await page.getByRole('button', { name: 'Make link' }).click()
  await page.getByText('It is not shown again.').waitFor()
  const token = new URL(await shownOnce(page)).searchParams.get('token')!
  const other = await test.browser.newPage()
  await other.goto(`${test.url}/sign-in?token=${token}`)
  await other.getByRole('button', { name: 'Sign in' }).click()
  await other.goto(`${test.url}/settings/users`)
  await other.getByRole('heading', { name: 'You may not see this' }).waitFor()
  expect(await other.getByRole('button', { name: 'New user' }).count()).toBe(0)
  await other.goto(`${test.url}/settings`)
  await other.getByText('Viewer', { exact: true }).waitFor()
  expect(await other.getByRole('button', { name: 'Save' }).count()).toBe(0)
  await other.close()

  await page.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('button', { name: 'More about Vera' }).click()
  await page.getByRole('menuitem', { name: 'Change' }).click()
  await page.getByRole('radio', { name: 'Operator' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /^Vera/ }).getByText('Operator').waitFor()
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, test, 'settings-users')
  const { body } = await test.api('GET', '/users')
  const admin = (body.data as { name: string; role: string }[]).find(({ role }) => role === 'admin')!
  await page.getByRole('button', { name: `More about ${admin.name}` }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Remove user' }).click()
  await page.getByRole('dialog').getByRole('alert').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'More about Vera' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Remove user' }).click()
  await eventually(
    () => page.getByRole('row', { name: /^Vera/ }).count(),
    (count) => count === 0,
  )
  await watched.close()
})

it('finds what was changed by what is in the address, and unfolds it', async () => {
  const { body } = await test.api('POST', '/audiences', { body: { name: 'Audited' } })
  const watched = await openApp(test, '/settings/audit-log')
  const { page } = watched
  await page.getByRole('combobox', { name: 'What was changed' }).click()
  await page.getByRole('option', { name: 'Audiences' }).click()
  await page.waitForURL(/action=audience/)
  await eventually(
    () => page.getByRole('row').count(),
    (rows) => rows === 2,
  )
  await page.getByRole('button', { name: /audience\.create/ }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Copy ${body.id}` })
    .waitFor()
  await expectGoodPage(watched, test, 'settings-audit-entry')
  await page.getByRole('button', { name: /^Show only what/ }).click()
  await page.waitForURL(/actor=key/)
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await page.getByRole('searchbox').fill('nothing')
  await page.getByRole('heading', { name: 'Nothing in the log fits these filters' }).waitFor()
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByRole('row', { name: /^user\.create/ }).waitFor()
  await page.getByLabel('To', { exact: true }).fill('2020-01-01')
  await page.getByRole('heading', { name: 'Nothing in the log fits these filters' }).waitFor()
  await page.goto(`${test.url}/settings/audit-log`)
  await page.getByRole('row', { name: /^user\.create/ }).waitFor()
  await expectGoodPage(watched, test, 'settings-audit')
  await watched.close()
})

it('names the workspace and its zone, keeps the theme, and says what runs', async () => {
  const watched = await openApp(test, '/settings')
  const { page } = watched
  await page.getByRole('textbox', { name: 'Name' }).fill('Shop')
  await page.getByRole('combobox', { name: /^Time zone/ }).click()
  await page.getByPlaceholder('Search…').fill('Madrid')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The workspace is saved').first().waitFor()
  expect((await test.api('GET', '/settings')).body).toMatchObject({ name: 'Shop', timezone: 'Europe/Madrid' })
  await expectGoodPage(watched, test, 'settings')
  await page.getByRole('link', { name: 'Appearance' }).click()
  await page.getByRole('radio', { name: 'Dark' }).click()
  await page.reload()
  await page.getByRole('radio', { name: 'Dark', checked: true }).waitFor()
  expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
  await page.getByRole('radio', { name: 'As the system' }).click()
  await expectGoodPage(watched, test, 'settings-appearance')
  await page.getByRole('link', { name: 'About' }).click()
  await page.getByText('0.0.0').waitFor()
  await expectGoodPage(watched, test, 'settings-about')
  await watched.close()
})
