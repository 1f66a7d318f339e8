import { createSignInLink } from '../../store/keys.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { startTestApi } from '../support/api.js'
import { watchedPage } from '../support/browser.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp } from '../support/web.js'

const test = seen(startTestApi)

it('says how to get a link to who is not signed in, and that a bad one does not work', async () => {
  const watched = await watchedPage(test.browser)
  const { page } = watched
  await page.goto(test.url)
  await page.getByText('You are not signed in').waitFor()
  await expectGoodPage(watched, test, 'signed-out')
  await page.goto(`${test.url}/sign-in?token=abc`)
  await expectGoodPage(watched, test, 'sign-in')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('This link does not work').first().waitFor()
  await expectGoodPage({ ...watched, complaints: watched.complaints.filter((text) => !text.includes('410')) }, test, 'bad-link')
  await watched.close()
})

it('goes where the visitor was going, and signs out', async () => {
  const watched = await openApp(test, '/journeys?status=draft')
  const { page } = watched
  await page.getByRole('combobox', { name: 'State' }).getByText('Draft').waitFor()
  await page.getByRole('button', { name: 'You and the appearance' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByText('You are not signed in').waitFor()
  await page.goto(`${test.url}/sign-in?token=${await createSignInLink(test.db, DEFAULT_WORKSPACE)}`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${test.url}/journeys`)
  await watched.close()
})

it('opens a link of another site with the session that the browser has', async () => {
  const { page, close } = await openApp(test)
  // Another site, although it is the same server.
  await page.goto(test.url.replace('127.0.0.1', 'localhost') + '/docs/')
  await page.evaluate(`location.href = ${JSON.stringify(`${test.url}/journeys?status=paused`)}`)
  await page.getByRole('combobox', { name: 'State' }).getByText('Paused').waitFor()
  await close()
  const stranger = await watchedPage(test.browser)
  await stranger.page.goto(test.url.replace('127.0.0.1', 'localhost') + '/docs/')
  await stranger.page.evaluate(`location.href = ${JSON.stringify(`${test.url}/journeys`)}`)
  await stranger.page.getByText('You are not signed in').waitFor()
  await stranger.close()
})

it('browses the API under /docs, from here alone', async () => {
  const { page, complaints, hosts, close } = await watchedPage(test.browser)
  await page.goto(`${test.url}/docs/`)
  await page.getByText('/journeys/{id}/activate').waitFor()
  await page.locator('.opblock-summary', { hasText: '/journeys/{id}/pause' }).click()
  await page.getByText('no send, webhook or profile change').first().waitFor()
  expect({ complaints, hosts: [...hosts] }).toEqual({ complaints: [], hosts: [new URL(test.url).host] })
  await close()
})
