import type { Browser } from 'playwright-core'
import { launchBrowser } from './browser.js'
import type { Site } from './web.js'

/** A site with a browser to look at it. */
export type Seen<S> = S & { browser: Browser }

/**
 * Starts a site and a browser before the tests of a file, and stops them after. What it answers is filled by then.
 * @param start `startTestApi`, or `startServer` for tests in which members walk
 * @param prepare what the tests find there
 */
export function seen<S extends Site & { stop(): Promise<void> }>(
  start: () => Promise<S>,
  prepare?: (site: Seen<S>) => Promise<unknown>,
): Seen<S> {
  const site = {} as Seen<S>
  beforeAll(async () => {
    const [browser, started] = await Promise.allSettled([launchBrowser(), start()])
    if (browser.status === 'fulfilled') site.browser = browser.value
    if (started.status === 'fulfilled') Object.defineProperties(site, Object.getOwnPropertyDescriptors(started.value))
    for (const each of [browser, started]) if (each.status === 'rejected') throw each.reason
    await prepare?.(site)
  }, 90_000)
  afterAll(() => Promise.all([site.browser?.close(), site.stop?.()]))
  return site
}
