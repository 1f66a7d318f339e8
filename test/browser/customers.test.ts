import { eventually } from '../support/canvas.js'
import { startServer } from '../support/server.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp } from '../support/web.js'

/* Customers, their imports, what they did, and what was sent to them: against a server with worker and router. */

const server = seen(startServer)

const CSV = 'id,email,phone,age\nada,ada@example.com,0461234,36\nbob,bob@example.com,0467654,x\n,nobody@example.com,1,1\n'

it('teaches on an empty list, and imports a file after showing what is in it', async () => {
  const watched = await openApp(server, '/customers')
  const { page } = watched
  await page.getByRole('heading', { name: 'Nobody is known yet' }).waitFor()
  await expectGoodPage(watched, server, 'customers-empty')
  await page.getByRole('main').getByRole('button', { name: 'Import' }).click()
  await expectGoodPage(watched, server, 'customers-import')
  await page.getByLabel('File of customers').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) })
  await page.getByText('people.csv has 2 rows that can be merged.').waitFor()
  await page.getByText('1 row cannot be read').waitFor()
  const age = page.getByRole('row', { name: /^age/ })
  expect(await age.getByRole('cell').first().innerText()).toBe('number (1), text (1)')
  await age.getByRole('combobox', { name: 'Take age as' }).click()
  await page.getByRole('option', { name: 'Text', exact: true }).click()
  await age.getByText('text (2)').waitFor()
  await expectGoodPage(watched, server, 'customers-import-report')
  expect((await server.call('GET', '/customers/ada')).status).toBe(404)
  await page.getByRole('button', { name: 'Merge 2 rows' }).click()
  await page.getByText('2 customers are merged.').waitFor()
  const [errors] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download what was refused' }).click()])
  expect(errors.suggestedFilename()).toMatch(/-errors\.csv$/)
  await page.getByRole('button', { name: 'Close' }).first().click()
  await page.getByRole('row', { name: /ada@example.com/ }).waitFor()
  await page.getByText('2 customers', { exact: true }).waitFor()
  expect((await server.call('GET', '/customers/ada')).body.traits).toEqual({ email: 'ada@example.com', phone: '0461234', age: '36' })
  await expectGoodPage(watched, server, 'customers')
  await watched.close()
})

it('finds a customer, sets and removes traits of every type, and refuses to overwrite what changed meanwhile', async () => {
  await server.call('PUT', `/customers/${'z'.repeat(80)}`, { traits: { name: 'W'.repeat(80), email: 'long@example.com' } })
  const watched = await openApp(server, '/customers')
  const { page } = watched
  await page.getByRole('row', { name: /zzzz/ }).waitFor()
  await page.getByRole('searchbox', { name: 'Search by id, email or name' }).fill('BOB@')
  await page.waitForURL(/search=BOB/)
  await eventually(
    () => page.getByRole('row').count(),
    (rows) => rows === 2,
  )
  await page
    .getByRole('row', { name: /bob@example.com/ })
    .getByRole('link')
    .click()
  await page.waitForURL(/\/customers\/bob$/)
  await page.getByRole('heading', { name: 'Traits' }).waitFor()
  const set = async (name: string, type: string, value: string): Promise<void> => {
    await page.getByRole('button', { name: 'Set a trait' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill(name)
    await page.getByRole('combobox', { name: 'Type' }).click()
    await page.getByRole('option', { name: type, exact: true }).click()
    await page.getByRole('textbox', { name: 'Value' }).fill(value)
    await page.getByRole('button', { name: 'Save' }).click()
  }
  await set('visits', 'number', 'many')
  await page.getByText('Give a number such as 42').waitFor()
  await page.getByRole('textbox', { name: 'Value' }).fill('42')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Edit visits' }).waitFor()
  await set('address', 'JSON', '{"city":"Madrid"}')
  await page.getByRole('button', { name: 'Edit address' }).waitFor()
  expect((await server.call('GET', '/customers/bob')).body.traits).toMatchObject({ visits: 42, address: { city: 'Madrid' } })

  await page.getByRole('button', { name: 'Edit visits' }).click()
  await server.call('PUT', '/customers/bob', { traits: { visits: 43 } })
  await page.getByRole('textbox', { name: 'Value' }).fill('1')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('This has changed since you opened it').waitFor()
  expect((await server.call('GET', '/customers/bob')).body.traits.visits).toBe(43)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Remove visits' }).click()
  await page.getByRole('button', { name: 'Remove trait' }).click()
  await page.getByRole('button', { name: 'Edit visits' }).waitFor({ state: 'detached' })
  await page.getByRole('tab', { name: 'Changes' }).click()
  await page.getByRole('row', { name: /visits.*43.*none.*A person or the API/ }).waitFor()
  await page.getByRole('tab', { name: 'Orchestrations' }).click()
  await expectGoodPage({ ...watched, complaints: watched.complaints.filter((text) => !text.includes('412')) }, server, 'customer')
  await page.goto(`${server.url}/customers/${'z'.repeat(80)}`)
  await page.getByRole('heading', { name: 'Traits' }).waitFor()
  await expectGoodPage({ ...watched, complaints: [] }, server, 'customer-long')
  await watched.close()
})

it('opens a customer by Ctrl+K, and goes to make an orchestration', async () => {
  const { page, close } = await openApp(server, '/customers')
  await page.getByRole('row', { name: /ada@/ }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('ada@ex')
  await page.getByRole('option', { name: 'ada@example.com · ada' }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/customers\/ada$/)
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('new orch')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'New orchestration' }).waitFor()
  await close()
})

it('shows events as they come in, whole when unfolded, and the rejected with the reason', async () => {
  const watched = await openApp(server, '/events')
  const { page } = watched
  await server.call('POST', '/events', { customerId: 'ada', event: 'Order Completed', properties: { total: 42, item: 'x'.repeat(200) } })
  await page.getByRole('button', { name: 'Order Completed' }).waitFor()
  await page.getByRole('button', { name: 'Order Completed' }).click()
  await page.getByText('"total": 42').waitFor()
  await page.getByRole('searchbox', { name: 'Filter what is shown' }).fill('nothing like it')
  await page.getByText(/fits? the filter/).waitFor()
  await page.getByRole('searchbox', { name: 'Filter what is shown' }).fill('')
  await expectGoodPage(watched, server, 'events')
  await page.getByRole('tab', { name: 'Rejected' }).click()
  await page.getByRole('heading', { name: 'Nothing was rejected' }).waitFor()
  await fetch(`${server.url}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${server.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'ada' }),
  })
  await page.getByRole('list', { name: 'Rejected' }).getByRole('button').first().click()
  await expectGoodPage(watched, server, 'events-rejected')
  await watched.close()
})

const HTML =
  '<html><body style="background:#ffeeaa"><h1 style="color:rebeccapurple">Hello</h1><script>document.title="run"</script><img src="https://evil.example/pixel.gif"></body></html>'

it('shows a message as its reader sees it, and runs and fetches nothing of it', async () => {
  const canvas = {
    tiles: [
      { id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } },
      {
        id: 'hello',
        type: 'action',
        config: {
          destinationId: 'sandbox',
          action: 'send_email',
          fields: { to: '{{ customer.traits.email }}', subject: 'Hello {{ customer.id }}', html: HTML, text: 'Hello' },
        },
      },
      { id: 'done', type: 'exit', config: { reason: 'completed' } },
    ],
    edges: [
      { from: 'entry', to: 'hello' },
      { from: 'hello', to: 'done' },
    ],
  }
  const { id } = (await server.call('POST', '/journeys', { name: 'Greeting', ...canvas })).body
  for (const customer of ['ada', 'bob'])
    await server.call('PUT', `/customers/${customer}`, { traits: { email: `${customer}@example.com` } })
  const watched = await openApp(server, '/inbox')
  const { page } = watched
  const failures: unknown[] = []
  page.on('requestfailed', (request) => failures.push([request.url(), request.failure()?.errorText]))
  await page.getByRole('heading', { name: 'No message yet' }).waitFor()
  await expectGoodPage(watched, server, 'inbox-empty')
  await server.call('POST', `/journeys/${id}/activate`)
  await server.call('POST', `/journeys/${id}/members`, { customerIds: ['ada', 'bob'] })
  await page.getByRole('button', { name: /Hello bob/ }).waitFor()
  await page.getByRole('searchbox', { name: 'Customer id' }).fill('ada')
  await page.getByRole('button', { name: /Hello bob/ }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: /Hello ada/ }).click()
  const frame = page.frameLocator('iframe[title="As it looks"]')
  await frame.getByRole('heading', { name: 'Hello' }).waitFor()
  expect(await frame.locator(':root').evaluate('getComputedStyle(document.querySelector("h1")).color')).toBe('rgb(102, 51, 153)')
  await page.getByRole('link', { name: 'hello' }).waitFor()
  expect(await page.title()).toBe('Inbox · Tilework')
  // The browser says that it refused the script and the image of the message, and complains of nothing else.
  const refused = watched.complaints.filter((text) => /pixel\.gif|script/i.test(text))
  expect(refused.length).toBeGreaterThan(0)
  expect(failures).toEqual([['https://evil.example/pixel.gif', 'csp']])
  watched.hosts.delete('evil.example')
  await expectGoodPage({ ...watched, complaints: watched.complaints.filter((text) => !refused.includes(text)) }, server, 'inbox')
  await page.goto(`${server.url}/customers/ada?tab=members`)
  await page.getByRole('row', { name: /Greeting/ }).waitFor()
  await page.getByRole('tab', { name: 'Messages' }).click()
  await page.getByRole('link', { name: /Hello ada/ }).click()
  await page.waitForURL(/\/inbox\?customer=ada&message=msg_/)
  await watched.close()
})
