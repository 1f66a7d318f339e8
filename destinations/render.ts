import { HIDDEN } from './redact.js'
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
