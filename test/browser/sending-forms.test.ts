import type { Page } from 'playwright-core'
import { startTestApi } from '../support/api.js'
import { openEditor, savedConfig, type Edited } from '../support/editor.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, picture } from '../support/web.js'

/* The forms of what sends and changes, in the real editor: what is written is what the API has, what is previewed is what would be sent. */

const test = seen(startTestApi)

const place = (y: number) => ({ x: 0, y })
const TILES = [
  { id: 'entry', type: 'entry', name: 'Came in', position: place(0), config: { triggers: [{ type: 'manual' }] } },
  {
    id: 'hello',
    type: 'action',
    name: 'Hello',
    position: place(160),
    config: { destinationId: 'sandbox', action: 'send_email', fields: { to: '{{ customer.traits.email }}', subject: 'Hi ' } },
  },
  { id: 'hook', type: 'webhook', name: 'Call', position: place(320), config: { method: 'POST', url: 'https://example.com/hook' } },
  {
    id: 'note',
    type: 'updateProfile',
    name: 'Note',
    position: place(480),
    config: { changes: [{ op: 'set', trait: 'seen', value: true }] },
  },
  { id: 'end', type: 'exit', name: 'End', position: place(640), config: { reason: 'completed' } },
]
const EDGES = TILES.slice(1).map(({ id }, index) => ({ from: TILES[index]!.id, to: id }))

const edit = (): Promise<Edited> => openEditor(test, { name: 'Sends', tiles: TILES, edges: EDGES })
const configOf = (edited: Edited, tile: string): Promise<unknown> => savedConfig(test, edited, tile)

/** Chooses from an open list that finds by typing. */
async function pick(page: Page, typed: string, name: string | RegExp): Promise<void> {
  await page.locator('[cmdk-input]').fill(typed)
  await page.getByRole('option', { name }).first().click()
}

/** Clicks a button until there is nothing left to do for it. */
async function clickAll(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true })
  while (await button.isEnabled()) await button.click()
}

/** What stands in a template field, whichever way it is shown. */
const textOf = (page: Page, label: string): Promise<string | null> =>
  page.getByLabel(label, { exact: true }).evaluate((element) => ('value' in element ? String(element.value) : element.textContent))

it('an email is written with a variable, shown as a real customer would get it, and sent as a test', async () => {
  await test.api('PUT', '/customers/ada', { body: { traits: { email: 'ada@example.com', name: 'Ada' } } })
  const edited = await edit()
  const { page, editor } = edited
  await editor.tile(/^Hello/).click()
  await page.getByLabel('Subject').focus()
  await page.keyboard.press('End')
  // By keys: the list is found by typing, and the cursor is behind what was put in.
  await page.locator('[data-path="/config/fields/subject"]').getByRole('button', { name: 'Insert a variable' }).click()
  await page.locator('[cmdk-input]:focus').waitFor()
  await page.keyboard.type('customerid')
  await page.locator('[cmdk-item][aria-selected=true]').filter({ hasText: 'customer.id' }).waitFor()
  await page.keyboard.press('Enter')
  await page.locator('[role=textbox][aria-label=Subject]:focus').filter({ hasText: 'Hi {{ customer.id }}' }).waitFor()
  await page.keyboard.type('!')
  await page.getByRole('radio', { name: 'Go on' }).first().click()
  expect(await configOf(edited, 'hello')).toMatchObject({
    fields: { to: '{{ customer.traits.email }}', subject: 'Hi {{ customer.id }}!' },
    onFailure: 'continue',
  })
  await page.reload()
  await editor.tile(/^Hello/).click()
  expect(await textOf(page, 'Subject')).toBe('Hi {{ customer.id }}!')
  expect(await page.getByRole('radio', { name: 'Go on' }).first().isChecked()).toBe(true)

  // Nobody: the variable that has no value is said at its field.
  const shown = page.getByRole('group', { name: 'As it would be sent' })
  const toField = page.locator('[data-path="/config/fields/to"]')
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  await shown.getByText(/there is no customer.traits.email/).waitFor()
  await toField.getByText(/In the preview for a customer without traits: .*customer.traits.email/).waitFor()
  expect(await page.getByRole('textbox', { name: 'To', exact: true }).getAttribute('aria-invalid')).toBe('true')
  await page.getByRole('combobox', { name: /For whom/ }).click()
  await pick(page, 'ada', /Ada/)
  await page.getByText('As Ada would get it').waitFor()
  await shown.getByText('Hi ada!', { exact: true }).waitFor()
  expect(await toField.getByText(/In the preview/).count()).toBe(0)

  // What was made from something else is never shown as if it were of now, and follows by itself.
  const hold: (() => void)[] = []
  await page.route('**/templates/preview', async (route) => {
    await new Promise<void>((go) => hold.push(go))
    await route.continue()
  })
  await page.getByLabel('Subject').focus()
  await page.keyboard.press('End')
  await page.keyboard.type(' {{ customer.traits.nme }}')
  await page.getByText('Changed since: rendering it again').waitFor()
  expect(await shown.getAttribute('aria-busy')).toBe('true')
  await shown.scrollIntoViewIfNeeded()
  await picture(edited, 'preview-stale')
  await page.unroute('**/templates/preview')
  for (const go of hold) go()
  await page
    .locator('[data-path="/config/fields/subject"]')
    .getByText(/In the preview for Ada: .*customer.traits.nme/)
    .waitFor()
  expect(await shown.getAttribute('aria-busy')).toBe('false')
  await page.getByLabel('Subject').fill('Hi {{ customer.id }}!')
  await shown.getByText('Hi ada!', { exact: true }).waitFor()

  await page.getByLabel('Send the test to').fill('me@example.com')
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByText(/^Sent\./).waitFor()
  const sent = (await test.api('GET', '/sandbox/messages')).body.data as { fields: object }[]
  expect(sent[0]!.fields).toMatchObject({ to: 'me@example.com', subject: '[Test] Hi ada!' })
  await expectGoodPage(edited, test, 'action-form')
  await edited.close()
}, 90_000)

it('a webhook gets a header, keeps a part of the answer and is signed; a profile change adds to a number', async () => {
  const { body: secret } = await test.api('POST', '/secrets', {
    body: { name: 'hook', value: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
  })
  const edited = await edit()
  const { page, editor } = edited
  await editor.tile(/^Call/).click()
  await page.getByRole('button', { name: 'Add a header' }).click()
  await page.getByRole('textbox', { name: 'Header' }).fill('x-from')
  await page.getByLabel('Value of x-from').fill('{{ member.id }}')
  // How many steps these are depends on how fast they were typed.
  await clickAll(page, 'Undo')
  expect(await page.getByLabel('Value of x-from').count()).toBe(0)
  await clickAll(page, 'Redo')
  expect(await textOf(page, 'Value of x-from')).toBe('{{ member.id }}')
  await page.getByRole('button', { name: 'Keep something' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).last().fill('reward')
  await page.getByLabel('Where reward is in the answer').fill('/data/reward')
  await page.getByText('Advanced').click()
  await page.getByRole('switch', { name: 'Sign each call' }).click()
  await page.getByRole('combobox', { name: 'Signing secret' }).click()
  await pick(page, 'hook', 'hook')
  await page.getByLabel(/Longest wait/).fill('20 seconds')
  expect(await configOf(edited, 'hook')).toEqual({
    method: 'POST',
    url: 'https://example.com/hook',
    headers: { 'x-from': '{{ member.id }}' },
    save: { reward: '/data/reward' },
    sign: true,
    secretId: secret.id,
    timeout: 'PT20S',
    onFailure: 'park',
  })
  await expectGoodPage(edited, test, 'webhook-form')

  await editor.tile(/^Note/).click()
  await page.getByRole('combobox', { name: 'Change' }).click()
  await page.getByRole('option', { name: 'Add to a number' }).click()
  await page.getByLabel('By').fill('2')
  expect(await configOf(edited, 'note')).toEqual({ changes: [{ op: 'increment', trait: 'seen', by: 2 }] })
  await edited.close()
}, 90_000)
