import { createCipher } from '../../store/cipher.js'
import { mergeTraits } from '../../store/customers.js'
import { listSubscriptions } from '../../store/subscriptions.js'
import { tokenOf } from '../../store/tokens.js'
import { createTopic } from '../../store/topics.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { startTestApi } from '../support/api.js'
import { watchedPage } from '../support/browser.js'
import { seen } from '../support/seen.js'
import { expectGoodPage } from '../support/web.js'

/* The page behind the link of a message, without JavaScript. */

const KEY = 'mem_1:mail:1'
let news: string
let url: string
const site = seen(startTestApi, async () => {
  await site.db.query(`update workspace set name = 'Bücher & Söhne Versandhandelsgesellschaft' where id = $1`, [DEFAULT_WORKSPACE])
  await mergeTraits(site.db, DEFAULT_WORKSPACE, 'ada', {})
  await site.db.query(
    `insert into delivery (key, member_id, tile_id, visit, workspace_id, journey_id, customer_id, action, state)
     values ($1, 'mem_1', 'mail', 1, $2, 'jrn_1', 'ada', 'send_email', 'sent')`,
    [KEY, DEFAULT_WORKSPACE],
  )
  const topic = (name: string, description: string, optIn: boolean) => createTopic(site.db, DEFAULT_WORKSPACE, { name, description, optIn })
  news = (await topic('News', 'What we are up to, once a week at the most.', false)).id
  await topic('Offers', 'Prices that do not last.', true)
  await topic('A'.repeat(80), '', false)
  const token = tokenOf(createCipher('a key for tests, thirty-two characters'), 'unsubscribe', `${KEY} email ${news}`)
  url = `${site.url}/unsubscribe/${token}`
})

const said = async () =>
  (await listSubscriptions(site.db, DEFAULT_WORKSPACE, 'ada')).map(({ topic, state }) => `${topic === null ? 'all' : 'topic'} ${state}`)

it('unsubscribes from the topic, from everything, and back, without JavaScript', async () => {
  const watched = await watchedPage(site.browser, { javaScriptEnabled: false })
  const { page } = watched
  await page.goto(url)
  expect(await said()).toEqual([])
  await page.getByRole('button', { name: 'Unsubscribe from “News”' }).click()
  await page.getByRole('status').getByText('Saved.').waitFor()
  expect(await said()).toEqual(['topic unsubscribed'])
  expect(page.url()).toBe(url)
  expect(await page.getByRole('checkbox', { name: 'News' }).isChecked()).toBe(false)
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('checkbox', { name: 'News', checked: true }).waitFor()
  expect(await said()).toEqual([])
  await page.getByRole('button', { name: 'Unsubscribe from all emails' }).click()
  await page.getByText('You get no emails from').waitFor()
  expect(await said()).toEqual(['all unsubscribed'])
  await page.getByRole('checkbox', { name: 'All emails' }).check()
  await page.getByRole('checkbox', { name: 'Offers' }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('checkbox', { name: 'Offers', checked: true }).waitFor()
  expect(await said()).toEqual(['all subscribed', 'topic subscribed'])
  expect(await page.context().cookies()).toEqual([])
  await watched.close()
})

it('is a good page in both themes and widths', async () => {
  const watched = await watchedPage(site.browser)
  await watched.page.goto(url)
  await expectGoodPage(watched, site, 'unsubscribe')
  await watched.page.getByRole('button', { name: 'Unsubscribe from “News”' }).click()
  await watched.page.getByRole('status').waitFor()
  await expectGoodPage(watched, site, 'unsubscribed')
  await watched.page.goto(`${site.url}/unsubscribe/nothing`)
  await expectGoodPage({ ...watched, complaints: watched.complaints.filter((text) => !text.includes('404')) }, site, 'unsubscribe-gone')
  await watched.close()
})
