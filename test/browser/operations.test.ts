import { entry, eventually, exit, hook, row } from '../support/canvas.js'
import { startHooks, type Hooks } from '../support/hooks.js'
import { startServer } from '../support/server.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp, withoutAnswers } from '../support/web.js'

/* What stands still across orchestrations, acting on it together, and jobs: with members that are really parked. */

let hooks: Hooks
const server = seen(startServer)
beforeAll(async () => {
  hooks = await startHooks()
})
afterAll(() => hooks?.stop())

const LONG = 'O'.repeat(80)
const withoutRefusals = (complaints: string[]): string[] => withoutAnswers(complaints, 422)

it('says what would stand here while nothing does', async () => {
  const watched = await openApp(server, '/operations')
  const { page } = watched
  await page.getByRole('heading', { name: 'Nothing stands still' }).waitFor()
  await expectGoodPage(watched, server, 'operations-empty')
  await page.getByRole('link', { name: 'Jobs' }).click()
  await page.getByRole('heading', { name: 'No job has run yet' }).waitFor()
  await watched.close()
})

it('retries the parked members of one orchestration and code after saying how many, and follows the job', async () => {
  hooks.answer = 400
  for (const [name, customers] of [
    [LONG, ['ada', 'bob']],
    ['Other', ['cy']],
  ] as const)
    // prettier-ignore
    await parked(name, customers)
  const watched = await openApp(server, '/operations')
  const { page } = watched
  await page.getByText('3 members are parked and wait for you.').waitFor()
  const group = page.getByRole('row', { name: new RegExp(`^${LONG}`) })
  expect((await group.getByRole('cell').allInnerTexts()).slice(0, 4)).toEqual(['http_400', '2', '0', '–'])
  await group.getByRole('button').first().click()
  await page.waitForURL(/journey=jrn_\w+&code=http_400/)
  await page.getByRole('row', { name: /^ada/ }).waitFor()
  expect(await page.getByRole('row', { name: /^ada/ }).getByRole('link').getAttribute('href')).toMatch(/\/journeys\/jrn_\w+\/members\/mem_/)
  await expectGoodPage(watched, server, 'operations')

  hooks.answer = 200
  await page.getByRole('button', { name: 'Retry…', exact: true }).click()
  await page.getByText('2 members are parked for this now.').waitFor()
  await page.getByRole('button', { name: 'Retry 2 members' }).click()
  await page.getByText(/^Say why/).waitFor()
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'operations-bulk')
  await page.getByRole('radio', { name: 'Take them out' }).click()
  await page.getByRole('button', { name: 'Take out 2 members' }).waitFor()
  await page.getByRole('radio', { name: 'Try again' }).click()
  await page.getByRole('textbox', { name: 'Why' }).fill('It is mended')
  await page.getByRole('button', { name: 'Retry 2 members' }).click()
  await page.getByRole('button', { name: 'Follow the job' }).click()
  await page.waitForURL(`${server.url}/operations/jobs`)
  const job = page.getByRole('row', { name: /^Retry members/ })
  await job.getByText('2 of 2').waitFor({ timeout: 30_000 })
  await job.getByRole('button').click()
  await page.getByRole('dialog').getByText('Done', { exact: true }).first().waitFor()
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'jobs-one')
  await page.keyboard.press('Escape')
  await page.getByRole('combobox', { name: 'Kind' }).click()
  await page.getByRole('option', { name: 'Enter customers' }).click()
  await page.waitForURL(/kind=enrol/)
  await eventually(
    () => page.getByRole('row', { name: /^Retry members/ }).count(),
    (count) => count === 0,
  )
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'jobs')
  await page.goto(`${server.url}/operations`)
  await page.getByText('1 member is parked and waits for you.').waitFor({ timeout: 20_000 })
  expect(await page.getByRole('row', { name: new RegExp(`^${LONG}`) }).count()).toBe(0)
  await watched.close()
})

/** An orchestration whose webhook is refused for good, with its members parked there. */
async function parked(name: string, customerIds: readonly string[]): Promise<void> {
  const { body } = await server.call('POST', '/journeys', { name, ...row([entry(), hook('call', hooks.url), exit()]) })
  expect((await server.call('POST', `/journeys/${body.id}/activate`)).status).toBe(200)
  expect((await server.call('POST', `/journeys/${body.id}/members`, { customerIds })).status).toBe(202)
  await eventually(
    async () => (await server.call('GET', `/journeys/${body.id}/stats`)).body.members.parked as number,
    (count) => count === customerIds.length,
  )
}
