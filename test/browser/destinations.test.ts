import { entry, eventually, exit, row, send } from '../support/canvas.js'
import { startServer } from '../support/server.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp, withoutAnswers } from '../support/web.js'

/* Destinations by their vendors' own settings, and the secrets of webhooks. */

const server = seen(startServer)

const LONG = 'M'.repeat(80)
const withoutRefusals = (complaints: string[]): string[] => withoutAnswers(complaints, 409, 412, 422)

it('makes a destination of the fields of its vendor, and says at the field what is wrong', async () => {
  const watched = await openApp(server, '/destinations')
  const { page } = watched
  await page.getByRole('heading', { name: 'Send for real' }).waitFor()
  await expectGoodPage(watched, server, 'destinations-empty')
  await page.getByRole('banner').getByRole('button', { name: 'New destination' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill(LONG)
  await page.getByRole('button', { name: 'Create destination' }).click()
  await eventually(
    () => page.getByRole('textbox', { name: 'Host' }).getAttribute('aria-invalid'),
    (invalid) => invalid === 'true',
  )
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'destination-new')
  await page.getByRole('textbox', { name: 'Host' }).fill('127.0.0.1')
  await page.getByRole('textbox', { name: 'Port' }).fill('1')
  await page.getByRole('textbox', { name: 'Sender' }).fill('hello@example.com')
  await page.getByLabel('Password').fill('hunter2hunter2')
  await page.getByRole('button', { name: 'Create destination' }).click()
  await page.waitForURL(/\/destinations\/dst_\w+$/)
  await page.getByText('Kept encrypted; they are never shown.').waitFor()
  expect(await page.content()).not.toContain('hunter2')
  await page.getByRole('button', { name: 'Try the connection' }).click()
  await page.getByRole('main').getByRole('alert').getByText(/smtp/i).first().waitFor()
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'destination')
  await watched.close()
})

it('keeps the secrets while settings change, replaces them when asked, and loses nothing of another', async () => {
  const config = { host: 'mail.example.com', port: 587, secure: false, from: 'hello@example.com', trackOpens: false, trackClicks: true }
  const { body } = await server.call('POST', '/destinations', { name: 'Mail', type: 'smtp', config, secrets: { password: 'first' } })
  const kept = async (): Promise<string> =>
    (await server.db.query<{ secrets: string }>('select secrets from destination where id = $1', [body.id]))[0]!.secrets
  const before = await kept()
  const watched = await openApp(server, `/destinations/${body.id}`)
  const { page } = watched
  const save = page.getByRole('button', { name: 'Save' })
  const host = page.getByRole('textbox', { name: 'Host' })
  await host.waitFor()
  expect(await save.isDisabled()).toBe(true)
  await host.fill('post.example.com')
  await save.click()
  await page.getByText('“Mail” is saved').first().waitFor()
  expect((await server.call('GET', `/destinations/${body.id}`)).body.config).toEqual({ ...config, host: 'post.example.com' })
  expect(await kept()).toBe(before)

  await page.getByRole('button', { name: 'Replace' }).click()
  await page.getByRole('textbox', { name: 'Password' }).fill('second')
  await save.click()
  await page.getByText('Kept encrypted; they are never shown.').waitFor()
  expect(await kept()).not.toBe(before)

  await host.fill('mine.example.com')
  await server.call('PUT', `/destinations/${body.id}`, { name: 'Theirs', type: 'smtp', config })
  await save.click()
  await page.getByRole('button', { name: 'Load what is kept now' }).click()
  await eventually(
    () => page.getByRole('textbox', { name: 'Name' }).inputValue(),
    (name) => name === 'Theirs',
  )
  await watched.close()
})

it('says what sends through a destination before it is deleted; the sandbox stays', async () => {
  const { body } = await server.call('POST', '/destinations', { name: 'Other sandbox', type: 'sandbox' })
  const canvas = row([entry(), send('hello', 'Hi', { destinationId: body.id }), exit()])
  const { body: journey } = await server.call('POST', '/journeys', { name: 'Sends', ...canvas })
  expect((await server.call('POST', `/journeys/${journey.id}/activate`)).status).toBe(200)
  const watched = await openApp(server, `/destinations/${body.id}?do=delete`)
  const { page } = watched
  await page.getByRole('button', { name: 'Delete destination' }).click()
  await page.getByRole('heading', { name: 'This is in use' }).waitFor()
  await page.getByRole('dialog').getByRole('link', { name: 'Sends' }).waitFor()
  await page.getByRole('button', { name: 'Close' }).first().click()
  await page.getByRole('list', { name: 'Used by' }).getByRole('link', { name: 'Sends' }).waitFor()
  await page.goto(`${server.url}/destinations/sandbox`)
  await page.getByRole('link', { name: 'Open the inbox' }).waitFor()
  expect(await page.getByRole('button', { name: 'More', exact: true }).count()).toBe(0)
  await page.getByRole('button', { name: 'Try the connection' }).click()
  await page.getByText('The connection works.').waitFor()
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'destination-sandbox')
  await page.goto(`${server.url}/destinations`)
  await page
    .getByRole('row', { name: /^Other sandbox/ })
    .getByRole('button', { name: '1 uses Other sandbox' })
    .click()
  await page.getByRole('dialog', { name: 'Used by' }).getByRole('link', { name: 'Sends' }).waitFor()
  await page.keyboard.press('Escape')
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'destinations')
  await watched.close()
})

it('keeps, replaces and deletes secrets without ever showing a value', async () => {
  const watched = await openApp(server, '/destinations/secrets')
  const { page } = watched
  await page.getByRole('heading', { name: 'No secrets are kept' }).waitFor()
  await page.getByRole('banner').getByRole('button', { name: 'New secret' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('two words')
  await page.getByLabel('Value').fill('very secret value')
  await page.getByRole('button', { name: 'Keep secret' }).click()
  await page.getByText(/A name has 1 to 64 letters/).waitFor()
  await page.getByRole('textbox', { name: 'Name' }).fill('crm')
  await page.getByRole('button', { name: 'Keep secret' }).click()
  await page.getByRole('row', { name: /^crm/ }).waitFor()
  expect(await page.content()).not.toContain('very secret value')
  const value = async (): Promise<unknown> => (await server.db.query('select value from secret'))[0]
  const before = await value()
  await page.getByRole('button', { name: 'Replace crm' }).click()
  await page.getByLabel('Value').fill('another value')
  await page.getByRole('button', { name: 'Replace value' }).click()
  await page.getByText('“crm” has its new value').first().waitFor()
  expect(await value()).not.toEqual(before)
  await expectGoodPage({ ...watched, complaints: withoutRefusals(watched.complaints) }, server, 'secrets')
  await page.getByRole('button', { name: 'Delete crm' }).click()
  await page.getByRole('button', { name: 'Delete secret' }).click()
  await page.getByRole('heading', { name: 'No secrets are kept' }).waitFor()
  await watched.close()
})

it('says where the vendor tells what becomes of messages, and takes the secret that it is checked with without the others', async () => {
  const config = { from: 'hello@example.com' }
  const { body } = await server.call('POST', '/destinations', { name: LONG, type: 'postmark', config, secrets: { serverToken: 'a-token' } })
  const watched = await openApp(server, `/destinations/${body.id}`)
  const { page } = watched
  await page.getByRole('heading', { name: 'What becomes of messages' }).waitFor()
  await page.getByText('Give a webhook password in the secrets.').waitFor()
  await page.getByRole('button', { name: `Copy ${server.url}/feedback/${body.id}` }).waitFor()
  await page.getByRole('list', { name: 'What to set up' }).getByText('Basic auth').waitFor()
  await expectGoodPage(watched, server, 'destination-feedback')
  await page.getByRole('button', { name: 'Replace' }).click()
  await page.getByLabel('Webhook password', { exact: false }).first().fill('a-password-of-our-choice')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Set up here').waitFor()
  expect((await server.call('GET', `/destinations/${body.id}`)).body.feedback.ready).toBe(true)
  await page.getByRole('button', { name: 'Replace' }).click()
  await page.getByRole('checkbox', { name: 'Remove “Webhook password” if it is kept' }).click()
  await expectGoodPage(watched, server, 'destination-secrets')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Not set up').waitFor()
  expect((await server.call('GET', `/destinations/${body.id}`)).body).toMatchObject({ hasSecrets: true, feedback: { ready: false } })
  await watched.close()
})
