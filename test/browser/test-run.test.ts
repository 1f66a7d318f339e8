import type { Locator, Page } from 'playwright-core'
import { DAYS } from '../../model/choices.js'
import { startTestApi } from '../support/api.js'
import { eventually } from '../support/canvas.js'
import { openEditor, type Edited } from '../support/editor.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp, picture, withoutAnswers } from '../support/web.js'

/* The test run in the real editor: a script is filled in, walked by the engine, and stepped through on the canvas. */

const test = seen(startTestApi)

const at = (row: number, column = 0) => ({ x: column * 320, y: row * 160 })
const mail = (id: string, name: string, row: number, subject: string, column = 0) => ({
  id,
  type: 'action',
  name,
  position: at(row, column),
  config: {
    destinationId: 'sandbox',
    action: 'send_email',
    fields: { to: '{{ customer.traits.email | default: "nobody@example.com" }}', subject, text: 'Text', html: '<h1>Read me</h1>' },
  },
})
const BOUGHT = { kind: 'event', event: 'purchase', timeout: 'P5D' }
const LARGE = { kind: 'condition', paths: [{ id: 'yes', when: { property: 'total', of: 'tile:bought', op: 'gt', value: 50 } }] }
const CALL = { method: 'POST', url: 'https://example.com/crm', save: { code: '/code' }, onFailure: 'branch', retry: { maxAttempts: 1 } }
const TILES = [
  { id: 'entry', type: 'entry', name: 'Signed up', position: at(0), config: { triggers: [{ type: 'event', event: 'signed_up' }] } },
  mail('hello', 'Hello', 1, 'Hello {{ customer.traits.name | default: "you" }}'),
  { id: 'bought', type: 'wait', name: 'Bought?', position: at(2), config: BOUGHT },
  { id: 'large', type: 'branch', name: 'Large?', position: at(3), config: LARGE },
  { id: 'crm', type: 'webhook', name: 'Tell the CRM', position: at(4), config: CALL },
  mail('code', 'Code', 5, 'Your code is {{ tiles.crm.code }}'),
  mail('sorry', 'Sorry', 5, 'Sorry, no code', 1),
  { id: 'end', type: 'exit', name: 'End', position: at(6), config: { reason: 'thanked' } },
]
const EDGES = [
  ['entry', 'hello'], ['hello', 'bought'], ['bought', 'large', 'met'], ['bought', 'end', 'timeout'], ['large', 'crm', 'yes'],
  ['large', 'end', 'else'], ['crm', 'code'], ['crm', 'sorry', 'failed'], ['code', 'end'], ['sorry', 'end'],
].map(([from, to, port]) => ({ from, to, ...(port !== undefined && { port }) })) // prettier-ignore

const edit = (more: object = {}): Promise<Edited> =>
  openEditor(test, { name: 'Tested', tiles: TILES, edges: EDGES, settings: { timezone: 'Asia/Tokyo' }, ...more })

const drawer = (page: Page): Locator => page.getByRole('region', { name: 'Test run', exact: true })
const result = (page: Page): Locator => page.getByRole('region', { name: 'Result of the test run' })
const run = (page: Page): Promise<void> => page.getByRole('button', { name: 'Run', exact: true }).click()

/** Chooses from the list of a combobox, or takes what was typed. */
async function pick(page: Page, box: Locator, typed: string): Promise<void> {
  await box.click()
  await page.locator('[cmdk-input]').fill(typed)
  await page.getByRole('option', { name: typed }).first().click()
}

/** Chooses from a short list. */
async function choose(page: Page, box: Locator, name: string | RegExp): Promise<void> {
  await box.click()
  await page.getByRole('option', { name }).click()
}

/** Adds an event so many days after the start. */
async function addEvent(page: Page, n: number, event: string, days: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Add an event' }).click()
  const item = page.getByRole('region', { name: `Event ${n}`, exact: true })
  await item.getByLabel('How long').fill(days)
  await choose(page, item.getByLabel('Unit'), 'days')
  await pick(page, item.getByRole('combobox', { name: 'Event', exact: true }), event)
  return item
}

/** How tiles are marked, once they are so. */
async function marked(page: Page, marks: Record<string, string | null>): Promise<void> {
  const read = async (): Promise<object> =>
    Object.fromEntries(
      await Promise.all(
        Object.keys(marks).map(async (id) => [id, await page.locator(`[data-tile="${id}"]`).getAttribute('data-mark')] as const),
      ),
    )
  await eventually(read, (now) => JSON.stringify(now) === JSON.stringify(marks), 8_000)
}

it('a made-up customer walks by two events and a scripted failure; the way is lit and stepped through by key', async () => {
  const edited = await edit()
  const { page, editor } = edited
  await editor.press('t')
  await drawer(page).waitFor()
  await editor.press('?')
  await page.getByRole('dialog').getByText('One step on in the test').waitFor()
  await editor.press('Escape')

  await page.getByRole('group', { name: 'Traits' }).getByRole('button', { name: 'Add a trait' }).click()
  await pick(page, page.getByRole('combobox', { name: 'Name 1' }), 'name')
  await page.getByRole('textbox', { name: 'name', exact: true }).fill('Grace')
  await addEvent(page, 1, 'browse', '1')
  const purchase = await addEvent(page, 2, 'purchase', '2')
  await purchase.getByRole('button', { name: 'Add a property' }).click()
  await pick(page, purchase.getByRole('combobox', { name: 'Name 1' }), 'total')
  await choose(page, purchase.getByRole('combobox', { name: 'Type of total' }), 'Number')
  await purchase.getByRole('textbox', { name: 'total', exact: true }).fill('80')
  await page.getByText('What is answered').click()
  await page.getByRole('button', { name: 'Add an answer to Tell the CRM' }).click()
  const answer = page.getByRole('group', { name: 'Attempt 1 and on' })
  await choose(page, answer.getByRole('combobox'), /Fails for good/)
  await answer.getByLabel('Error code').fill('503')
  await run(page)

  await page
    .getByRole('status')
    .filter({ hasText: /^It left on .*\(Asia\/Tokyo\): thanked\.$/ })
    .waitFor()
  await drawer(page).getByText('Step 7 of 7: End').waitFor()
  await marked(page, { entry: 'lit', hello: 'lit', large: 'lit', crm: 'lit', code: 'dim', sorry: 'lit', end: 'here' })
  await result(page).getByText('total of Bought? was 80 → yes').waitFor()
  expect(
    await result(page)
      .getByText(/· \+2 days$/)
      .count(),
  ).toBeGreaterThan(0)
  await expectGoodPage(edited, test, 'test-run')
  expect(await page.locator('[data-scroller]').evaluate((shell) => shell.scrollTop)).toBe(0)

  await drawer(page).getByRole('button', { name: 'To the last step' }).focus()
  await editor.press('Home')
  await marked(page, { entry: 'here', hello: 'dim', end: 'dim' })
  await editor.press('ArrowRight')
  await marked(page, { entry: 'lit', hello: 'here', bought: 'dim' })
  await result(page).getByText('Hello Grace').first().waitFor()
  await result(page).frameLocator('iframe').getByRole('heading', { name: 'Read me' }).waitFor()
  await picture(edited, 'test-run-message')
  await editor.tile(/^Bought/).click({ force: true })
  await editor.press('.', '.')
  await drawer(page).getByText('Step 4 of 7: Large?').waitFor()
  await editor.press(',')
  await marked(page, { bought: 'here', large: 'dim' })
  await result(page).getByRole('button', { name: 'Tell the CRM' }).click()
  await result(page)
    .getByText(/^Attempt 1, .*: failed\. Answered as scripted\.$/)
    .waitFor()
  await result(page)
    .getByText(/Failed: .*\(503\)/)
    .waitFor()

  await drawer(page).getByRole('button', { name: 'Close' }).click()
  await marked(page, { entry: null, end: null })
  expect(edited.complaints).toEqual([])
  await edited.close()
}, 120_000)

it('a message that quiet hours put off says until when and by what, as in the view of a member', async () => {
  const days = [0, 1].map((n) => DAYS[(new Date().getUTCDay() + 6 + n) % 7])
  const quietHours = { from: '00:00', to: '00:00', days, timezone: 'UTC' }
  const quiet = TILES.map((tile) => (tile.id === 'hello' ? { ...tile, config: { ...tile.config, quietHours } } : tile))
  const { page, editor } = await edit({ tiles: quiet })
  await editor.press('t')
  await run(page)
  const says = result(page).getByText(/^Waits to be sent until .*, 00:00:00 \(UTC\): quiet hours of the tile, .*00:00–00:00 \(UTC\)$/)
  await says.waitFor()
})

it('what is edited is saved before it is run; a result of before is marked as stale', async () => {
  const edited = await edit()
  const { page, editor } = edited
  await editor.press('t')
  await run(page)
  await page
    .getByRole('status')
    .filter({ hasText: /: thanked\.$/ })
    .waitFor()
  await editor.tile(/^End/).click({ force: true })
  await page.getByLabel('Name', { exact: false }).last().fill('The end')
  expect(await result(page).getByText('The canvas has changed').count()).toBe(0)
  await page.getByLabel('Reason').fill('bored')
  await result(page).getByText('The canvas has changed: run again.').waitFor()
  await picture(edited, 'test-run-stale')
  await result(page).getByRole('button', { name: 'Run again' }).click()
  await page
    .getByRole('status')
    .filter({ hasText: /: bored\.$/ })
    .waitFor()
  expect(await result(page).getByText('The canvas has changed').count()).toBe(0)
  await page.reload()
  await edited.close()
}, 90_000)

it('a draft that somebody else saved meanwhile is walked, and it is said that it is theirs', async () => {
  const edited = await edit()
  const { page, editor, id } = edited
  await editor.press('t')
  const tiles = TILES.map((tile) => (tile.id === 'end' ? { ...tile, config: { reason: 'elsewhere' } } : tile))
  expect((await test.api('PUT', `/journeys/${id}`, { body: { name: 'Tested', tiles, edges: EDGES } })).status).toBe(200)
  await run(page)
  await page
    .getByRole('status')
    .filter({ hasText: /: elsewhere\.$/ })
    .waitFor()
  await result(page).getByText('Somebody else has saved this draft meanwhile').waitFor()
  await edited.close()
}, 60_000)

it('bad input is marked at its field, also what the server refuses; the script stays with the tab', async () => {
  const edited = await edit()
  const { page, editor } = edited
  await page.getByRole('button', { name: 'Test run' }).click()
  await page.getByRole('button', { name: 'Add an event' }).click()
  await run(page)
  const event = page.getByRole('region', { name: 'Event 1', exact: true })
  await event.getByText('Fill this in.').waitFor()
  await pick(page, event.getByRole('combobox', { name: 'Event', exact: true }), 'purchase')
  await eventually(() => event.getByText('Fill this in.').count(), (count) => count === 0) // prettier-ignore
  await choose(page, event.getByRole('combobox', { name: 'When' }), 'On')
  await event.getByLabel('Date and time').fill('2027-01-01T09:00')
  await page.getByText('Begin and end').click()
  await page.getByLabel('Begins').fill('2027-01-02T09:00')
  await run(page)
  await event.getByText('It is before the customer enters. Give a later instant.').waitFor()
  await eventually(
    () => event.getByLabel('Date and time').evaluate((input) => input.matches(':focus') && input.getAttribute('aria-invalid')),
    (invalid) => invalid === 'true',
  )
  await expectGoodPage({ ...edited, complaints: withoutAnswers(edited.complaints, 422, 400) }, test, 'test-run-fault')
  await event.getByLabel('Date and time').fill('2027-01-03T09:00')
  await eventually(() => event.getByText('It is before').count(), (count) => count === 0) // prettier-ignore
  await run(page)
  await page
    .getByRole('status')
    .filter({ hasText: /^It left on 3 Jan 2027/ })
    .waitFor()
  await page.reload()
  await page.locator('.tw-canvas').waitFor()
  await editor.press('t')
  expect(await event.getByLabel('Date and time').inputValue()).toBe('2027-01-03T09:00')
  await edited.close()
}, 90_000)

it('what is wrong with the canvas is told, and gone to by click', async () => {
  const edited = await edit({ edges: EDGES.filter(({ from }) => from !== 'sorry') })
  const { page, editor } = edited
  await editor.press('t')
  await run(page)
  await result(page)
    .getByText(/^It was not run: \d problems? of the canvas/)
    .waitFor()
  await result(page)
    .getByRole('button', { name: /Sorry:/ })
    .first()
    .click()
  await page.getByRole('complementary', { name: 'Selected tile' }).getByRole('heading', { name: 'Sorry' }).waitFor()
  await edited.close()
}, 60_000)

it('who cannot edit, as on a phone, tests what is live, from the link of the other pages', async () => {
  const { id } = (await test.api('POST', '/journeys', { body: { name: 'Live', tiles: TILES, edges: EDGES } })).body as { id: string }
  await test.api('POST', `/journeys/${id}/activate`)
  const viewport = { width: 390, height: 844 }
  const watched = await openApp(test, `/journeys/${id}/versions`, { viewport, reducedMotion: 'reduce' })
  const { page } = watched
  await page.getByRole('link', { name: 'Test run' }).click()
  await drawer(page).waitFor()
  await run(page)
  await page
    .getByRole('status')
    .filter({ hasText: /: thanked\.$/ })
    .waitFor()
  await marked(page, { end: 'here' })
  const canvas = (await page.locator('.tw-canvas').boundingBox())!
  await eventually(
    async () => (await page.locator('[data-tile="end"]').boundingBox())!,
    ({ x, y, width, height }) => x >= 0 && x + width <= 390 && y >= canvas.y && y + height <= canvas.y + canvas.height,
  )
  await picture(watched, 'test-run-phone-result')
  await expectGoodPage(watched, test, 'test-run-phone')
  await watched.close()
}, 60_000)
