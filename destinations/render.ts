import { HIDDEN, redacted } from './redact.js'
import { gather, secretsIn, type Preview } from './templates.js'
import { renderBody, renderHeader, renderUrl, type WebhookTemplates } from './webhook/render.js'

/** What a webhook would send, `headers.<name>` by name; without the headers that Tilework adds. */
export function previewWebhook(templates: WebhookTemplates): Preview {
  const headers = Object.keys(templates.headers).map((name): [string, () => string] => [
    `headers.${name}`,
    () => renderHeader(templates, name),
  ])
  const body = renderableBody(templates)
  return gather([['url', () => renderUrl(templates).href], ...headers, ...body])
}

/** In place of the values of the secrets that headers use. */
export const hiddenSecrets = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(secretsIn(Object.values(headers)).map((name) => [name, HIDDEN]))

const renderableBody = (templates: WebhookTemplates): [string, () => string][] =>
  templates.method === 'GET' ? [] : [['body', () => renderBody(templates)!]]

/** What may be kept of a webhook: rendered with hidden secrets, so that no filter can carry one over. */
export function shownWebhook(templates: WebhookTemplates): Record<string, string> {
  const { rendered } = previewWebhook({ ...templates, secrets: hiddenSecrets(templates.headers) })
  return { method: templates.method, ...redacted(rendered, Object.values(templates.secrets)) }
}

/** What the answer to a webhook may not repeat: secrets, and whatever of the call is not shown as it is sent. */
export function hiddenIn(templates: WebhookTemplates): string[] {
  const shown = shownWebhook(templates)
  const sent = Object.entries(previewWebhook(templates).rendered)
  return [...Object.values(templates.secrets), ...sent.flatMap(([name, text]) => (shown[name] === text ? [] : text))]
}
