import type { Page } from 'playwright-core'
import { startTestApi } from '../support/api.js'
import { openEditor, savedConfig, type Edited } from '../support/editor.js'
import { seen } from '../support/seen.js'
import { expectGoodPage } from '../support/web.js'

/* The forms of entry, wait, branch and exit, and of the settings, in the real editor: what is typed is what the API has. */

const test = seen(startTestApi)

const TILES = [
  { id: 'entry', type: 'entry', name: 'Came in', position: { x: 0, y: 0 }, config: { triggers: [{ type: 'event', event: 'signed_up' }] } },
  { id: 'pause', type: 'wait', name: 'Pause', position: { x: 0, y: 120 }, config: { kind: 'duration', duration: 'P1D' } },
  { id: 'bought', type: 'wait', name: 'Bought', position: { x: 0, y: 240 }, config: { kind: 'event', event: 'purchase', timeout: 'P3D' } },
  { id: 'way', type: 'branch', name: 'Way', position: { x: 0, y: 360 }, config: { kind: 'condition', paths: [{ id: 'yes', when: {} }] } },
  { id: 'end', type: 'exit', name: 'End', position: { x: 0, y: 480 }, config: { reason: 'completed' } },
]
const EDGES = [
  { from: 'entry', to: 'pause' },
  { from: 'pause', to: 'bought' },
  { from: 'bought', port: 'met', to: 'way' },
  { from: 'bought', port: 'timeout', to: 'end' },
  { from: 'way', port: 'yes', to: 'end' },
  { from: 'way', port: 'else', to: 'end' },
]

const edit = (settings: object = {}): Promise<Edited> => openEditor(test, { name: 'Formed', tiles: TILES, edges: EDGES, settings })
const configOf = (edited: Edited, tile: string): Promise<unknown> => savedConfig(test, edited, tile)

/** Presses Tab (or Shift+Tab) until something of this name has the focus. */
async function tabTo(page: Page, name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = []
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press(key)
    const now = (await page.evaluate(
      `(() => { const e = document.activeElement; return e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent ?? '' })()`,
    )) as string
    // What the page does by itself after a key is done when it has been asked once more.
    if (now.startsWith(name)) return page.locator(':focus').waitFor()
    passed.push(now.slice(0, 30))
  }
  throw new Error(`Tab does not lead to '${name}', but to ${passed.join(' | ')}`)
}

/** The list is closed, and what opened it has the focus again: a moment later. */
const backIn = (page: Page): Promise<void> =>
  page.locator('button[role=combobox][data-state=closed]:focus, button[role=combobox][aria-expanded=false]:focus').waitFor()

/** Chooses in the list that has the focus. */
async function choose(page: Page, label: string): Promise<void> {
  await page.keyboard.press('Enter')
  await page.locator('[role=option]:focus').waitFor()
  await page.keyboard.type(label)
  await page.locator('[role=option]:focus').filter({ hasText: label }).waitFor()
  await page.keyboard.press('Enter')
  await backIn(page)
}

/** Types a name into the box that has the focus, and takes it. */
async function name(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Enter')
  await page.locator('[cmdk-input]:focus').waitFor()
  await page.keyboard.type(text)
  await page.getByText(`Use “${text}”`).waitFor()
  await page.keyboard.press('Enter')
  await backIn(page)
}

it('sets a wait by what people write', async () => {
  const edited = await edit()
  const { page, editor } = edited
  await editor.tile(/^Pause/).click()
  await page.getByLabel('How long').fill('3 days')
  await page.getByText('3 days (P3D)').waitFor()
  expect(await configOf(edited, 'pause')).toEqual({ kind: 'duration', duration: 'P3D' })
  await page.getByLabel('How long').fill('3 moons')
  await page.getByText('This cannot be read yet').waitFor()
  await page.getByLabel('How long').fill('1 h 30 min')
  expect(await configOf(edited, 'pause')).toEqual({ kind: 'duration', duration: 'PT1H30M' })
  await page.getByRole('combobox', { name: 'Wait' }).click()
  await page.getByRole('option', { name: 'Until a time of day' }).click()
  await page.getByLabel('Time of day').fill('09:00')
  await page.getByRole('button', { name: 'Wed' }).click()
  await page.getByRole('combobox', { name: /^Time zone/ }).click()
  await page.keyboard.type('madrid')
  await page.keyboard.press('Enter')
  expect(await configOf(edited, 'pause')).toEqual({ kind: 'time', time: '09:00', days: ['wed'], timezone: 'Europe/Madrid' })
  await expectGoodPage(edited, test, 'form-wait')
  await edited.close()
}, 90_000)

it('builds a nested condition by keys alone, and shows it again', async () => {
  const edited = await edit()
  const { page, editor } = edited
  await editor.tile(/^Way/).focus()
  await editor.press('Enter')
  await page.locator('input:focus').waitFor()
  await tabTo(page, 'What to look at')
  await choose(page, "Customer's trait")
  await tabTo(page, 'Trait')
  await name(page, 'lifetime_value')
  await tabTo(page, 'Comparison')
  await choose(page, 'is more than')
  await tabTo(page, 'Type of Value')
  await choose(page, 'Number')
  await tabTo(page, 'Value', 'Shift+Tab')
  await page.keyboard.type('500')
  await tabTo(page, 'Add a condition')
  // To the button itself: it is drawn anew when what was typed before it has been taken in.
  await page.getByRole('button', { name: 'Add a condition', exact: true }).press('Enter')
  await page.getByRole('group', { name: 'All of these' }).waitFor()
  await choose(page, 'Event')
  await tabTo(page, 'Event')
  await name(page, 'purchase')
  await tabTo(page, 'In the last')
  await page.keyboard.type('30 days')
  await tabTo(page, 'More for this condition', 'Shift+Tab')
  await editor.press('Enter')
  await page.locator('[role=menuitem]:focus').waitFor()
  await editor.press('ArrowDown')
  await page.locator('[role=menuitem]:focus').filter({ hasText: 'Put into a group' }).waitFor()
  await editor.press('Enter')
  await page.getByRole('menu').waitFor({ state: 'detached' })
  await page.getByRole('group', { name: 'All of these' }).nth(1).waitFor()
  await page.locator('[aria-label="How many must hold"]:focus').waitFor()
  await choose(page, 'Any')
  await tabTo(page, 'Add to this group')
  await editor.press('Enter')
  await choose(page, "Customer's trait")
  await tabTo(page, 'Trait')
  await name(page, 'vip')
  await tabTo(page, 'Comparison')
  await choose(page, 'is known')
  const when = {
    all: [
      { trait: 'lifetime_value', op: 'gt', value: 500 },
      {
        any: [
          { event: 'purchase', op: 'performed', within: 'P30D' },
          { trait: 'vip', op: 'exists' },
        ],
      },
    ],
  }
  expect(await configOf(edited, 'way')).toEqual({ kind: 'condition', paths: [{ id: 'yes', when }] })
  await page.getByText('lifetime value > 500 and (did purchase in the last 30 days or vip is known)').first().waitFor()
  await page.reload()
  await editor.tile(/^Way/).click()
  await page.getByRole('group', { name: 'Any of these' }).waitFor()
  expect(await page.getByLabel('In the last').inputValue()).toBe('30 days')
  await expectGoodPage(edited, test, 'form-branch')
  expect(await configOf(edited, 'way')).toEqual({ kind: 'condition', paths: [{ id: 'yes', when }] })
  await edited.close()
}, 120_000)

it('a condition twelve groups deep can be used in a narrow panel, and no type of a value is cut', async () => {
  const leaf = { trait: 'lifetime_value', op: 'gt', value: 500 }
  const deep = (level: number): object => (level === 0 ? leaf : { [level % 2 ? 'all' : 'any']: [leaf, deep(level - 1)] })
  const tiles = TILES.map((tile) =>
    tile.id === 'way' ? { ...tile, config: { kind: 'condition', paths: [{ id: 'yes', when: deep(12) }] } } : tile,
  )
  const edited = await openEditor(test, { name: 'Deep', tiles, edges: EDGES })
  const { page, editor } = edited
  await editor.tile(/^Way/).click()
  await page.getByRole('combobox', { name: 'Type of Value' }).nth(12).waitFor()
  const panel = page.getByRole('complementary', { name: 'Selected' })
  expect(Math.round((await panel.boundingBox())!.width)).toBe(380)
  // Texts cut off, what sticks out of the panel, and the width of the narrowest comparison.
  const { cut, narrowest, beyond } = (await page.evaluate(`(() => {
    const all = (what) => [...document.querySelectorAll('aside [role=group] ' + what)]
    const box = (each) => each.getBoundingClientRect()
    const { right } = box(document.querySelector('aside:has(fieldset)'))
    return {
      cut: all('[aria-label^="Type of"] span').filter((each) => each.clientWidth > 0 && each.scrollWidth > each.clientWidth).length,
      narrowest: Math.min(...all('[aria-label=Comparison]').map((each) => box(each).width)),
      beyond: all(':is(input, button)').filter((each) => box(each).right > right).length,
    }
  })()`)) as Record<'cut' | 'narrowest' | 'beyond', number>
  expect({ cut, beyond }).toEqual({ cut: 0, beyond: 0 })
  expect(narrowest).toBeGreaterThan(180)
  await page.getByRole('combobox', { name: 'Type of Value' }).nth(12).scrollIntoViewIfNeeded()
  await expectGoodPage(edited, test, 'form-deep')
  await edited.close()
}, 90_000)

it('splits by shares, and keeps the ids of paths, which edges lead from', async () => {
  const edited = await edit()
  const { page, editor } = edited
  await editor.tile(/^Way/).click()
  await page.getByRole('combobox', { name: 'Decide by' }).click()
  await page.getByRole('option', { name: 'Percentage' }).click()
  await page.getByRole('button', { name: 'Add a path' }).click()
  await page.getByRole('region', { name: 'path_2' }).getByLabel('Share').fill('25')
  await page.getByText('The shares sum to 125 %.').waitFor()
  await page.getByRole('button', { name: 'Make it 100 %' }).click()
  await page.getByRole('region', { name: 'path_2' }).getByLabel('Name').fill('Few')
  await page.getByRole('button', { name: 'Move Few up' }).click()
  expect(await configOf(edited, 'way')).toEqual({ kind: 'percentage', paths: [{ id: 'path_2', weight: 20, name: 'Few' }, { id: 'yes', weight: 80 }] }) // prettier-ignore
  const { edges } = (await test.api('GET', `/journeys/${edited.id}`)).body as { edges: { from: string; port: string; to: string }[] }
  expect(edges.filter(({ from }) => from === 'way').map(({ port }) => port)).toContain('yes')
  await expectGoodPage(edited, test, 'form-split')
  await edited.close()
}, 90_000)

it('sets triggers, the exit and the settings; a problem that is clicked focuses its field', async () => {
  const edited = await edit()
  const { page, editor } = edited
  await editor.tile(/^Came in/).click()
  await page.getByRole('button', { name: 'Add a trigger' }).click()
  await page.getByRole('region', { name: 'Trigger 2' }).getByRole('combobox', { name: 'Customers enter' }).click()
  await page.getByRole('option', { name: 'By hand, upload or API' }).click()
  expect(await configOf(edited, 'entry')).toEqual({ triggers: [{ type: 'event', event: 'signed_up' }, { type: 'manual' }] })
  await expectGoodPage(edited, test, 'form-entry')
  await editor.tile(/^End/).click()
  await page.getByRole('switch', { name: 'Counts as a conversion' }).click()
  await page.getByLabel('Reason').fill('')
  expect(await configOf(edited, 'end')).toEqual({ reason: '', conversion: true })
  await page
    .getByRole('button', { name: /^\d+ problems?$/ })
    .first()
    .click()
  await editor.tile(/^Pause/).click()
  await page
    .getByRole('list', { name: 'Problems' })
    .getByRole('button', { name: /Give a reason/ })
    .click()
  await page.locator('input:focus').waitFor()
  expect(await page.evaluate(`document.activeElement.labels[0].textContent`)).toBe('Reason')
  await page.keyboard.type('done')
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Orchestration' }).click()
  await page.getByRole('radio', { name: 'After leaving' }).click()
  await page.getByLabel('Not sooner than').fill('1 week')
  await page.getByRole('button', { name: 'Set a goal' }).click()
  await page.getByRole('region', { name: 'goal' }).getByRole('combobox', { name: 'Event', exact: true }).click()
  await page.keyboard.type('purchase')
  await page.keyboard.press('Enter')
  await expectGoodPage(edited, test, 'form-settings')
  expect(await configOf(edited, 'end')).toEqual({ reason: 'done', conversion: true })
  expect((await test.api('GET', `/journeys/${edited.id}`)).body.settings).toEqual({
    reentry: { mode: 'afterExit', cooldown: 'P1W' },
    goal: { name: 'goal', event: 'purchase' },
  })
  await edited.close()
}, 120_000)
