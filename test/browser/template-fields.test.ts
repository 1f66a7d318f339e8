import type { Locator, Page } from 'playwright-core'
import { createUser } from '../../store/users.js'
import { noteSightings, TRAITS } from '../../store/schema.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { startTestApi } from '../support/api.js'
import { openEditor, openEditorAt, savedConfig, type Edited } from '../support/editor.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, picture } from '../support/web.js'

/* Fields with Liquid in the real editor: what is marked, what is offered, and that a line is a line. */

const test = seen(startTestApi, async () => {
  const seen = (of: string, name: string, type: string, sample?: string | number) => ({ workspaceId: DEFAULT_WORKSPACE, of, name, type, ...(sample !== undefined && { sample }) }) // prettier-ignore
  await noteSightings(test.db, [
    seen('ordered', '', ''),
    seen('ordered', 'total', 'number', 12),
    seen('ordered', 'coupon', 'string', 'SPRING'),
    seen(TRAITS, 'plan', 'string', 'gold'),
    seen(TRAITS, 'first name', 'string', 'Ada'),
  ])
  await test.api('POST', '/secrets', { body: { name: 'crm', value: 'a-secret' } })
})

const place = (y: number) => ({ x: 0, y })
const tilesWith = (hook: object) => [
  { id: 'entry', type: 'entry', position: place(0), config: { triggers: [{ type: 'manual' }] } },
  { id: 'order', type: 'wait', name: 'Order', position: place(160), config: { kind: 'event', event: 'ordered', timeout: 'P3D' } },
  { id: 'hook', type: 'webhook', name: 'Call', position: place(320), config: { method: 'POST', url: 'https://example.com/hook', ...hook } },
  { id: 'late', type: 'webhook', name: 'Late', position: place(480), config: { method: 'GET', url: 'https://example.com/', save: { x: '/x' } } },
  { id: 'end', type: 'exit', name: 'End', position: place(640), config: { reason: 'completed' } },
] // prettier-ignore
const EDGES = [
  { from: 'entry', to: 'order' },
  { from: 'order', port: 'met', to: 'hook' },
  { from: 'order', port: 'timeout', to: 'hook' },
  { from: 'hook', to: 'late' },
  { from: 'late', to: 'end' },
]

/** Opens the form of the webhook. */
async function openHook(hook: object, user?: string): Promise<Edited> {
  const { id } = (await test.api('POST', '/journeys', { body: { name: 'Calls', tiles: tilesWith(hook), edges: EDGES } })).body as { id: string } // prettier-ignore
  const edited = await openEditorAt(test, id, user)
  await edited.editor.tile(/^Call/).click()
  await edited.page.getByText('What it does').waitFor()
  return edited
}

const field = (page: Page, path: string): Locator => page.locator(`[data-path="/config/${path}"]`)
const configOf = (edited: Edited): Promise<unknown> => savedConfig(test, edited, 'hook')
/** What a field says to who cannot see its marks. */
async function descriptionOf(box: Locator): Promise<string> {
  const ids = ((await box.getAttribute('aria-describedby')) ?? '').split(' ').filter(Boolean)
  return (await Promise.all(ids.map((id) => box.page().locator(`[id="${id}"]`).textContent()))).join(' ')
}

it('marks in the text what is unknown, never came in, or is no Liquid, and says why', async () => {
  const edited = await openHook({
    url: 'https://example.com/{{ custmer.id }}',
    body: 'Hi {{ customer.traits["first name"] }},\n{{ customer.traits.plna }} {{ tiles.late.x }}\n{{ tiles.order.properties.total }}',
    headers: { 'x-a': '{{ secrets.crn }}' },
  })
  const { page } = edited
  const [url, body] = [page.getByRole('textbox', { name: 'URL' }), page.getByRole('textbox', { name: /^Body/ })]
  const red = (path: string): Promise<string[]> => field(page, path).locator('.tw-mark-red').allTextContents()
  await field(page, 'url').locator('.tw-mark-red').waitFor()
  await field(page, 'body').locator('.tw-mark-red').waitFor()
  await field(page, 'headers/x-a').locator('.tw-mark-red').waitFor()
  expect([await red('url'), await red('body'), await red('headers/x-a')].map((all) => all.join(''))).toEqual(['custmer.id', 'tiles.late.x', 'secrets.crn']) // prettier-ignore
  expect((await field(page, 'body').locator('.tw-mark-amber').allTextContents()).join('')).toBe('customer.traits.plna')
  expect(await descriptionOf(url)).toContain("There is no 'custmer' in templates")
  expect(await descriptionOf(body)).toContain('No customer has had the trait “plna” so far. Did you mean “plan”?')
  expect(await url.getAttribute('aria-invalid')).toBe('true')
  const drawn = (await page.evaluate(`[...document.querySelectorAll('[class^=tw-mark]')].map((each) => getComputedStyle(each).textDecoration)`)) as string[] // prettier-ignore
  expect(drawn.filter((decoration) => !decoration.includes('wavy'))).toEqual([])
  await field(page, 'body').locator('.tw-mark-amber').hover()
  await page.locator('.tw-mark-tip').getByText('Did you mean “plan”?').waitFor()
  await picture(edited, 'marks-hover')
  // The cursor in it says so too, and the mark goes with the text until it is judged anew.
  await url.focus()
  await page.keyboard.press('End')
  for (let presses = 0; presses < 5; presses++) await page.keyboard.press('ArrowLeft')
  await page.locator('.tw-mark-tip').getByText("There is no 'custmer'").waitFor()
  await url.fill('https://example.com/{{ customer.id }}')
  await field(page, 'url').locator('.tw-mark-red').waitFor({ state: 'detached' })
  await page.locator('[role=textbox][aria-label=URL]:not([aria-invalid])').waitFor()

  await url.fill('https://example.com/{{ customer.id | shout }}/x')
  await field(page, 'url').locator('.tw-mark-red').waitFor()
  expect((await red('url')).join('')).toBe('shout')
  await expectGoodPage(edited, test, 'marks')
  await edited.close()
}, 90_000)

it('a line stays a line: the editor takes over where one is writing, Enter breaks nothing, Tab goes on', async () => {
  const headers = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`x-${index}`, `value ${index}`]))
  const edited = await openHook({ headers })
  const { page } = edited
  // The body has an editor; twenty headers and the URL have none, for nobody has written in them yet.
  await page.locator('.cm-editor').waitFor()
  expect(await page.locator('.cm-editor').count()).toBe(1)
  const box = page.getByLabel('Value of x-3', { exact: true })
  const before = (await box.boundingBox())!
  expect(await box.evaluate((element) => element.tagName)).toBe('INPUT')
  await box.focus()
  const editor = field(page, 'headers/x-3').locator('.cm-editor')
  await editor.waitFor()
  await page.locator('[aria-label="Value of x-3"][role=textbox]:focus').waitFor()
  const frame = (await editor.locator('..').boundingBox())!
  expect([frame.x, frame.y, frame.width, frame.height].map(Math.round)).toEqual([before.x, before.y, before.width, before.height].map(Math.round)) // prettier-ignore
  await page.keyboard.press('End')
  await page.keyboard.type('A')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('B')
  expect(await configOf(edited)).toMatchObject({ headers: { 'x-3': 'value 3AB' } })
  await page.keyboard.press('Tab')
  await field(page, 'headers/x-3').locator('button:focus').waitFor()
  await page.keyboard.press('Shift+Tab')
  await page.locator('[aria-label="Value of x-3"]:focus').waitFor()
  expect(await page.locator('.cm-editor').count()).toBe(2)
  // What is pasted with breaks loses them, as in an input.
  await page.evaluate(`(() => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', 'one\\ntwo')
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })()`)
  await editor.getByText('onetwo').waitFor()
  expect(await editor.locator('.cm-line').count()).toBe(1)
  await edited.close()
}, 90_000)

it('keeps focus, caret and what was typed while the editor is on its way', async () => {
  const arrived: (() => void)[] = []
  const edited = await openEditor(test, { name: 'Slow', tiles: tilesWith({}), edges: EDGES })
  const { page, editor } = edited
  await page.route('**/template-editor*.js', async (route) => {
    await new Promise<void>((go) => arrived.push(go))
    await route.continue()
  })
  await editor.tile(/^Call/).click()
  await page.getByLabel('URL').focus()
  await page.keyboard.press('End')
  await page.keyboard.type('/ab')
  await page.keyboard.press('ArrowLeft')
  expect(await page.locator('.cm-editor').count()).toBe(0)
  const body = page.getByLabel('Body')
  const plain = (await body.boundingBox())!
  for (const go of arrived) go()
  await page.locator('[role=textbox][aria-label=URL]:focus').waitFor()
  await page.keyboard.type('X')
  expect(await configOf(edited)).toMatchObject({ url: 'https://example.com/hook/aXb' })
  const rich = (await field(page, 'body').locator('.cm-editor').locator('..').boundingBox())!
  expect(Math.round(rich.height)).toBe(Math.round(plain.height))
  await edited.close()
}, 90_000)

it('offers variables and filters while one types, and in a list that is found by typing', async () => {
  const edited = await openHook({ body: '', headers: { 'x-a': 'v' } })
  const { page } = edited
  const offered = page.locator('.cm-tooltip-autocomplete')
  await page.getByRole('textbox', { name: /^Body/ }).focus()
  await page.keyboard.type('{{')
  await offered.getByRole('option', { name: /customer\.id/ }).waitFor()
  await page.keyboard.type(' customer.traits.pl')
  await offered.getByRole('option', { name: /customer\.traits\.plan/ }).waitFor()
  await picture(edited, 'completion')
  await page.keyboard.press('Enter')
  await field(page, 'body').getByText('{{ customer.traits.plan }}').waitFor()
  await page.keyboard.type(' | upc')
  await offered.getByRole('option', { name: /upcase/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.keyboard.type(' }}')
  expect(await configOf(edited)).toMatchObject({ body: '{{ customer.traits.plan | upcase }}' })

  // What came before and what it gave; nothing of what comes later, secrets in headers only.
  const all = page.locator('[cmdk-item]')
  await field(page, 'body').getByRole('button', { name: 'Insert a variable' }).press('Enter')
  await page.getByText('Order · Number, such as 12').waitFor()
  await page.locator('[cmdk-group-heading]').getByText('Tiles before').waitFor()
  await page.getByText('Text, such as Ada').waitFor()
  expect((await all.allTextContents()).filter((text) => /^(secrets|tiles\.late|entry)/.test(text))).toEqual([])
  await picture(edited, 'picker')
  await page.keyboard.press('Escape')
  await field(page, 'body').locator('button:focus').waitFor()
  await field(page, 'headers/x-a').getByRole('button', { name: 'Insert a variable' }).press('Enter')
  await page.locator('[cmdk-input]:focus').waitFor()
  await page.keyboard.type('crm')
  await page.locator('[cmdk-item][aria-selected=true]').getByText('secrets.crm').waitFor()
  await page.keyboard.press('Enter')
  await page.locator('[aria-label="Value of x-a"]:focus').getByText('{{ secrets.crm }}').waitFor()
  expect(await configOf(edited)).toMatchObject({ headers: { 'x-a': 'v{{ secrets.crm }}' } })
  await edited.close()
}, 90_000)

it('shows a viewer everything, with nothing to press that does nothing, and a preview', async () => {
  const { id: user } = await createUser(test.db, DEFAULT_WORKSPACE, { name: 'Vera', role: 'viewer' })
  await test.api('PUT', '/customers/bea', { body: { traits: { name: 'Bea' } } })
  const edited = await openHook({ body: 'Hi {{ customer.id }}', headers: { 'x-a': '{{ member.id }}' }, save: { a: '/a' } }, user)
  const { page, editor } = edited
  const panel = page.locator('fieldset')
  await field(page, 'body').locator('.cm-editor').waitFor()
  expect(await page.getByRole('textbox', { name: /^Body/ }).getAttribute('contenteditable')).toBe('false')
  const pressable = panel.locator('button:not([role=combobox]):not([role=radio]):not([role=switch])')
  expect(await pressable.allTextContents()).toEqual([])
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  await page.getByRole('group', { name: 'As it would be sent' }).getByText(/^Hi /).waitFor()
  expect(await page.getByRole('button', { name: 'Send a test' }).count()).toBe(0)
  await editor.tile(/^Order/).click()
  await page.getByRole('combobox', { name: /^Wait/ }).waitFor()
  expect(await pressable.allTextContents()).toEqual([])
  await expectGoodPage(edited, test, 'viewer-form')
  await edited.close()
}, 90_000)
