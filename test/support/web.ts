import type { BrowserContextOptions } from 'playwright-core'
import type { Db } from '../../store/db.js'
import { createLinkFor, createSignInLink } from '../../store/keys.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { seriousProblems } from './axe.js'
import { watchedPage, type Watched } from './browser.js'
import type { Seen } from './seen.js'

/** What a browser test needs of a server: RunningServer and TestApi both have it. */
export interface Site {
  url: string
  db: Db
}

/**
 * Opens a page of the application in a session of its own, signed in by a link as a person is.
 * @param options `user` is the id of who signs in; the first admin unless told
 */
export async function openApp(
  site: Seen<Site>,
  path = '/journeys',
  { user, ...options }: BrowserContextOptions & { user?: string } = {},
): Promise<Watched> {
  const watched = await watchedPage(site.browser, options)
  const { page } = watched
  await page.goto(site.url + path)
  const link =
    user === undefined ? await createSignInLink(site.db, DEFAULT_WORKSPACE) : (await createLinkFor(site.db, DEFAULT_WORKSPACE, user)).token
  await page.goto(`${site.url}/sign-in?token=${link}`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(site.url + path)
  await page.locator('#main').waitFor()
  return watched
}

const WIDTHS = [1440, 390]

/**
 * What every page must hold: nothing wider than the window at 1440 and 390 px, nothing serious for axe in both themes, no complaint of the
 * browser, no other host asked. With SCREENSHOTS set to a folder, pictures of it lie there afterwards.
 */
export async function expectGoodPage(watched: Watched, site: Site, name: string): Promise<void> {
  const { page, complaints, hosts } = watched
  const before = page.viewportSize()!
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width > 500 ? 900 : 844 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    expect({ name, width, problems: await seriousProblems(page) }).toEqual({ name, width, problems: [] })
    await picture(watched, `${name}-${width}`)
  }
  await page.setViewportSize(before)
  expect({ name, complaints }).toEqual({ name, complaints: [] })
  expect([...hosts]).toEqual([new URL(site.url).host])
}

/** Pictures in both themes, to look at; none without SCREENSHOTS. */
export async function picture({ page }: Watched, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder === undefined) return
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png` })
  }
}

/** What the browser complained of, without the answers that a test provokes, by their statuses. */
export const withoutAnswers = (complaints: string[], ...statuses: number[]): string[] =>
  complaints.filter((text) => !new RegExp(`\\b(${statuses.join('|')})\\b`).test(text))
