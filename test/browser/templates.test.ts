import type { Page } from 'playwright-core'
import { eventually } from '../support/canvas.js'
import { startServer } from '../support/server.js'
import { seen } from '../support/seen.js'
import { expectGoodPage, openApp, picture } from '../support/web.js'

/* Templates in the real application: written with the keyboard, seen, published, used by a tile, and received. */

const server = seen(startServer, async () => {
  await server.call('PUT', '/customers/ada', { traits: { name: 'Ada', email: 'ada@example.com' } })
})

/** Goes on by Tab until something has the focus. */
async function tabTo(page: Page, name: string | RegExp, role: 'button' | 'radio' | 'tab' | 'textbox' | 'combobox'): Promise<void> {
  const wanted = page.getByRole(role, { name }).first()
  for (let n = 0; n < 80; n++) {
    if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`The keyboard does not come to ${String(name)}.`)
}
const html = (page: Page) => page.frameLocator('iframe[title="The message"]')

it('is made with the keyboard, published, used by a tile, and seen in the sandbox', async () => {
  const watched = await openApp(server, '/templates', { reducedMotion: 'reduce', viewport: { width: 1440, height: 1200 } })
  const { page } = watched
  await page.getByText('Write a message once').waitFor()
  await expectGoodPage(watched, server, 'templates-empty')
  await tabTo(page, 'New template', 'button')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await picture(watched, 'templates-new')
  await tabTo(page, 'Create the template', 'button')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/templates\/tpl_/)
  const id = page.url().split('/').at(-1)!

  // What the starter says to somebody is there at once, in a frame that runs nothing.
  await html(page).getByText('Good to have you, Ada').waitFor()
  const box = page.getByRole('textbox', { name: /^MJML/ })
  await box.locator('.cm-line').first().waitFor()
  await tabTo(page, /^MJML/, 'textbox')
  await page.keyboard.press('ControlOrMeta+End')
  for (let n = 0; n < 2; n++) await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Home')
  await page.keyboard.type('<mj-section><mj-column><mj-txt>Typed for {{ customer.traits.name }}</mj-text></mj-column></mj-section>')
  await page
    .getByText(/<mj-txt>: there is no such element; did you mean <mj-text>\?/)
    .first()
    .waitFor()
  await picture(watched, 'templates-fault')
  for (let n = 0; n < '>Typed for {{ customer.traits.name }}</mj-text></mj-column></mj-section>'.length; n++)
    await page.keyboard.press('ArrowLeft')
  for (let n = 0; n < 2; n++) await page.keyboard.press('ArrowLeft')
  await page.keyboard.type('e')
  await page.getByRole('combobox', { name: /^For whom/ }).click()
  await page.getByRole('option', { name: /Ada/ }).click()
  await html(page).getByText('Typed for Ada').waitFor()
  await html(page).getByText('Good to have you, Ada').waitFor()
  await page.getByRole('tab', { name: 'Phone' }).click()
  await html(page).getByText('Typed for Ada').waitFor()
  expect((await page.locator('iframe[title="The message"]').boundingBox())!.width).toBeLessThanOrEqual(375)
  await picture(watched, 'templates-phone')
  await page.getByRole('tab', { name: 'Text', exact: true }).last().click()
  await page.getByText('Take the first step (https://example.com/start)').waitFor()
  await page.getByRole('tab', { name: 'Desktop' }).click()
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Version 1', { exact: true }).waitFor()
  await html(page).getByText('Typed for Ada').waitFor()
  await expectGoodPage(watched, server, 'templates-one')

  // A tile takes its message from it.
  const tiles = [
    { id: 'entry', type: 'entry', position: { x: 0, y: 0 }, config: { triggers: [{ type: 'manual' }] } },
    { id: 'mail', type: 'action', name: 'Greet', position: { x: 0, y: 160 }, config: { destinationId: 'sandbox', action: 'send_email', fields: { to: '{{ customer.traits.email }}' } } },
    { id: 'end', type: 'exit', position: { x: 0, y: 320 }, config: { reason: 'completed' } },
  ] // prettier-ignore
  const made = await server.call('POST', '/journeys', { name: 'Greets', tiles, edges: [{ from: 'entry', to: 'mail' }, { from: 'mail', to: 'end' }] }) // prettier-ignore
  const journey = (made.body as { id: string }).id
  await page.goto(`${server.url}/journeys/${journey}/edit`)
  await page
    .locator('[data-tile-button]')
    .and(page.getByRole('button', { name: /^Greet/ }))
    .click()
  await page.getByText('needs the field').first().waitFor()
  await page.getByRole('combobox', { name: /Template/ }).click()
  await page.getByRole('option', { name: /Welcome/ }).click()
  await page.getByText('Left empty, it comes from the template.').first().waitFor()
  await page.getByText('needs the field').first().waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  await page.getByText('2 fields cannot be sent:').waitFor()
  await page.getByRole('combobox', { name: /^For whom/ }).click()
  await page.getByRole('option', { name: /Ada/ }).click()
  await page.frameLocator('iframe[title="HTML"]').getByText('Typed for Ada').waitFor()
  await page.getByText('Take the first step (https://example.com/start)').waitFor()
  await picture(watched, 'templates-tile')
  await page
    .getByRole('status')
    .filter({ hasText: /^Saved$/ })
    .waitFor()
  expect((await server.call('POST', `/journeys/${journey}/activate`)).status).toBe(200)
  await server.call('POST', `/journeys/${journey}/members`, { customerIds: ['ada'] })
  const inbox = (): Promise<{ fields: Record<string, string> }[]> =>
    server.call('GET', '/sandbox/messages?customerId=ada').then(({ body }) => (body as { data: { fields: Record<string, string> }[] }).data)
  const [message] = await eventually(inbox, (messages) => messages.length > 0)
  expect(message!.fields['subject']).toBe('Welcome, Ada')
  await page.goto(`${server.url}/inbox`)
  await page.getByText('Welcome, Ada').first().click()
  await page.frameLocator('iframe').getByText('Typed for Ada').waitFor()
  await picture(watched, 'templates-inbox')

  // Another version, told apart from the first, and back.
  await page.goto(`${server.url}/templates/${id}`)
  await page.getByRole('link', { name: 'Greets' }).waitFor()
  await page.getByRole('textbox', { name: /^Subject/ }).fill('Another subject')
  await page.getByRole('button', { name: 'Add a language' }).click()
  await page.getByRole('textbox', { name: /^Language/ }).fill('es-mx')
  await page.keyboard.press('Enter')
  await page
    .getByRole('button', { name: /Mexican Spanish|Spanish \(Mexico\)/ })
    .first()
    .waitFor()
  await page.getByRole('textbox', { name: /^Subject/ }).fill('Hola {{ customer.traits.name }}')
  await page.getByText('Hola Ada').or(page.getByText('Hola {{')).first().waitFor()
  await picture(watched, 'templates-language')
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Version 2', { exact: true }).first().waitFor()
  await page.getByRole('tab', { name: 'Versions' }).click()
  await page.getByText('Version 2 against 1').waitFor()
  await page.locator('.cm-deletedChunk').first().waitFor()
  await expectGoodPage(watched, server, 'templates-versions')
  await page.getByRole('button', { name: /^Version 1/ }).click()
  await page.getByRole('button', { name: 'Go back to version 1' }).click()
  await page
    .getByRole('textbox', { name: /^Subject/ })
    .getByText(/^Welcome/)
    .waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Draft', { exact: true }).first().waitFor()
  await page.goto(`${server.url}/templates`)
  await page.getByRole('link', { name: 'Welcome' }).waitFor()
  await expectGoodPage(watched, server, 'templates-list')
  await page.goto(`${server.url}/templates/${id}`)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Delete the template' }).click()
  await page.getByRole('button', { name: 'Delete the template' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Greets' }).waitFor()
}, 180_000)
