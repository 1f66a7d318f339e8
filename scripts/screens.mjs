// `npm run screens`: pictures of every page for docs/screens, light and dark, at 1440 and 390 px, of the Tilework that runs on DATA_DIR with the data of
// `npm run demo`. To be looked at: alignment, overflow, contrast, truncation, empty and error states.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { chromium as browsers } from 'playwright-core'
import { prepare, root } from './prepare.mjs'
import { chromium } from './tools.mjs'

const FOLDER = path.join(root, 'docs/screens')
const SIZES = { 1440: 900, 390: 844 }
const THEMES = ['light', 'dark']

await prepare()
const running = path.resolve(root, process.env.DATA_DIR || '.tilework', 'running.json')
if (!fs.existsSync(running)) {
  console.error('No Tilework runs here. Start it with `npm start` in another shell, run `npm run demo`, then this again.')
  process.exit(1)
}
const { url } = JSON.parse(fs.readFileSync(running, 'utf8'))

function cli(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

const browser = await browsers.launch({ executablePath: await chromium(), args: ['--no-sandbox'] })
const context = await browser.newContext({ reducedMotion: 'reduce' })
const page = await context.newPage()
await page.goto(cli('sign-in').match(/http\S+token=\S+/)[0])
await page.getByRole('button', { name: 'Sign in' }).click()
await page.locator('#main').waitFor()

/** The first thing of a list that satisfies. */
const first = async (route, which = () => true) => (await (await context.request.get(`${url}/api/v1${route}`)).json()).data.find(which)

const journey = await first('/journeys', ({ name }) => name === 'Welcome')
const member = await first(`/journeys/${journey.id}/members`)
const customer = await first('/customers', ({ name }) => name !== null)
const audience = await first('/audiences')
const destination = await first('/destinations', ({ type }) => type !== 'sandbox')
const template = await first('/templates')
const offer = await first('/sandbox/messages?limit=100', ({ fields }) => /^(A gift|Still looking)/.test(fields.subject))
const unsubscribe = /\/unsubscribe\/\S+/.exec(offer?.fields.text ?? '')?.[0]
await page.goto(`${url}/journeys?new=yes`)
await page.getByRole('radio', { name: /^Win back/ }).click()
await page.getByRole('dialog').locator('button[type=submit]').click()
await page.waitForURL(/\/edit$/)
const draft = new URL(page.url()).pathname
const settled = async () => {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  await page
    .locator('.move-breathe')
    .first()
    .waitFor({ state: 'detached', timeout: 5_000 })
    .catch(() => undefined)
  await page.getByText('Looking for problems…').waitFor({ state: 'detached' })
  // Previews are made anew a moment after what they are made from has changed.
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
}
const PAGES = {
  orchestrations: '/journeys',
  new: '/journeys?new=yes',
  draft: [draft, () => page.locator('.react-flow__node').filter({ hasText: '15 % off' }).last().click()],
  // On a phone a canvas is only looked at.
  activate: [draft, async () => page.viewportSize().width > 600 && (await page.getByRole('button', { name: 'Activate…' }).click())],
  editor: `/journeys/${journey.id}/edit`,
  monitor: `/journeys/${journey.id}/monitor`,
  members: `/journeys/${journey.id}/members`,
  member: `/journeys/${journey.id}/members/${member.id}`,
  versions: `/journeys/${journey.id}/versions`,
  'test-run': `/journeys/${journey.id}/edit?test`,
  audiences: '/audiences',
  ...(audience && { audience: `/audiences/${audience.id}` }),
  customers: '/customers',
  customer: `/customers/${encodeURIComponent(customer.id)}`,
  events: '/events',
  destinations: '/destinations',
  ...(destination && { destination: `/destinations/${destination.id}` }),
  secrets: '/destinations/secrets',
  templates: '/templates',
  template: `/templates/${template.id}`,
  inbox: '/inbox',
  operations: '/operations',
  jobs: '/operations/jobs',
  settings: '/settings',
  users: '/settings/users',
  'api-keys': '/settings/api-keys',
  topics: '/settings/topics',
  suppressions: '/settings/suppressions',
  limits: '/settings/limits',
  'audit-log': '/settings/audit-log',
  appearance: '/settings/appearance',
  about: '/settings/about',
  ...(unsubscribe && { unsubscribe }),
  'nothing-found': '/customers?search=nobody',
  missing: '/journeys/jrn_none/monitor',
}

fs.rmSync(FOLDER, { recursive: true, force: true })
fs.mkdirSync(FOLDER, { recursive: true })
for (const [name, [route, act]] of Object.entries(PAGES).map(([name, page]) => [name, [page].flat()]))
  for (const [width, height] of Object.entries(SIZES)) {
    await page.setViewportSize({ width: Number(width), height })
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme })
      // Pages that stream never rest; what they show is there once the skeletons are gone.
      await page.goto(url + route, { waitUntil: 'load' })
      await page.locator('#main, main').first().waitFor()
      await settled()
      await act?.()
      await settled()
      await page.evaluate('document.fonts.ready')
      await page.screenshot({ path: path.join(FOLDER, `${name}-${width}-${colorScheme}.jpg`), type: 'jpeg', quality: 78 })
    }
  }
await browser.close()
console.log(`${Object.keys(PAGES).length} pages are in docs/screens.`)
