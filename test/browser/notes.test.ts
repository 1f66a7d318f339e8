import { startTestApi } from '../support/api.js'
import { eventually } from '../support/canvas.js'
import { middleOf, openEditor, openEditorAt, type Edited } from '../support/editor.js'
import { goodCanvas } from '../support/good-canvas.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp, picture } from '../support/web.js'

/* Notes on the canvas: added, written, moved and sized by mouse and by keys; kept, undone, and lost by nobody. */

const test = seen(startTestApi)

interface Note {
  id: string
  text: string
  position: { x: number; y: number }
  width: number
  height: number
}

const TILES = [
  { id: 'entry', type: 'entry', position: { x: 0, y: 0 }, config: { triggers: [{ type: 'manual' }] } },
  { id: 'done', type: 'exit', position: { x: 0, y: 160 }, config: { reason: 'completed' } },
]
const open = (): Promise<Edited> => openEditor(test, { name: 'Noted', tiles: TILES, edges: [{ from: 'entry', to: 'done' }] })

const kept = async (id: string): Promise<Note[]> => ((await test.api('GET', `/journeys/${id}/notes`)).body as { notes: Note[] }).notes
const texts = async (id: string): Promise<string> => (await kept(id)).map(({ text }) => text).join('|')
const areKept = (id: string, wanted: string): Promise<string> => eventually(() => texts(id), (now) => now === wanted) // prettier-ignore
const put = (id: string, ...notes: Partial<Note>[]) =>
  test.api('PUT', `/journeys/${id}/notes`, {
    body: {
      notes: notes.map((note, n) => ({
        id: `n${n}`,
        text: `Note ${n}`,
        position: { x: 320, y: n * 160 },
        width: 240,
        height: 128,
        ...note,
      })),
    },
  })

/** Writes in the note that has just been added, and leaves it. */
async function write({ editor, page }: Edited, text: string): Promise<void> {
  await editor.canvas.locator('textarea:focus').waitFor()
  await page.keyboard.type(text)
  await page.keyboard.press('Escape')
  await editor.noteText.waitFor({ state: 'detached' })
}

describe('a note is added, written, and still there after a reload', () => {
  const ways: [string, (edited: Edited) => Promise<void>][] = [
    ['by dragging with the mouse', async ({ editor }) => {
      const { x, y } = await middleOf(editor.tile(/^Entry/))
      await editor.drag(editor.preset('Sticky note'), { x: x + 320, y })
    }],
    ['by a click', ({ editor }) => editor.preset('Sticky note').click()],
    ['from the palette by keys', async ({ editor, page }) => {
      await editor.preset('Sticky note').focus()
      await page.keyboard.press('Enter')
    }],
    ['by its key', async ({ editor }) => {
      await editor.tile(/^Entry/).click()
      await editor.press('Shift+N')
    }],
    ['from the menu of what can be added', async ({ editor }) => {
      await editor.press('Escape', 'a')
      await editor.choose('Sticky note')
    }],
    ['from the menu of the canvas', async ({ editor, page }) => {
      const { x, y } = await middleOf(editor.tile(/^Entry/))
      await page.mouse.click(x + 200, y, { button: 'right' })
      await page.getByRole('menuitem', { name: 'Add a sticky note' }).click()
    }],
    ['from the search of everything', async ({ editor }) => {
      await editor.press('Control+k')
      await editor.choose('sticky note')
    }],
  ] // prettier-ignore
  it.each(ways)('%s', async (_way, add) => {
    const edited = await open()
    const { editor, page, id, close } = edited
    await add(edited)
    await write(edited, 'Ask Ada first')
    await areKept(id, 'Ask Ada first')
    await editor.saved()
    await page.reload()
    await editor.note('Ask Ada first').waitFor()
    // It covers no tile, and the canvas is as it was.
    const [note, tile] = [(await editor.note('Ask Ada first').boundingBox())!, (await editor.tile(/^Exit/).boundingBox())!]
    expect(note.x).toBeGreaterThanOrEqual(tile.x + tile.width)
    expect(((await test.api('GET', `/journeys/${id}`)).body as { tiles: object[] }).tiles).toEqual(TILES)
    await close()
  })
})

it('is written, moved, sized, copied and deleted by keys, and every step is undone', async () => {
  const edited = await open()
  const { editor, page, id, close } = edited
  await put(id, { text: 'One' }, { text: 'Two' })
  await page.reload()
  await editor.note('One').focus()
  // Into the text and out of it: Delete takes letters there, and notes here.
  await editor.press('Enter')
  await editor.canvas.locator('textarea:focus').waitFor()
  await editor.press('Backspace', 'Delete', '!')
  await areKept(id, 'On!|Two')
  await editor.press('Escape')
  await page.locator('[data-note-button=n0]:focus').waitFor()
  await editor.press('Shift+ArrowRight', 'Shift+ArrowDown')
  await eventually(() => kept(id), ([one]) => one!.position.x === 336 && one!.position.y === 16) // prettier-ignore
  await editor.press('ArrowDown')
  await page.locator('[data-note-button=n1]:focus').waitFor()
  await editor.press('Control+d')
  await areKept(id, 'On!|Two|Two')
  await editor.press('Delete')
  await areKept(id, 'On!|Two')
  await page.locator('[data-note-button]:focus').waitFor()
  await editor.note('Two').click()
  await page.getByLabel('Width, px').fill('300')
  await page.keyboard.press('Enter')
  await page.getByLabel('Height, px').fill('9')
  await page.keyboard.press('Tab')
  await eventually(() => kept(id), ([, two]) => two!.width === 304 && two!.height === 64) // prettier-ignore
  await editor.note('Two').focus()
  await editor.press('Control+c', 'Control+v')
  await areKept(id, 'On!|Two|Two')
  for (let step = 0; (await page.getByRole('button', { name: 'Undo' }).isEnabled()) && step < 20; step++) await editor.press('Control+z')
  await areKept(id, 'One|Two')
  expect((await kept(id))[0]).toMatchObject({ position: { x: 320, y: 0 } })
  await close()
}, 60_000)

it('is dragged by all of it and sized by its corner', async () => {
  const { editor, page, id, close } = await open()
  await put(id, { text: 'Drag me', position: { x: -320, y: 0 } })
  await page.reload()
  const { x, y } = await middleOf(editor.note('Drag me'))
  await editor.drag(editor.note('Drag me'), { x: x - 96, y: y + 80 })
  await eventually(() => kept(id), ([note]) => note!.position.x < -320 && note!.position.y > 0) // prettier-ignore
  const [{ width, height }] = (await kept(id)) as [Note]
  const corner = await middleOf(editor.notes.locator('.tw-resize'))
  await editor.drag(editor.notes.locator('.tw-resize'), { x: corner.x + 96, y: corner.y + 64 })
  await eventually(() => kept(id), ([note]) => note!.width > width && note!.height > height) // prettier-ignore
  // Only what was clicked twice is written in.
  expect(await editor.noteText.count()).toBe(0)
  await editor.note('Drag me').dblclick()
  await editor.noteText.waitFor()
  await page.mouse.click(corner.x, corner.y + 300)
  await editor.noteText.waitFor({ state: 'detached' })
  await close()
})

describe('nothing is lost', () => {
  const theirs = (edited: Edited) => edited.page.getByRole('dialog', { name: 'This draft was changed elsewhere' })

  async function add(edited: Edited, text: string): Promise<void> {
    await edited.editor.tile(/^Entry/).click()
    await edited.editor.press('Shift+N')
    await write(edited, text)
  }

  /** Does all of it before anything is sent: a question in the middle would stand in the way. */
  async function atOnce({ page }: Edited, work: () => Promise<void>): Promise<void> {
    await page.route('**/api/v1/journeys/**', (route) => (route.request().method() === 'PUT' ? route.abort() : route.fallback()))
    await work()
    await page.unroute('**/api/v1/journeys/**')
    await page.evaluate(`window.dispatchEvent(new Event('online'))`)
  }

  it('when two tabs write notes: each answer keeps both', async () => {
    const ada = await open()
    const { id } = ada
    const bob = await openEditorAt(test, id)
    await add(ada, 'Of Ada')
    await areKept(id, 'Of Ada')
    await atOnce(bob, () => add(bob, 'Of Bob'))
    await theirs(bob).getByText('The note “Of Bob” is only in yours').waitFor()
    await theirs(bob).getByText('The note “Of Ada” is only in theirs').waitFor()
    await picture(bob, 'notes-conflict')
    expect(await texts(id)).toBe('Of Ada')
    // Theirs; and undo brings mine back, over what was seen.
    await theirs(bob).getByRole('button', { name: 'Take theirs' }).click()
    await bob.editor.note('Of Ada').waitFor()
    await bob.editor.saved()
    await bob.page.getByRole('button', { name: 'Undo' }).click()
    await areKept(id, 'Of Bob')
    // Ada has not seen that: hers go into a copy.
    await atOnce(ada, () => add(ada, 'Again'))
    await theirs(ada).getByRole('button', { name: 'Save mine as a copy' }).click()
    await ada.page.waitForURL((url) => !url.pathname.includes(id))
    const copy = /journeys\/(\w+)/.exec(ada.page.url())![1]!
    expect([await texts(id), await texts(copy)]).toEqual(['Of Bob', 'Of Ada|Again'])
    // Over theirs, when that is what is wanted.
    await put(id, { text: 'Of Eve' })
    await atOnce(bob, () => add(bob, 'More'))
    await theirs(bob).getByRole('button', { name: 'Overwrite with mine' }).click()
    await areKept(id, 'Of Bob|More')
    await ada.close()
    await bob.close()
  }, 90_000)

  it('when two tabs change notes and tiles: one answer is for both', async () => {
    const ada = await open()
    const { id } = ada
    const bob = await openEditorAt(test, id)
    const names = async (): Promise<string> =>
      ((await test.api('GET', `/journeys/${id}`)).body as { tiles: { name?: string }[] }).tiles.map(({ name = '' }) => name).join()
    const change = async (edited: Edited, name: string): Promise<void> => {
      await add(edited, `Of ${name}`)
      await edited.editor.tile(/^Entry/).click()
      await edited.page.getByRole('textbox', { name: 'Name', exact: false }).last().fill(name)
    }
    await change(ada, 'Ada')
    await areKept(id, 'Of Ada')
    await eventually(names, (now) => now === 'Ada,') // prettier-ignore
    await atOnce(bob, () => change(bob, 'Bob'))
    await theirs(bob).getByText('The note “Of Bob” is only in yours').waitFor()
    await theirs(bob)
      .getByText(/Entry \(entry\) differs: name|Bob differs: name/)
      .waitFor()
    await theirs(bob).getByRole('button', { name: 'Take theirs' }).click()
    await bob.editor.tile(/^Ada/).waitFor()
    await bob.editor.note('Of Ada').waitFor()
    await bob.editor.saved()
    await bob.page.getByRole('button', { name: 'Undo' }).click()
    await areKept(id, 'Of Bob')
    await eventually(names, (now) => now === 'Bob,') // prettier-ignore
    await ada.close()
    await bob.close()
  }, 60_000)

  it('when one writes notes and the other draws: neither is asked anything', async () => {
    const ada = await open()
    const bob = await openEditorAt(test, ada.id)
    await add(ada, 'Of Ada')
    await areKept(ada.id, 'Of Ada')
    await bob.editor.preset('Wait for a time').click()
    const count = async (): Promise<number> => ((await test.api('GET', `/journeys/${ada.id}`)).body as { tiles: object[] }).tiles.length
    await eventually(count, (tiles) => tiles === 3)
    await bob.editor.saved()
    await add(ada, 'More')
    await areKept(ada.id, 'Of Ada|More')
    expect([await theirs(ada).count(), await theirs(bob).count(), await count()]).toEqual([0, 0, 3])
    await ada.close()
    await bob.close()
  }, 60_000)

  it('when the server is away, and the page is loaded anew before it is back', async () => {
    const edited = await open()
    const { editor, page, id, close } = edited
    await page.route('**/api/v1/journeys/*/notes', (route) => (route.request().method() === 'PUT' ? route.abort() : route.fallback()))
    await add(edited, 'Written offline')
    await page.getByRole('status').filter({ hasText: 'Offline' }).waitFor()
    await page.reload()
    await editor.note('Written offline').waitFor()
    await page.getByText('Changes that had not been saved are back').first().waitFor()
    await page.unroute('**/api/v1/journeys/*/notes')
    await areKept(id, 'Written offline')
    await editor.saved()
    await close()
  }, 60_000)
})

describe('who only looks', () => {
  it('sees notes in the editor and in the outline, and changes none', async () => {
    const { id, close } = await open()
    await close()
    await put(id, { text: 'Look at me' })
    const { body: viewer } = await test.api('POST', '/users', { body: { name: 'Vic', role: 'viewer' } })
    const looking = await openEditorAt(test, id, viewer.id as string)
    const { page, editor } = looking
    const note = editor.canvas.getByRole('note', { name: 'Note' })
    await note.getByText('Look at me').waitFor()
    await note.dblclick()
    await note.focus()
    await editor.press('Enter', 'Delete', 'Shift+N', 'Shift+ArrowDown')
    await page.getByRole('treeitem', { name: 'Note: Look at me' }).click()
    const panel = page.getByRole('complementary', { name: 'Selected tile' })
    expect(await panel.getByRole('textbox', { name: 'Text of the note' }).getAttribute('readonly')).not.toBeNull()
    expect(await panel.getByRole('button').allInnerTexts()).toHaveLength(1)
    expect(await editor.notes.count()).toBe(1)
    await expectGoodPage(looking, test, 'notes-viewer')
    expect(await kept(id)).toMatchObject([{ text: 'Look at me', position: { x: 320, y: 0 } }])
    await looking.close()
  }, 60_000)

  it('sees them on the monitor', async () => {
    const { id, close } = await open()
    await close()
    await put(id, { text: 'Look at me' })
    expect((await test.api('POST', `/journeys/${id}/activate`)).status).toBe(200)
    const monitor = await openApp(test, `/journeys/${id}/monitor`)
    await monitor.page.getByRole('note', { name: 'Note' }).getByText('Look at me').waitFor()
    await expectGoodPage(monitor, test, 'notes-monitor')
    await monitor.close()
  }, 60_000)
})

it('is a good page: long words, many lines, one that is written, all in the outline', async () => {
  const edited = await openEditor(test, { name: 'Noted', ...goodCanvas() })
  const { editor, page, id, close } = edited
  const column = { x: -320, height: 192 }
  await put(
    id,
    { text: 'Ask legal before the autumn sale.\n\n· Ada knows the numbers\n· Bob has the copy', position: { x: column.x, y: 0 } },
    { text: 'x'.repeat(80), position: { x: column.x, y: 160 } },
    { text: 'Many words. '.repeat(60), position: { x: column.x, y: 320 }, height: column.height },
    { text: '', position: { x: column.x, y: 560 }, height: 64 },
  )
  await page.reload()
  await editor.note('Ask legal').click()
  await page.getByRole('button', { name: 'Outline' }).click()
  await page.getByRole('treeitem', { name: 'Note: Empty note' }).waitFor()
  await expectGoodPage(edited, test, 'notes')
  await editor.note('Ask legal').dblclick()
  await editor.noteText.waitFor()
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await editor.preset('Sticky note').waitFor()
  await editor.note('Ask legal').dblclick()
  await editor.noteText.waitFor()
  await expectGoodPage(edited, test, 'notes-writing')
  await close()
}, 90_000)
