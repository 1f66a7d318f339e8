import type { Browser } from 'playwright-core'
import { createSignInLink } from '../../store/keys.js'
import { enrol } from '../../store/enrol.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { startTestApi, type TestApi } from '../support/api.js'
import { launchBrowser, watchedPage, type Watched } from '../support/browser.js'

/** A folder for pictures of every page, to look at; none are taken without it. */
const PICTURES = process.env.SCREENSHOTS
const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
]

let test: TestApi
let browser: Browser
beforeAll(async () => {
  test = await startTestApi()
  browser = await launchBrowser()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await test?.stop()
})

async function signedIn(options: Parameters<typeof watchedPage>[1] = {}): Promise<Watched> {
  const watched = await watchedPage(browser, options)
  await watched.page.goto(`${test.url}/sign-in?token=${await createSignInLink(test.db, DEFAULT_WORKSPACE)}`)
  await watched.page.getByRole('button', { name: 'Sign in' }).click()
  await watched.page.waitForURL(`${test.url}/`)
  return watched
}

async function picture({ page }: Watched, name: string): Promise<void> {
  if (PICTURES === undefined) return
  for (const colorScheme of ['light', 'dark'] as const)
    for (const size of SIZES) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(size)
      await page.screenshot({ path: `${PICTURES}/${name}-${colorScheme}-${size.width}.png`, fullPage: name !== 'docs' })
    }
}

/** No page may be wider than the window. */
async function fits({ page }: Watched): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(size.width)
  }
}

const QUIET = { complaints: [] as string[] }

it('says how to get a link to who is not signed in', async () => {
  const watched = await watchedPage(browser)
  await watched.page.goto(test.url)
  await expectText(watched, 'You are not signed in')
  await fits(watched)
  await picture(watched, 'signed-out')
  await watched.page.goto(`${test.url}/sign-in?token=abc`)
  await picture(watched, 'link')
  await watched.page.getByRole('button', { name: 'Sign in' }).click()
  await expectText(watched, 'This link does not work')
  await fits(watched)
  await picture(watched, 'bad-link')
  await watched.close()
})

it('signs in by the link, teaches on an empty list, and signs out', async () => {
  const watched = await signedIn()
  await expectText(watched, 'Nothing here yet')
  await fits(watched)
  await picture(watched, 'empty')
  await watched.page.getByRole('button', { name: 'Sign out' }).click()
  await expectText(watched, 'You are not signed in')
  expect(watched).toMatchObject({ ...QUIET, hosts: new Set([new URL(test.url).host]) })
  await watched.close()
})

it('teaches with a command that works as it is', async () => {
  const { page, close } = await signedIn()
  const command = await page.locator('pre code').textContent()
  const body = JSON.parse(/-d '([\s\S]+)'$/.exec(command!.trim())![1]!) as object
  const { status, body: made } = await test.api('POST', '/journeys', { body })
  expect(status).toBe(201)
  expect((await test.api('POST', `/journeys/${made.id}/activate`)).status).toBe(200)
  await close()
})

it('lists orchestrations with their state and counts', async () => {
  await fill()
  const watched = await signedIn()
  const row = watched.page.getByRole('row', { name: /Welcome series/ })
  expect(await row.locator('.pill').textContent()).toContain('Paused')
  expect(await row.locator('td.number').allTextContents()).toEqual(['3', '1', '1', '1', '0', expect.stringContaining('just now')])
  await fits(watched)
  await picture(watched, 'list')
  expect(watched).toMatchObject(QUIET)
  await watched.close()
})

it('browses the API under /docs, from here alone', async () => {
  const watched = await watchedPage(browser)
  await watched.page.goto(`${test.url}/docs/`)
  await watched.page.getByText('/journeys/{id}/activate').waitFor()
  await watched.page.locator('.opblock-summary', { hasText: '/journeys/{id}/pause' }).click()
  await watched.page.getByText('no send, webhook or profile change').first().waitFor()
  await picture(watched, 'docs')
  expect(watched).toMatchObject({ ...QUIET, hosts: new Set([new URL(test.url).host]) })
  await watched.close()
})

async function expectText({ page }: Watched, text: string): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: 5_000 })
}

/** Orchestrations in every state; a name of 80 characters without a space; large counts. */
async function fill(): Promise<void> {
  const tiles = [
    { id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } },
    { id: 'done', type: 'exit', config: { reason: 'completed' } },
  ]
  const edges = [{ from: 'entry', to: 'done' }]
  const make = async (name: string, description: string, ...verbs: string[]): Promise<string> => {
    const { body } = await test.api('POST', '/journeys', { body: { name, description, tiles, edges } })
    for (const verb of verbs) expect((await test.api('POST', `/journeys/${body.id}/${verb}`)).status).toBe(200)
    return body.id as string
  }
  await make('x'.repeat(80), '')
  await make(
    'Wiedergewinnungskampagne für Bestandskundenverträge',
    'Für alle, deren Vertrag in den nächsten sechzig Tagen ausläuft und die zuletzt nicht geantwortet haben',
    'activate',
  )
  await make('Spring sale', '', 'activate', 'complete')
  const id = await make('Welcome series', 'First seven days', 'activate')
  const members: string[] = []
  for (const customerId of ['ada', 'bob', 'cy']) {
    const entered = await enrol(test.db, { workspaceId: DEFAULT_WORKSPACE, journeyId: id, customerId, triggerId: customerId })
    if ('memberId' in entered) members.push(entered.memberId)
  }
  await test.db.query(`update member set status = 'parked' where id = $1`, [members[0]])
  await test.db.query(`update member set status = 'held', held_by = 1 where id = $1`, [members[1]])
  await test.api('POST', `/journeys/${id}/pause`)
}
