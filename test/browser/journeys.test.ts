import { enrol } from '../../store/enrol.js'
import { createLinkFor, createSignInLink } from '../../store/keys.js'
import { createUser } from '../../store/users.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { startTestApi } from '../support/api.js'
import { eventually } from '../support/canvas.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp } from '../support/web.js'

/* The list of orchestrations, and the frame around every page. */

const test = seen(startTestApi)

const tiles = [
  { id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } },
  { id: 'done', type: 'exit', config: { reason: 'completed' } },
]
const edges = [{ from: 'entry', to: 'done' }]

async function make(name: string, description: string, ...verbs: string[]): Promise<string> {
  const { body } = await test.api('POST', '/journeys', { body: { name, description, tiles, edges } })
  for (const verb of verbs) expect((await test.api('POST', `/journeys/${body.id}/${verb}`)).status).toBe(200)
  return body.id as string
}

/** In every state; a name of 80 characters without a space; a member in every state. */
async function fill(): Promise<void> {
  const long = await make('x'.repeat(80), '')
  await test.api('PUT', `/journeys/${long}/details`, { body: { tags: ['spring', 'y'.repeat(40)] } })
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

it('teaches on an empty list, makes a first draft, and goes to draw it', async () => {
  const watched = await openApp(test)
  const { page } = watched
  await page.getByRole('heading', { name: 'Draw a customer’s path' }).waitFor()
  await expectGoodPage(watched, test, 'journeys-empty')
  await page.getByRole('main').getByRole('button', { name: 'New orchestration' }).click()
  await page.getByRole('button', { name: 'Create draft' }).click()
  await page.getByText("Give the orchestration's name.").waitFor()
  await expectGoodPage({ ...watched, complaints: watched.complaints.filter((text) => !text.includes('422')) }, test, 'journeys-new')
  await page.getByRole('textbox', { name: 'Name' }).fill('My first')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/journeys\/jrn_\w+\/edit$/)
  const { body } = await test.api('GET', '/journeys')
  expect(body.data).toMatchObject([{ name: 'My first', status: 'draft' }])
  const made = await test.api('GET', `/journeys/${body.data[0].id}`)
  expect(made.body.tiles.map(({ type }: { type: string }) => type)).toEqual(['entry', 'exit'])
  await test.api('DELETE', `/journeys/${body.data[0].id}`)
  await watched.close()
})

it('lists orchestrations with state and counts, and searches them in the address', async () => {
  await fill()
  const watched = await openApp(test)
  const { page } = watched
  const row = page.getByRole('row', { name: /Welcome series/ })
  await row.getByText('Paused').waitFor()
  expect((await row.getByRole('cell').allInnerTexts()).slice(0, 7)).toEqual([
    'Paused',
    '3',
    '1',
    '1',
    '1',
    '0',
    expect.stringMatching(/now|ago/),
  ])
  await expectGoodPage(watched, test, 'journeys')

  await page.getByRole('searchbox', { name: 'Search by name' }).fill('BESTANDS')
  await page.waitForURL(/\?search=BESTANDS$/)
  await eventually(
    () => page.getByRole('row').count(),
    (rows) => rows === 2,
  )
  await page.reload()
  await page.getByRole('row', { name: /Wiedergewinnungskampagne/ }).waitFor()
  expect(await page.getByRole('row').count()).toBe(2)
  await page.goto(`${test.url}/journeys?status=completed`)
  await page.getByRole('row', { name: /Spring sale/ }).waitFor()
  expect(await page.getByRole('row').count()).toBe(2)
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('welcome')
  await page.getByRole('button', { name: 'Show all' }).click()
  await eventually(
    () => page.getByRole('row').count(),
    (rows) => rows === 5,
  )
  await watched.close()
})

it('makes drafts from templates and from files', async () => {
  const watched = await openApp(test, '/journeys?new=yes')
  const { page } = watched
  await page.getByRole('radio', { name: /Abandoned cart/ }).click()
  await expectGoodPage(watched, test, 'journeys-templates')
  await page.getByRole('button', { name: 'Create draft' }).click()
  await page.waitForURL(/\/journeys\/jrn_\w+\/edit$/)
  const { body } = await test.api('GET', '/journeys?q=abandoned')
  const id = body.data[0].id as string
  expect((await test.api('POST', `/journeys/${id}/validate`)).body).toEqual({ valid: true, errors: [], warnings: [] })

  await page.goto(`${test.url}/journeys`)
  await page.getByRole('button', { name: 'Actions for Abandoned cart' }).click()
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Export as JSON' }).click()])
  expect(saved.suggestedFilename()).toBe('Abandoned-cart.json')
  await page.getByRole('banner').getByRole('button', { name: 'New orchestration' }).click()
  const file = page.getByLabel('File of an orchestration (JSON)')
  await file.setInputFiles({ name: 'wrong.json', mimeType: 'application/json', buffer: Buffer.from('{') })
  await page.getByText('wrong.json is no JSON').waitFor()
  await file.setInputFiles((await saved.path())!)
  await page.getByText(/has 9 tiles/).waitFor()
  await page.getByRole('textbox', { name: 'Name' }).fill('From a file')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/journeys\/jrn_\w+\/edit$/)
  const again = (await test.api('GET', '/journeys?q=From+a+file')).body.data[0].id as string
  const [a, b] = await Promise.all([id, again].map(async (each) => (await test.api('GET', `/journeys/${each}`)).body))
  expect([b.tiles, b.edges, b.settings]).toEqual([a.tiles, a.edges, a.settings])
  await watched.close()
})

it('tags, pauses, resumes, completes, duplicates and deletes, and says what each will do', async () => {
  const id = (await test.api('GET', '/journeys?q=Wiedergewinnung')).body.data[0].id as string
  for (const customerId of ['dan', 'eve'])
    await enrol(test.db, { workspaceId: DEFAULT_WORKSPACE, journeyId: id, customerId, triggerId: customerId })
  const watched = await openApp(test)
  const { page } = watched
  const menu = async (name: RegExp, item: string): Promise<void> => {
    await page.getByRole('button', { name }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  const row = page.getByRole('row', { name: /Wiedergewinnung/ })
  await menu(/Actions for Wieder/, 'Name and tags…')
  await page.getByRole('textbox', { name: 'Tags' }).fill('summer')
  await page.keyboard.press('Enter')
  await expectGoodPage(watched, test, 'journeys-details')
  await page.getByRole('button', { name: 'Save' }).click()
  await row.getByText('summer').waitFor()

  await menu(/Actions for Wieder/, 'Pause…')
  await page.getByText('2 members stay where they are.').waitFor()
  await page.getByRole('radio', { name: 'Stand still' }).click()
  await page.getByRole('radio', { name: 'Queue up' }).click()
  await expectGoodPage(watched, test, 'journeys-pause')
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await row.getByText('Paused').waitFor()
  expect(await test.db.query('select clocks, entries from pause where journey_id = $1', [id])).toEqual([
    { clocks: 'freeze', entries: 'queue' },
  ])

  await menu(/Actions for Wieder/, 'Resume…')
  await page.getByRole('radio', { name: 'Leave out the old ones' }).click()
  await page.getByLabel('Older than').fill('3')
  await expectGoodPage(watched, test, 'journeys-resume')
  await page.getByRole('button', { name: 'Resume', exact: true }).click()
  await row.getByText('Active').waitFor()

  await menu(/Actions for Wieder/, 'Complete…')
  await page.getByRole('radio', { name: 'Leave now' }).click()
  await expectGoodPage(watched, test, 'journeys-complete')
  await page.getByRole('button', { name: 'Complete and take out 2 members' }).click()
  await row.getByText('Completed').waitFor()

  await menu(/Actions for x+$/, 'Activate…')
  await page.getByText('Nobody enters at once.').waitFor()
  await page.getByRole('button', { name: 'Activate', exact: true }).click()
  await page.getByRole('row', { name: /xxxx/ }).getByText('Active').waitFor()
  await menu(/Actions for Abandoned cart$/, 'Activate…')
  await page.getByText('Nobody enters at once.').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()

  await menu(/Actions for Spring sale$/, 'Duplicate')
  await page.getByRole('row', { name: /Spring sale \(copy\)/ }).waitFor()
  await menu(/Actions for Spring sale \(copy\)/, 'Delete draft…')
  await page.getByRole('button', { name: 'Delete draft' }).click()
  await page.getByRole('row', { name: /Spring sale \(copy\)/ }).waitFor({ state: 'detached' })
  await watched.close()
})

it('goes from row to row by arrow keys and anywhere by Ctrl+K', async () => {
  const watched = await openApp(test)
  const { page, close } = watched
  await page
    .getByRole('row', { name: /Welcome series/ })
    .getByRole('link')
    .focus()
  await page.keyboard.press('ArrowDown')
  expect(await page.evaluate('document.activeElement.textContent')).toContain('Spring sale')
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('spring')
  await page.getByRole('option', { name: /Spring sale/ }).waitFor()
  await expectGoodPage(watched, test, 'search')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/journeys\/jrn_\w+\/monitor$/)
  await close()
})

it('offers a person only what their role may do', async () => {
  const { id: user } = await createUser(test.db, DEFAULT_WORKSPACE, { name: 'Vera', role: 'viewer' })
  const { page, close } = await openApp(test, '/journeys', { user })
  await page.getByRole('button', { name: /^Actions for Welcome series/ }).click()
  expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Look at the canvas', 'Export as JSON'])
  await page.keyboard.press('Escape')
  expect(await page.getByRole('button', { name: 'New orchestration' }).count()).toBe(0)
  await page.getByRole('button', { name: 'You and the appearance' }).click()
  await page.getByText('Vera').waitFor()
  await page.getByText('Viewer · ').waitFor()
  await close()
})

it('begins anew when somebody else signs in on the page', async () => {
  const { id: user } = await createUser(test.db, DEFAULT_WORKSPACE, { name: 'Vito', role: 'viewer' })
  const { page, close } = await openApp(test)
  await page.getByRole('banner').getByRole('button', { name: 'New orchestration' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Made by nobody')
  await test.db.query(`delete from sign_in where kind = 'session'`)
  await page.keyboard.press('Enter')
  await page.getByLabel('Sign-in link').fill((await createLinkFor(test.db, DEFAULT_WORKSPACE, user)).token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor({ state: 'detached' })
  await page.getByRole('row', { name: /Welcome series/ }).waitFor()
  expect(await page.getByRole('button', { name: 'New orchestration' }).count()).toBe(0)
  expect((await test.api('GET', '/journeys?q=Made+by+nobody')).body.data).toEqual([])
  await close()
})

it('shows more than a page, and keeps only rows in view in the document', async () => {
  for (let n = 0; n < 120; n++) await test.api('POST', '/journeys', { body: { name: `Number ${n}` } })
  const { page, close } = await openApp(test)
  await page.getByRole('row', { name: /Number 119/ }).waitFor()
  await page.getByRole('button', { name: 'Show more' }).click()
  await eventually(
    () => page.getByRole('table').getAttribute('aria-rowcount'),
    (count) => count === '101',
  )
  expect(await page.getByRole('row').count()).toBeLessThan(80)
  await page.getByRole('button', { name: 'Show more' }).scrollIntoViewIfNeeded()
  await page
    .getByRole('row', { name: /Number 20/ })
    .getByRole('link')
    .click()
  await page.waitForURL(/\/edit$/)
  await page.goBack()
  // Where it was: further down than one window.
  await page.getByRole('row', { name: /Number 20/ }).waitFor()
  expect(await page.getByRole('row', { name: /Number 119/ }).count()).toBe(0)
  await close()
})

it('asks to sign in when the session has ended, and goes on exactly where it was', async () => {
  const watched = await openApp(test)
  const { page, close } = watched
  await page.getByRole('banner').getByRole('button', { name: 'New orchestration' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Made after all')
  await test.db.query(`delete from sign_in where kind = 'session'`)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
  await page.getByLabel('Sign-in link').fill('http://example.com/sign-in?token=wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('This link does not work').waitFor()
  await expectGoodPage({ ...watched, complaints: watched.complaints.filter((text) => !/401|410/.test(text)) }, test, 'session-ended')
  await page.getByLabel('Sign-in link').fill(`${test.url}/sign-in?token=${await createSignInLink(test.db, DEFAULT_WORKSPACE)}`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/journeys\/jrn_\w+\/edit$/)
  const { body } = await test.api('GET', '/journeys?q=made+after')
  expect(body.data).toHaveLength(1)
  await close()
})

it('goes on when somebody signs in in another tab', async () => {
  const { page, close } = await openApp(test)
  await page.getByRole('row', { name: /Made after all/ }).waitFor()
  await test.db.query(`delete from sign_in where kind = 'session'`)
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('spring')
  await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
  const other = await page.context().newPage()
  await other.goto(`${test.url}/sign-in?token=${await createSignInLink(test.db, DEFAULT_WORKSPACE)}`)
  await other.getByRole('button', { name: 'Sign in' }).click()
  await other.waitForURL(`${test.url}/journeys`)
  await page.getByRole('row', { name: /Spring sale/ }).waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
  await close()
})

it('keeps the theme that was chosen', async () => {
  const { page, close } = await openApp(test)
  await page.getByRole('button', { name: 'You and the appearance' }).click()
  await page.getByRole('menuitem', { name: 'Dark' }).click()
  await page.reload()
  await page
    .getByRole('row', { name: /Spring sale|Made after/ })
    .first()
    .waitFor()
  expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
  await close()
})

it('says so at an address without a page', async () => {
  const watched = await openApp(test, '/settings/nothing/here')
  await watched.page.getByRole('heading', { name: 'There is no such page' }).first().waitFor()
  await expectGoodPage(watched, test, 'missing')
  await watched.close()
})
