import type { Page } from 'playwright-core'
import { entry, eventually, exit, hook, row, send, tile, wait } from '../support/canvas.js'
import { startHooks, type Hooks } from '../support/hooks.js'
import { startServer } from '../support/server.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp } from '../support/web.js'

/* The monitor, the members and the versions, on a server whose members really walk. */

let hooks: Hooks
const server = seen(startServer)
beforeAll(async () => {
  hooks = await startHooks()
})
afterAll(() => hooks?.stop())

const DAY = { kind: 'duration', duration: 'P1D' }
const VIP = { kind: 'condition', paths: [{ id: 'yes', when: { trait: 'lifetime_value', op: 'gt', value: 500 } }] }
const named = <T extends { id: string }>(what: T, name: string): T & { name: string } => ({ ...what, name })

/** Who is worth more than 500 is told to the CRM; the others wait for a day. */
const canvas = (longName = 'Wait a day') =>
  row(
    [
      named(entry(), 'Signed up'),
      named(send('hello', 'Hello {{ customer.traits.name }}'), 'Welcome'),
      named(tile('vip', 'branch', VIP), 'Important?'),
      named(hook('gift', hooks.url, { retry: { maxAttempts: 1 } }), 'Tell the CRM'),
      named(wait('day', DAY), longName),
      named(exit(), 'End'),
    ],
    [
      { from: 'vip', port: 'yes', to: 'gift' },
      { from: 'vip', port: 'else', to: 'day' },
      { from: 'gift', to: 'done' },
    ],
  )

async function enter(journeyId: string, customerId: string, lifetimeValue: number): Promise<string> {
  await server.call('PUT', `/customers/${customerId}`, { traits: { name: `Name of ${customerId}`, lifetime_value: lifetimeValue } })
  return server.enter({ journeyId, customerId })
}

/** The numbers of a tile as they are read out, on its canvas. */
const numbers = (page: Page, name: string) =>
  page
    .locator('.react-flow__node')
    .filter({ has: page.getByRole('button', { name: new RegExp(`^${name}`) }) })
    .getByRole('img')

const reads = (page: Page, name: string, words: string) =>
  eventually(
    () => numbers(page, name).getAttribute('aria-label'),
    (label) => label === words,
  )

const total = (page: Page, name: string, n: string) =>
  page
    .locator('dl > div')
    .filter({ hasText: new RegExp(`^${name}${n}`) })
    .waitFor()

it('shows counts that move while members walk, also when only asked for', async () => {
  const id = await server.launch(canvas(), 'Counted')
  const watched = await openApp(server, `/journeys/${id}/monitor`)
  const { page } = watched
  await page.getByText('Live', { exact: true }).waitFor()
  await reads(page, 'Wait a day', '0 here, 0 passed')
  await enter(id, 'ada', 10)
  await reads(page, 'Wait a day', '1 here, 0 passed')
  await reads(page, 'Important', '0 here, 1 passed')
  await page.getByRole('img', { name: '1 member went on to Wait a day, 100 %' }).waitFor()
  await enter(id, 'bob', 20)
  await reads(page, 'Wait a day', '2 here, 0 passed')
  await total(page, 'Entered', '2')

  await page
    .getByRole('button', { name: /^Wait a day/ })
    .first()
    .click()
  await page.getByRole('link', { name: 'See who is here' }).click()
  await page.waitForURL(/members\?tile=day$/)
  await eventually(
    () => page.getByRole('row').count(),
    (rows) => rows === 3,
  )
  await page.goto(`${server.url}/journeys/${id}/monitor?range=day&tile=hello`)
  await page.getByRole('link', { name: '2', exact: true }).click()
  await page.waitForURL(/members\?visited=hello&enteredFrom=/)
  await page.getByText('Have been at Welcome').waitFor()
  await page.getByRole('row', { name: /ada/ }).waitFor()
  await page.getByRole('button', { name: 'All of these…' }).click()
  await page.getByRole('menuitem', { name: 'Take them out…' }).click()
  await page.getByRole('button', { name: 'Take out 2 members' }).waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expectGoodPage(watched, server, 'members')
  await page.goto(`${server.url}/journeys/${id}/members?converted=true`)
  await page.getByText(/^All of these have left/).waitFor()
  expect(await page.getByRole('button', { name: 'All of these…' }).isDisabled()).toBe(true)
  await expectGoodPage(watched, server, 'members-left')
  await watched.close()

  const without = await openApp(server)
  await without.page.addInitScript('window.EventSource = class extends EventTarget { readyState = 2; close() {} constructor() { super(); setTimeout(() => this.dispatchEvent(new Event("error"))) } }; window.EventSource.CLOSED = 2') // prettier-ignore
  await without.page.goto(`${server.url}/journeys/${id}/monitor`)
  await without.page.getByText('No live stream').waitFor()
  await enter(id, 'cy', 20)
  await reads(without.page, 'Wait a day', '3 here, 0 passed')
  await without.page.route('**/stats*', (route) => route.abort())
  await without.page.getByText('Connection lost').waitFor()
  await total(without.page, 'Entered', '3')
  await without.close()
}, 90_000)

it('pauses and resumes, and says what is held', async () => {
  const id = await server.launch(canvas(), 'Paused one')
  const watched = await openApp(server, `/journeys/${id}/monitor`)
  const { page } = watched
  await page.getByRole('button', { name: 'Pause…' }).click()
  await page.getByRole('radio', { name: 'Queue up' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByText('Nobody is held yet.').waitFor()
  for (const each of ['queued-1', 'queued-2']) await server.call('PUT', `/customers/${each}`, { traits: { name: each } })
  await server.call('POST', `/journeys/${id}/members`, { customerIds: ['queued-1', 'queued-2'] })
  await page.getByText('2 customers wait to enter.').waitFor()
  await expectGoodPage(watched, server, 'monitor-paused')
  await page.getByRole('main').getByRole('button', { name: 'Resume…' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Resume', exact: true }).click()
  await page.getByText('Nobody is held yet.').waitFor({ state: 'detached' })
  await reads(page, 'Wait a day', '2 here, 0 passed')
  await watched.close()
}, 60_000)

it('retries a parked member, one and many, after saying how many', async () => {
  hooks.answer = 400
  const id = await server.launch(canvas('x'.repeat(80)), 'Parking '.padEnd(80, 'x'))
  await Promise.all([enter(id, 'vip-1', 900), enter(id, 'vip-2', 901), enter(id, 'vip-3', 902)])
  const watched = await openApp(server, `/journeys/${id}/monitor?view=errors`)
  const { page } = watched
  await total(page, 'Parked now', '3')
  await reads(page, 'Tell the CRM', '3 here, 0 passed, 3 failed')
  await page.getByText('3 members', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Members', exact: true }).click()
  await page.getByRole('link', { name: 'vip-3' }).waitFor()
  await expectGoodPage(watched, server, 'monitor-errors')
  hooks.answer = 200
  await page.getByRole('button', { name: 'Retry for vip-2' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Retry', exact: true }).click()
  await total(page, 'Parked now', '2')
  await reads(page, 'Tell the CRM', '2 here, 1 passed, 3 failed')

  await page.getByRole('button', { name: 'Retry all…' }).click()
  await page.getByText('2 parked members will be retried.').waitFor()
  await page.getByRole('button', { name: 'Retry 2 members' }).click()
  await page.getByText('Say why; others will read it.').waitFor()
  await page.getByRole('textbox', { name: 'Why' }).fill('The CRM is back')
  await expectGoodPage(watched, server, 'monitor-retry')
  await page.getByRole('button', { name: 'Retry 2 members' }).click()
  await page.getByText('Done: 2 members.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
  await total(page, 'Parked now', '0')
  await page.getByText('Nobody is parked').waitFor()

  await page.goto(`${server.url}/journeys/${id}/members?customer=vip-1`)
  await page.getByRole('row', { name: /vip-1/ }).getByRole('link').click()
  await page.getByText('lifetime value was 900 → yes').waitFor()
  await page.getByText('Retried by an operator').waitFor()
  await page.getByText('The CRM is back').waitFor()
  await page.getByRole('button', { name: 'Delivery' }).first().click()
  await page.getByText('Hello Name of vip-1').waitFor()
  expect(await page.locator('[data-tile="day"]').getAttribute('data-mark')).toBe('dim')
  expect(await page.locator('[data-tile="gift"]').getAttribute('data-mark')).toBe('lit')
  await expectGoodPage(watched, server, 'member')
  await watched.close()
}, 120_000)

it('publishes a version with a migration, after counting', async () => {
  const id = await server.launch(canvas(), 'Versioned')
  await Promise.all([enter(id, 'stay-1', 1), enter(id, 'stay-2', 2)])
  const drawn = canvas('Wait two days')
  const tiles = drawn.tiles.map((each) => (each.id === 'day' ? { ...each, config: { kind: 'duration', duration: 'P2D' } } : each))
  expect((await server.call('POST', `/journeys/${id}/versions`, { ...drawn, tiles })).status).toBe(201)
  const watched = await openApp(server, `/journeys/${id}/versions`)
  const { page } = watched
  await page.getByText('2 members walk it now').waitFor()
  await page.getByText('Changed', { exact: true }).first().waitFor()
  await expectGoodPage(watched, server, 'versions')
  await page.getByRole('button', { name: 'Publish…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('2 stay, 0 move, 0 leave.').waitFor()
  await dialog.getByRole('combobox', { name: 'Members at Wait a day', exact: true }).click()
  await page.getByRole('option', { name: /Move to/ }).click()
  await dialog.getByText('0 stay, 2 move, 0 leave.').waitFor()
  await expectGoodPage(watched, server, 'versions-publish')
  await dialog.getByRole('button', { name: 'Publish version 2' }).click()
  await page.getByText('Done: 2 members.').waitFor()
  const { body } = await server.call('GET', `/journeys/${id}/members`)
  expect(body.data.map(({ version, tileId }: { version: number; tileId: string }) => [version, tileId])).toEqual([[2, 'day'], [2, 'day']]) // prettier-ignore
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
  await page.getByRole('button', { name: /^Version 1/ }).click()
  await page.getByRole('button', { name: 'Go back to this one…' }).click()
  await page.getByRole('button', { name: 'Make the draft' }).click()
  await page.waitForURL(/\/edit$/)
  expect((await server.call('GET', `/journeys/${id}/versions/3`)).body.tiles.find((each: { id: string }) => each.id === 'day').config.duration).toBe('P1D') // prettier-ignore
  await watched.close()
}, 90_000)

it('names the tile of each member by the canvas of its own version, which is read once', async () => {
  const id = await server.launch(canvas(), 'Two canvases')
  await Promise.all([enter(id, 'old-1', 1), enter(id, 'old-2', 2)])
  const drawn = canvas()
  const [tiles, edges] = JSON.parse(JSON.stringify([drawn.tiles, drawn.edges]).replaceAll('"day"', '"pause"').replace('Wait a day', 'Pause')) as [object[], object[]] // prettier-ignore
  expect((await server.call('POST', `/journeys/${id}/versions`, { ...drawn, tiles, edges })).status).toBe(201)
  expect((await server.call('POST', `/journeys/${id}/versions/2/publish`, { default: 'stay' })).status).toBe(202)
  await enter(id, 'new-1', 3)
  const watched = await openApp(server)
  const { page } = watched
  const asked: string[] = []
  page.on('request', (request) => /\/versions\/\d+$/.test(request.url()) && asked.push(request.url().split('/').pop()!))
  await page.goto(`${server.url}/journeys/${id}/members`)
  for (const [name, tile] of [['old-1', 'Wait a day'], ['old-2', 'Wait a day'], ['new-1', 'Pause']] as const) // prettier-ignore
    await page.getByRole('row', { name: new RegExp(`^${name}`) }).getByRole('cell', { name: tile, exact: true }).waitFor() // prettier-ignore
  expect(asked.sort()).toEqual(['1', '2'])
  await page.goto(`${server.url}/customers/old-1`)
  await page.getByText('Wait a day').waitFor()
  await watched.close()
}, 60_000)
