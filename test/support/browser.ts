import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

/** A real browser. CHROMIUM_PATH says where it is. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  })
}

/** A page, with all that it complained about (errors, refused by the Content-Security-Policy) and every host that it asked. */
export interface Watched {
  page: Page
  complaints: string[]
  hosts: Set<string>
  close(): Promise<void>
}

/** Opens a page of its own session. */
export async function watchedPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  // Shorter than a test may take, so that a failure says what was waited for.
  page.setDefaultTimeout(12_000)
  const complaints: string[] = []
  const hosts = new Set<string>()
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    if (protocol.startsWith('http')) hosts.add(host)
  })
  return { page, complaints, hosts, close: () => context.close() }
}
