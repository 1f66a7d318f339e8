import type { Page } from 'playwright-core'
import { eventually } from '../support/canvas.js'
import { startServer } from '../support/server.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp, picture, withoutAnswers } from '../support/web.js'

/* Audiences: lists and conditions, against a server whose worker builds them. */

const server = seen(startServer)

const LONG = 'x'.repeat(80)
const withoutRefusals = (complaints: string[]): string[] => withoutAnswers(complaints, 409, 412, 422)

it('teaches on an empty list, and fills a list by ids and from a file', async () => {
  const watched = await openApp(server, '/audiences')
  const { page } = watched
  await page.getByRole('heading', { name: 'Say who belongs together' }).waitFor()
  await expectGoodPage(watched, server, 'audiences-empty')
  await page.getByRole('main').getByRole('button', { name: 'New audience' }).click()
  await page.getByRole('button', { name: 'Create audience' }).click()
  await page.getByText('Give a name.').waitFor()
  await page.getByRole('textbox', { name: 'Name' }).fill(LONG)
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/audiences\/aud_\w+$/)
  await page.getByRole('heading', { name: 'Nobody is in this audience' }).waitFor()
  await page.getByRole('banner').getByRole('button', { name: 'Add customers' }).click()
  await page.getByLabel('Customer ids').fill('ada\nbob\n\nada')
  await page.getByRole('button', { name: 'Add 2 customers' }).click()
  await page.getByRole('row', { name: /^bob/ }).waitFor()
  await page.goto(`${page.url()}?do=add`)
  const csv = { name: 'more.csv', mimeType: 'text/csv', buffer: Buffer.from(`id,plan\ncy,gold\n${'w'.repeat(80)},free\n`) }
  await page.getByLabel('Or take them from a file').setInputFiles(csv)
  await page.getByRole('button', { name: 'Add 2 customers' }).waitFor()
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'audience-add')
  await page.getByRole('button', { name: 'Add 2 customers' }).click()
  await page.getByRole('row', { name: /^cy/ }).waitFor()
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'audience-list')
  await page.getByRole('button', { name: 'Take out cy' }).click()
  await eventually(
    () => page.getByRole('row', { name: /^cy/ }).count(),
    (count) => count === 0,
  )
  await page.getByRole('button', { name: 'Put back' }).click()
  await page.getByRole('row', { name: /^cy/ }).waitFor()
  await page.getByRole('searchbox').fill('bo')
  await page.waitForURL(/search=bo/)
  await eventually(
    () => page.getByRole('row').count(),
    (rows) => rows === 2,
  )
  await watched.close()
})

it('says which ids cannot be, and changes nothing', async () => {
  const { body } = await server.call('POST', '/audiences', { name: 'Strict' })
  const watched = await openApp(server, `/audiences/${body.id}?do=add`)
  const { page } = watched
  await page.getByLabel('Customer ids').fill(`ada\n${'y'.repeat(300)}`)
  await page.getByRole('button', { name: 'Add 2 customers' }).click()
  await page.getByText(/“y{60}…”: The customer id is longer than 255 characters/).waitFor()
  expect((await server.call('GET', `/audiences/${body.id}`)).body.size).toBe(0)
  await watched.close()
})

it('judges a condition as it is typed, builds it, and tells how a change would change it', async () => {
  for (const [id, plan] of [
    ['g1', 'gold'],
    ['g2', 'gold'],
    ['f1', 'free'],
  ] as const)
    // prettier-ignore
    await server.call('PUT', `/customers/${id}`, { traits: { plan } })
  const watched = await openApp(server, '/audiences?new=yes')
  const { page } = watched
  await page.getByRole('textbox', { name: 'Name' }).fill('Gold')
  await page.getByRole('radio', { name: 'Condition' }).click()
  await asJson(page, '{"all": [{"trait": "plan", "op": "in", "value": 7}]}')
  await page
    .getByText(/a list/i)
    .first()
    .waitFor()
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'audience-condition-wrong')
  await asJson(page, '{"trait": "plan", "op": "eq", "value": "gold"}')
  await page.getByRole('dialog').getByText('plan is gold', { exact: true }).waitFor()
  await page.getByText(/^Holds for 2 of \d+ customers now/).waitFor()
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'audience-condition')
  await page.getByRole('button', { name: 'Create audience' }).click()
  await page.waitForURL(/\/audiences\/aud_\w+$/)
  await page.getByRole('row', { name: /^g2/ }).waitFor({ timeout: 20_000 })
  await page.getByRole('banner').getByText('Ready').waitFor()
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'audience-condition-page')
  expect(await page.getByRole('button', { name: /^Take out/ }).count()).toBe(0)

  await page.getByRole('button', { name: 'Change condition' }).click()
  await asJson(page, '{"trait": "plan", "op": "eq", "value": "free"}')
  await page.getByText('Compared with today, 1 comes in and 2 go out.').waitFor()
  await picture(watched, 'audience-change')
  await asJson(page, '{"trait": "plan", "op": "in", "value": ["gold", "free"]}')
  await page.getByText('Compared with today, 1 comes in and nobody goes out.').waitFor()
  const id = /aud_\w+/.exec(page.url())![0]
  await server.call('PUT', `/audiences/${id}`, { name: 'Gold, renamed elsewhere' })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').getByRole('alert').waitFor()
  expect((await server.call('GET', `/audiences/${id}`)).body.name).toBe('Gold, renamed elsewhere')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Change condition' }).click()
  await asJson(page, '{"trait": "plan", "op": "in", "value": ["gold", "free"]}')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /^f1/ }).waitFor({ timeout: 20_000 })
  await watched.close()
})

/** Types a condition as JSON. */
async function asJson(page: Page, text: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  const field = dialog.getByRole('textbox', { name: 'Condition as JSON' })
  if (!(await field.isVisible())) await dialog.getByRole('button', { name: 'As JSON' }).click()
  await field.fill(text)
}

it('says what names an audience before it is deleted, and leads there', async () => {
  const { body: inner } = await server.call('POST', '/audiences', { name: 'Inner' })
  await server.call('POST', '/audiences', { name: 'Outer', kind: 'condition', when: { audience: inner.id, op: 'in' } })
  const watched = await openApp(server)
  const { page } = watched
  const asked: string[] = []
  page.on('request', (request) => request.url().includes('/used-by?') && asked.push(new URL(request.url()).pathname))
  await page.goto(`${server.url}/audiences`)
  const row = page.getByRole('row', { name: /^Inner/ })
  await row.getByRole('button', { name: '1 uses Inner' }).hover()
  await page.getByRole('tooltip').getByText('Outer').waitFor()
  await row.getByRole('button', { name: '1 uses Inner' }).click()
  await page.getByRole('dialog', { name: 'Used by' }).getByRole('link', { name: 'Outer' }).waitFor()
  await picture(watched, 'audiences-uses')
  expect(asked).toEqual(['/api/v1/audiences/used-by'])
  await page.goto(`${server.url}/audiences/${inner.id}`)
  await page.getByRole('list', { name: 'Used by' }).getByRole('link', { name: 'Outer' }).waitFor()
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete audience' }).click()
  await page.getByRole('heading', { name: 'This is in use' }).waitFor()
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'audience-in-use')
  await page.getByRole('link', { name: 'Outer' }).click()
  await page.getByText('in Inner', { exact: true }).waitFor()
  await page.goto(`${page.url().split('?')[0]}?do=delete`)
  await page.getByRole('button', { name: 'Delete audience' }).click()
  await page.waitForURL(`${server.url}/audiences`)
  await eventually(
    () => page.getByRole('row', { name: /^Outer/ }).count(),
    (count) => count === 0,
  )
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'audiences')
  await watched.close()
})

it('offers a viewer nothing that a viewer may not do', async () => {
  const { body } = await server.call('GET', '/audiences')
  const { body: viewer } = await server.call('POST', '/users', { name: 'Vera', role: 'viewer' })
  const { body: link } = await server.call('POST', `/users/${viewer.id}/sign-in-links`)
  const page = await server.browser.newPage()
  await page.goto(link.url as string)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.goto(`${server.url}/audiences`)
  await page.getByRole('row', { name: /^Strict/ }).waitFor()
  expect(await page.getByRole('button', { name: 'New audience' }).count()).toBe(0)
  const list = (body.data as { id: string; name: string }[]).find(({ name }) => name === LONG)!
  await page.goto(`${server.url}/audiences/${list.id}?do=add`)
  await page.getByRole('row', { name: /^ada/ }).waitFor()
  expect(await page.getByRole('button', { name: /Take out|Add customers/ }).count()).toBe(0)
  expect(await page.getByRole('dialog').count()).toBe(0)
  await page.goto(`${server.url}/audiences/aud_nothing`)
  await page.getByRole('heading', { name: 'This is not here' }).waitFor()
  await page.close()
})
