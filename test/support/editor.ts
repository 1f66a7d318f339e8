import type { Locator, Page } from 'playwright-core'
import type { TestApi } from './api.js'
import type { Watched } from './browser.js'
import type { Seen } from './seen.js'
import { openApp } from './web.js'

/** What the tests do in the editor, as a person does it: by mouse, by click, by key. */
export class EditorPage {
  constructor(readonly page: Page) {}

  get canvas(): Locator {
    return this.page.locator('.tw-canvas')
  }

  /** A tile by its name or type, as it is read out. */
  tile(name: RegExp | string): Locator {
    return this.canvas.locator('[data-tile-button]').and(this.page.getByRole('button', { name }))
  }

  get tiles(): Locator {
    return this.canvas.locator('[data-tile-button]')
  }

  /** A note by how it begins. */
  note(text: string): Locator {
    return this.canvas.locator('[data-note-button]').filter({ hasText: `Note: ${text}` })
  }

  get notes(): Locator {
    return this.canvas.locator('.react-flow__node-note')
  }

  /** The text of the note that is being written. */
  get noteText(): Locator {
    return this.canvas.getByRole('textbox', { name: 'Text of the note' })
  }

  get edges(): Locator {
    return this.canvas.locator('.react-flow__edge')
  }

  /** The button of the palette. */
  preset(name: string): Locator {
    return this.page.getByRole('complementary', { name: 'Add tiles' }).getByRole('button', { name, exact: true })
  }

  /** The `+` of an open port. */
  plus(tile: string, port = 'done'): Locator {
    return this.canvas.getByRole('button', { name: `Add a tile after ${tile}, ${port}`, exact: true })
  }

  /** Waits until all is on the server. */
  async saved(): Promise<void> {
    await this.page
      .getByRole('status')
      .filter({ hasText: /^Saved$/ })
      .waitFor()
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key)
  }

  /** Chooses from a menu that finds by typing. */
  async choose(typed: string): Promise<void> {
    await this.page.locator('[cmdk-input]').waitFor()
    await this.page.keyboard.type(typed)
    await this.page.keyboard.press('Enter')
    await this.page.locator('[cmdk-input]').waitFor({ state: 'detached' })
  }

  /** Drags with the mouse from the middle of something to a point or the middle of something else. */
  async drag(from: Locator, to: Locator | { x: number; y: number }): Promise<void> {
    const start = await middleOf(from)
    const end = 'x' in to ? to : await middleOf(to)
    const { mouse } = this.page
    await mouse.move(start.x, start.y)
    await mouse.down()
    await mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 5 })
    await mouse.move(end.x, end.y, { steps: 5 })
    await mouse.up()
  }
}

/** The middle of something that has come to rest: a form may just have opened, the view may just have been fitted. */
export async function middleOf(thing: Locator): Promise<{ x: number; y: number }> {
  for (let before = ''; ;) {
    const box = (await thing.boundingBox())!
    const now = JSON.stringify(box)
    if (now === before) return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
    before = now
    await thing.page().evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  }
}

/** An orchestration that is open in the editor. */
export interface Edited extends Watched {
  id: string
  editor: EditorPage
}

/** Makes an orchestration and opens it in the editor. */
export async function openEditor(test: Seen<TestApi>, body: object): Promise<Edited> {
  return openEditorAt(test, ((await test.api('POST', '/journeys', { body })).body as { id: string }).id)
}

/** Opens an orchestration in the editor, in a session of its own; that of a user whose id is given. */
export async function openEditorAt(test: Seen<TestApi>, id: string, user?: string): Promise<Edited> {
  const view = { viewport: { width: 1440, height: 1300 }, reducedMotion: 'reduce' as const, ...(user !== undefined && { user }) }
  const watched = await openApp(test, `/journeys/${id}/edit`, view)
  await watched.page.locator('.tw-canvas').waitFor()
  return { ...watched, id, editor: new EditorPage(watched.page) }
}

/** The config of a tile as the server has it. */
export async function savedConfig(test: TestApi, { id, editor }: Edited, tile: string): Promise<unknown> {
  await editor.saved()
  const { tiles } = (await test.api('GET', `/journeys/${id}`)).body as { tiles: { id: string; config: unknown }[] }
  return tiles.find((each) => each.id === tile)!.config
}
