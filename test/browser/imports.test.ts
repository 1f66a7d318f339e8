import fs from 'node:fs'
import type { Page } from 'playwright-core'
import { mergeTraits } from '../../store/customers.js'
import { listSubscriptions } from '../../store/subscriptions.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { seen } from '../support/seen.js'
import { startServer } from '../support/server.js'
import { expectGoodPage, openApp } from '../support/web.js'

/* Lists that come from elsewhere: what customers said, and addresses that are not written to. Against a server with a worker. */

const server = seen(startServer)

const choose = (page: Page, label: string, name: string, text: string): Promise<void> =>
  page.getByLabel(label).setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })

it('imports what customers said, from the topics', async () => {
  const { body: topic } = await server.call('POST', '/topics', { name: 'News' })
  for (const id of ['ada', 'bob']) await mergeTraits(server.db, DEFAULT_WORKSPACE, id, {})
  const watched = await openApp(server, '/settings/topics')
  const { page } = watched
  await page.getByRole('button', { name: 'Import subscriptions' }).click()
  await page.getByText('A later word of the customer holds.').waitFor()
  await expectGoodPage(watched, server, 'subscriptions-import')
  const rows = [
    'ada,email,subscribed,2026-01-02,News',
    'bob,sms,Unsubscribed,,',
    'eve,email,subscribed,2026-01-02,',
    'bob,fax,subscribed,,',
  ]
  await choose(page, 'File of subscriptions', 'said.csv', `id,channel,state,at,topic\n${rows.join('\n')}\n`)
  await page.getByText('said.csv has 3 rows that can be written.').waitFor()
  await page.getByText("Row 5: 'channel': 'fax' is none of email").waitFor()
  await page.getByText('1 row does not say when').waitFor()
  expect(await page.getByRole('row', { name: /^State/ }).innerText()).toContain('Subscribed (2), Unsubscribed (1)')
  await page.getByRole('row', { name: 'When given (2), not given (1)' }).waitFor()
  await expectGoodPage(watched, server, 'subscriptions-import-report')
  await page.getByRole('button', { name: 'Write 3 rows' }).click()
  await page.getByText('What 2 rows say holds.').waitFor()
  await page.getByText('2 rows were refused.').waitFor()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download what was refused' }).click()])
  expect(fs.readFileSync(await file.path(), 'utf8')).toMatch(/4,eve,"?'id': there is no such customer/)
  await expectGoodPage(watched, server, 'subscriptions-import-done')
  await page.getByRole('button', { name: 'Close' }).first().click()
  expect(await listSubscriptions(server.db, DEFAULT_WORKSPACE, 'ada')).toMatchObject([
    { channel: 'email', topic: topic.id, state: 'subscribed', at: new Date('2026-01-02'), via: 'import' },
  ])
  await page.goto(`${server.url}/operations/jobs`)
  await page.getByRole('row', { name: /^Import what customers said/ }).waitFor()
  await watched.close()
})

it('imports suppressed addresses, and downloads them all', async () => {
  const watched = await openApp(server, '/settings/suppressions')
  const { page } = watched
  await page.getByRole('heading', { name: 'No address is suppressed' }).waitFor()
  await page.getByRole('button', { name: 'Import' }).click()
  await expectGoodPage(watched, server, 'suppressions-import')
  const rows = ['email,EVE@example.com,complaint,2026-03-01', `email,${'b'.repeat(60)}@example.com,hard_bounce,`, 'email,nobody,manual,']
  await choose(page, 'File of suppressed addresses', 'bounces.csv', `channel,address,reason,at\n${rows.join('\n')}\n`)
  await page.getByText('bounces.csv has 2 addresses that can be added.').waitFor()
  await page.getByText("Row 4: 'address': 'nobody' is no email address").waitFor()
  await expectGoodPage(watched, server, 'suppressions-import-report')
  await page.getByRole('button', { name: 'Add 2 addresses' }).click()
  await page.getByText('2 addresses are not written to any more.').waitFor()
  await page.getByRole('button', { name: 'Close' }).first().click()
  await page.getByRole('row', { name: /^eve@example\.com/ }).waitFor()
  await expectGoodPage(watched, server, 'suppressions-imported')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download all as CSV' }).click()])
  expect(fs.readFileSync(await file.path(), 'utf8')).toContain('email,eve@example.com,complaint,2026-03-01T00:00:00.000Z,import\r\n')
  await watched.close()
})

it('offers them where customers are imported', async () => {
  const watched = await openApp(server, '/customers')
  const { page } = watched
  await page.getByRole('button', { name: 'Import' }).click()
  await page.getByRole('combobox', { name: 'What the file holds' }).click()
  await page.getByRole('option', { name: 'Suppressed addresses' }).click()
  await choose(page, 'File of suppressed addresses', 'more.csv', 'channel,address,reason\nsms,+34 600 111 222,manual\n')
  await page.getByRole('button', { name: 'Add 1 address' }).click()
  await page.getByText('1 address is not written to any more.').waitFor()
  expect((await server.call('GET', '/suppressions?channel=sms')).body.data).toMatchObject([{ address: '+34600111222' }])
  await watched.close()
})
