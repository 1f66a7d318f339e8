import { startTestApi } from '../support/api.js'
import type { Watched } from '../support/browser.js'
import { entry, eventually, exit, row, tile } from '../support/canvas.js'
import { EditorPage, middleOf } from '../support/editor.js'
import { goodCanvas } from '../support/good-canvas.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp, picture } from '../support/web.js'

/* The editor: an orchestration is drawn by mouse, by clicks and by keys; 200 steps are undone; it stands everything that a day brings. */

const VIEW = { viewport: { width: 1440, height: 1300 }, reducedMotion: 'reduce' as const }

const test = seen(startTestApi)

type Canvas = Pick<ReturnType<typeof goodCanvas>, 'tiles' | 'edges'> & { settings?: object }
interface Edited extends Watched {
  id: string
  editor: EditorPage
}

async function make(canvas: object = { tiles: [], edges: [] }, name = 'Drawn'): Promise<string> {
  const { body } = await test.api('POST', '/journeys', { body: { name, ...canvas } })
  return body.id as string
}

async function edit(id: string): Promise<Edited> {
  const watched = await openApp(test, `/journeys/${id}/edit`, VIEW)
  await watched.page.locator('.tw-canvas').waitFor()
  return { ...watched, id, editor: new EditorPage(watched.page) }
}

/** Edges of what is saved, by types of tiles: `branch:yes>action`. */
async function saved(id: string): Promise<string[]> {
  const { tiles, edges } = (await test.api('GET', `/journeys/${id}`)).body as Canvas
  const type = new Map(tiles.map((tile) => [tile.id, tile.type]))
  return edges.map(({ from, port, to }) => `${type.get(from)}${port === 'next' ? '' : `:${port}`}>${type.get(to)}`).sort()
}

const SEVEN = [
  'action>exit',
  'branch:else>updateProfile',
  'branch:yes>action',
  'entry>wait',
  'updateProfile>webhook',
  'wait>branch',
  'webhook>exit',
]

const isDrawn = (id: string): Promise<string[]> => eventually(() => saved(id), (edges) => edges.join() === SEVEN.join()) // prettier-ignore

describe('a seven-tile orchestration is drawn', () => {
  it('by dragging with the mouse', async () => {
    const { editor, page, close, id } = await edit(await make())
    const box = (await editor.canvas.boundingBox())!
    await editor.drag(editor.preset('Entry'), { x: box.x + 480, y: box.y + 200 })
    await editor.tile(/^Entry/).waitFor()
    await editor.drag(editor.preset('Wait for a time'), editor.plus('Entry'))
    await editor.drag(editor.preset('Send email'), editor.plus('Wait'))
    await editor.drag(editor.preset('Exit'), editor.plus('Action'))
    // On the edge between the wait and the email: it splits.
    await editor.drag(editor.preset('Branch by condition'), page.getByLabel(/^Edge from wait_\w+ to action_/).locator('.tw-plus'))
    await editor.drag(editor.preset('Update profile'), editor.plus('Branch', 'else'))
    await editor.drag(editor.preset('Webhook'), editor.plus('Update profile'))
    // From the webhook's port to anywhere on the exit; the entry refuses, and says why.
    const port = editor.canvas
      .locator('.react-flow__node')
      .filter({ has: page.getByRole('button', { name: /^Webhook/ }) })
      .locator('.react-flow__handle.source')
    const [from, entry, exit] = [await middleOf(port), await middleOf(editor.tile(/^Entry/)), await middleOf(editor.tile(/^Exit/))]
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move(from.x, from.y + 30, { steps: 3 })
    await page.mouse.move(entry.x, entry.y, { steps: 5 })
    await page.getByText('No edge leads into the entry').waitFor()
    await page.mouse.move(exit.x, exit.y, { steps: 5 })
    await page.mouse.up()
    await isDrawn(id)
    await close()
  }, 60_000)

  it('by clicks alone', async () => {
    const { editor, page, close, id } = await edit(await make())
    await page.getByRole('button', { name: 'Add the entry' }).click()
    for (const name of ['Wait for a time', 'Branch by condition', 'Send email', 'Exit']) {
      const before = await editor.tiles.count()
      await editor.preset(name).click()
      await eventually(() => editor.tiles.count(), (count) => count === before + 1) // prettier-ignore
    }
    await editor.tile(/^Branch/).click()
    await editor.preset('Update profile').click()
    await editor.plus('Update profile').click()
    await page.getByRole('option', { name: 'Webhook' }).click()
    await editor.tile(/^Webhook/).waitFor()
    await page.getByRole('button', { name: /^done leads to Nowhere yet/ }).click()
    await page.getByRole('option', { name: /^Exit/ }).click()
    await isDrawn(id)
    await close()
  }, 60_000)

  it('by keys alone', async () => {
    const { editor, page, close, id } = await edit(await make())
    const add = async (typed: string): Promise<void> => {
      const before = await editor.tiles.count()
      await editor.press('a')
      await editor.choose(typed)
      await eventually(() => editor.tiles.count(), (count) => count === before + 1) // prettier-ignore
      await eventually(() => focused(), (name) => name !== '') // prettier-ignore
    }
    const focused = () => page.evaluate(`document.activeElement.getAttribute('data-tile-button') ?? ''`) as Promise<string>
    for (const typed of ['Entry', 'Wait for a time', 'Branch by condition', 'Send email', 'Exit']) await add(typed)
    await editor.press('ArrowUp', 'ArrowUp')
    await eventually(focused, (name) => name.startsWith('branch'))
    await add('Update profile')
    await add('Webhook')
    await editor.press('c')
    await editor.choose('Exit')
    await isDrawn(id)
    // The form is a key away, and takes what is typed.
    await eventually(focused, (name) => name.startsWith('webhook'))
    await editor.press('Enter')
    await page.locator('input:focus').waitFor()
    await page.keyboard.type('Tell the shop')
    await page.keyboard.press('Escape')
    await editor.tile(/^Tell the shop.*Webhook/).waitFor()
    await close()
  }, 60_000)
})

it('adds on an edge by key and by its plus, puts a loose tile on one, lays out as one step', async () => {
  const { editor, page, close, id } = await edit(
    await make({
      tiles: [
        { id: 'entry', type: 'entry', position: { x: 0, y: 0 }, config: {} },
        { id: 'done', type: 'exit', position: { x: 0, y: 640 }, config: {} },
        { id: 'loose', type: 'updateProfile', position: { x: 480, y: 320 }, config: {} },
      ],
      edges: [{ id: 'e1', from: 'entry', port: 'next', to: 'done' }],
    }),
  )
  await editor.tile(/^Entry/).click()
  await page.locator('.react-flow__edge[data-id=e1]').focus()
  await editor.press('Enter')
  await editor.choose('Wait for a time')
  await eventually(() => saved(id), (edges) => edges.join() === 'entry>wait,wait>exit') // prettier-ignore
  const below = page.getByLabel(/^Edge from wait_\w+ to done/)
  const { x, y } = await middleOf(below)
  await page.mouse.move(x, y)
  await below.getByRole('button', { name: 'Add a tile here' }).click()
  await editor.choose('Webhook')
  await eventually(() => saved(id), (edges) => edges.includes('webhook>exit')) // prettier-ignore
  await editor.press('Escape', '1')
  await editor.drag(editor.tile(/^Update profile/), page.getByLabel(/^Edge from entry to wait/).locator('.tw-plus'))
  await eventually(() => saved(id), (edges) => edges.join() === 'entry>updateProfile,updateProfile>wait,wait>webhook,webhook>exit') // prettier-ignore
  const places = async () => ((await test.api('GET', `/journeys/${id}`)).body as Canvas).tiles.map(({ position }) => position)
  const before = await places()
  await editor.press('l')
  await eventually(places, (now) => new Set(now.map((place) => place!.x)).size === 1) // prettier-ignore
  await editor.press('Control+z')
  await eventually(places, (now) => JSON.stringify(now) === JSON.stringify(before)) // prettier-ignore
  await close()
}, 60_000)

it('takes edges from afar as from close by: a click selects, a tile dropped on one splits it, a menu adds', async () => {
  const { editor, page, close, id } = await edit(
    await make({
      tiles: [
        { id: 'entry', type: 'entry', position: { x: 0, y: 0 }, config: {} },
        { id: 'wait', type: 'wait', position: { x: 0, y: 480 }, config: {} },
        { id: 'hook', type: 'webhook', position: { x: 0, y: 960 }, config: {} },
        { id: 'done', type: 'exit', position: { x: 0, y: 1440 }, config: {} },
        { id: 'loose', type: 'updateProfile', position: { x: 640, y: 320 }, config: {} },
      ],
      edges: [
        { id: 'e1', from: 'entry', port: 'next', to: 'wait' },
        { id: 'e2', from: 'wait', port: 'next', to: 'hook' },
        { id: 'e3', from: 'hook', port: 'next', to: 'done' },
      ],
    }),
  )
  const far = page.locator('.tw-far-edges')
  for (let n = 0; n < 4; n++) await editor.press('-')
  await far.waitFor()
  const between = async (above: RegExp, below: RegExp) => {
    const [a, b] = [await middleOf(editor.tile(above)), await middleOf(editor.tile(below))]
    return [(a.x + b.x) / 2, (a.y + b.y) / 2] as const
  }
  await page.mouse.click(...(await between(/^Entry/, /^Wait/)))
  await page.locator('.react-flow__edge.selected[data-id=e1]').waitFor()
  await editor.press('Delete')
  await eventually(() => saved(id), (edges) => edges.join() === 'wait>webhook,webhook>exit') // prettier-ignore
  await page.mouse.click(...(await between(/^Wait/, /^Webhook/)), { button: 'right' })
  await page.getByRole('menuitem', { name: 'Add a tile' }).click()
  await editor.choose('Wait for a time')
  await eventually(() => saved(id), (edges) => edges.join() === 'wait>wait,wait>webhook,webhook>exit') // prettier-ignore
  await editor.press('Escape', 'Escape')
  const loose = await middleOf(editor.tile(/^Update profile/))
  await page.mouse.move(loose.x, loose.y)
  await page.mouse.down()
  await page.mouse.move(...(await between(/^Webhook/, /^Exit/)), { steps: 8 })
  await page.mouse.up()
  await eventually(() => saved(id), (edges) => edges.join() === 'updateProfile>exit,wait>wait,wait>webhook,webhook>updateProfile') // prettier-ignore
  await close()
}, 60_000)

it('undoes and redoes 200 steps', async () => {
  const { editor, page, close, id } = await edit(
    await make({ tiles: [{ id: 'w', type: 'wait', position: { x: 0, y: 0 }, config: {} }], edges: [] }),
  )
  await editor.tile(/^Wait/).click()
  const count = (): Promise<number> => test.api('GET', `/journeys/${id}`).then(({ body }) => (body as Canvas).tiles.length)
  const press = async (keys: string, times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await page.keyboard.press(keys)
  }
  await press('Control+d', 200)
  await eventually(count, (tiles) => tiles === 201)
  const before = (await test.api('GET', `/journeys/${id}`)).body as Canvas
  await press('Control+z', 200)
  await eventually(count, (tiles) => tiles === 1)
  await press('Control+Shift+z', 200)
  await eventually(count, (tiles) => tiles === 201)
  expect(((await test.api('GET', `/journeys/${id}`)).body as Canvas).tiles).toEqual(before.tiles)
  await close()
}, 120_000)

it('copies between orchestrations, and heals a path', async () => {
  const { editor, page, close } = await edit(await make(goodCanvas(), 'From'))
  await editor.tile(/^Webhook/).waitFor()
  await editor.press('Control+a', 'Control+c')
  const id = await make(undefined, 'To')
  await page.goto(`${test.url}/journeys/${id}/edit`)
  await page.getByText('Begin with an entry').waitFor()
  await editor.press('Control+v')
  await eventually(() => saved(id), (edges) => edges.length === 11) // prettier-ignore
  // A tile in the middle goes: its edge is healed.
  await editor.tile(/^Sub-orchestration/).click()
  await editor.press('Delete')
  await eventually(() => saved(id), (edges) => edges.includes('updateProfile>exit')) // prettier-ignore
  await close()
}, 60_000)

describe('nothing is lost', () => {
  const two = { tiles: [{ id: 'entry', type: 'entry' as const, position: { x: 0, y: 0 }, config: {} }, { id: 'done', type: 'exit' as const, position: { x: 0, y: 320 }, config: {} }], edges: [] } // prettier-ignore
  const names = async (id: string): Promise<string> =>
    ((await test.api('GET', `/journeys/${id}`)).body as Canvas).tiles.map(({ name, type }) => name ?? type).join()

  async function rename({ editor, page }: Edited, tile: RegExp, name: string): Promise<void> {
    await editor.tile(tile).click()
    await page.getByRole('textbox', { name: 'Name', exact: false }).last().fill(name)
  }

  it('when two tabs edit one draft: each answer keeps both', async () => {
    const id = await make(two)
    const [ada, bob] = [await edit(id), await edit(id)]
    await rename(ada, /^Entry/, 'Ada')
    await eventually(() => names(id), (all) => all === 'Ada,exit') // prettier-ignore
    await rename(bob, /^Exit/, 'Bob')
    const dialog = bob.page.getByRole('dialog', { name: 'This draft was changed elsewhere' })
    await dialog
      .getByText('Ada differs: name')
      .or(dialog.getByText(/Entry \(entry\) differs: name/))
      .waitFor()
    await picture(bob, 'editor-conflict')
    expect(await names(id)).toBe('Ada,exit')
    // Theirs; and undo brings mine back, over what was seen.
    await dialog.getByRole('button', { name: 'Take theirs' }).click()
    await bob.editor.tile(/^Ada/).waitFor()
    await bob.editor.saved()
    await bob.page.getByRole('button', { name: 'Undo' }).click()
    await eventually(() => names(id), (all) => all === 'entry,Bob') // prettier-ignore
    // Ada has not seen that: she saves hers as a copy.
    await rename(ada, /^Ada/, 'Ada again')
    await ada.page.getByRole('button', { name: 'Save mine as a copy' }).click()
    await ada.page.waitForURL((url) => !url.pathname.includes(id))
    const copy = /journeys\/(\w+)/.exec(ada.page.url())![1]!
    expect([await names(id), await names(copy)]).toEqual(['entry,Bob', 'Ada again,exit'])
    await ada.close()
    await bob.close()
  }, 90_000)

  it('when the server restarts in the middle, and when the page is loaded anew before it is back', async () => {
    const id = await make(two)
    const edited = await edit(id)
    const { page, editor, close } = edited
    const restart = await test.crash()
    await rename(edited, /^Entry/, 'Offline')
    await page.getByRole('status').filter({ hasText: 'Offline' }).waitFor()
    await editor.preset('Wait for a time').click()
    await editor.tile(/^Wait/).waitFor()
    await restart()
    await editor.saved()
    await eventually(() => names(id), (all) => all === 'Offline,exit,wait') // prettier-ignore

    await page.route('**/api/v1/journeys/*', (route) => (route.request().method() === 'PUT' ? route.abort() : route.fallback()))
    await rename(edited, /^Offline/, 'Kept')
    await page.getByRole('status').filter({ hasText: 'Offline' }).waitFor()
    await page.unroute('**/api/v1/journeys/*')
    await page.reload()
    await editor.tile(/^Kept/).waitFor()
    await page.getByText('Changes that had not been saved are back').first().waitFor()
    await eventually(() => names(id), (all) => all === 'Kept,exit,wait') // prettier-ignore
    await close()
  }, 90_000)
})

it('says what is wrong and goes there, activates what is whole, and edits what is live in a new version', async () => {
  const { page, editor, close, id } = await edit(
    await make({ tiles: goodCanvas().tiles.filter(({ id }) => id === 'entry' || id === 'end'), edges: [] }, 'Live'),
  )
  await page.getByRole('button', { name: /^\d+ problems?$/ }).click()
  await page
    .getByRole('list', { name: 'Problems' })
    .getByRole('button', { name: /^Error Entry: The port 'next'/ })
    .click()
  await page.getByRole('button', { name: /^done leads to Nowhere yet/ }).click()
  await page.getByRole('option', { name: /^Exit/ }).click()
  await page.getByText('Nothing is wrong. It can go live.').waitFor()
  await editor.saved()
  await page.getByRole('button', { name: 'Activate…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Customers enter when signed_up happens.').waitFor()
  await dialog.getByText('Nobody enters at once.').waitFor()
  await dialog.getByRole('button', { name: 'Activate' }).click()
  await page.waitForURL(/monitor/)
  expect((await test.api('GET', `/journeys/${id}`)).body.status).toBe('active')
  await page.goto(`${test.url}/journeys/${id}/edit`)
  await page.getByText('This is live, so it is read only').waitFor()
  await page.getByRole('button', { name: 'Edit in a new version' }).click()
  await page.getByText('Draft of version 2').waitFor()
  await editor.preset('Wait for a time').click()
  await eventually(async () => ((await test.api('GET', `/journeys/${id}/versions/2`)).body as Canvas).tiles.length, (count) => count === 3) // prettier-ignore
  expect(((await test.api('GET', `/journeys/${id}`)).body as Canvas).tiles).toHaveLength(2)
  await close()
}, 60_000)

it('says of cycles and of windows what the server would', async () => {
  const entering = (orchestrationId: string) =>
    row([entry(), tile('sub', 'subOrchestration', { orchestrationId, mode: 'continue' }), exit()])
  const outer = await make(undefined, 'Outer')
  let inner = outer
  for (const name of ['Fourth', 'Third', 'Second']) inner = await make(entering(inner), name)
  const long = { event: 'purchase', op: 'performed', within: 'P3Y' }
  const body = { name: 'Outer', ...entering(inner), settings: { exitCriteria: [{ name: 'Bought', when: long }] } }
  expect((await test.api('PUT', `/journeys/${outer}`, { body })).status).toBe(200)
  const { errors } = (await test.api('POST', `/journeys/${outer}/validate`)).body as { errors: { code: string; message: string }[] }
  expect(errors.map(({ code }) => code).sort()).toEqual(['TW306', 'TW315'])
  const { page, close } = await edit(outer)
  await page.getByRole('button', { name: /^\d+ problems?$/ }).click()
  for (const { message } of errors) await page.getByRole('list', { name: 'Problems' }).getByText(message).waitFor()
  await close()
}, 60_000)

it('is a good page: empty, with a long name and everything open, and read on a phone', async () => {
  const empty = await edit(await make())
  await empty.page.getByText('Begin with an entry').waitFor()
  await expectGoodPage(empty, test, 'editor-empty')
  await empty.close()
  const full = await edit(await make(goodCanvas(), 'x'.repeat(80)))
  await full.editor.tile(/^Branch/).click()
  await full.page.getByRole('button', { name: /^\d+ problems?$/ }).click()
  await full.page.getByText('TW301').waitFor()
  await expectGoodPage(full, test, 'editor')
  await full.page.getByRole('button', { name: 'Outline' }).click()
  await full.page.getByRole('treeitem').first().waitFor()
  await full.editor.press('?')
  await full.page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await expectGoodPage(full, test, 'editor-keys')
  await full.close()
}, 90_000)
