import { RESERVED_HEADERS } from '../../model/headers.js'
import { render, type TemplateScope } from '../templates.js'
import { SendError } from '../vendor.js'

/** What of a webhook is made from templates. */
export interface WebhookTemplates {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers: Record<string, string>
  /** Absent: JSON of the ids. */
  body?: string | undefined
  scope: TemplateScope
  /** Values of secrets by name, for headers. */
  secrets: Record<string, string>
  ids: { memberId: string; customerId: string; orchestrationId: string; tileId: string }
}

/** @throws SendError permanent `template_error` or `invalid_url` */
export function renderUrl({ url: template, scope }: WebhookTemplates): URL {
  const text = render('url', template, scope)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw new SendError('permanent', 'invalid_url', 'The URL of the webhook is no http or https URL.')
  if (url.username || url.password)
    throw new SendError(
      'permanent',
      'invalid_url',
      'The URL of the webhook may not carry a user or a password; use a header with a secret.',
    )
  return url
}

/** Undefined: a GET has none. @throws SendError permanent `template_error` */
export function renderBody({ method, body, ids, scope }: WebhookTemplates): string | undefined {
  if (method === 'GET') return undefined
  return body === undefined ? JSON.stringify(ids) : render('body', body, scope)
}

/** The headers of the tile, by name in lower case. @throws SendError permanent `template_error` or `invalid_header` */
export const renderHeaders = (templates: WebhookTemplates): Record<string, string> =>
  Object.fromEntries(Object.keys(templates.headers).map((name) => [name.toLowerCase(), renderHeader(templates, name)]))

/** One header. @throws SendError permanent `template_error` or `invalid_header` */
export function renderHeader({ headers, scope, secrets }: WebhookTemplates, name: string): string {
  if (RESERVED_HEADERS.has(name.toLowerCase()))
    throw new SendError('permanent', 'invalid_header', `The header '${name}' is set by Tilework; remove it from the tile.`)
  const value = render(`headers.${name}`, headers[name]!, { ...scope, secrets })
  if (/[\r\n\0]/.test(value)) throw new SendError('permanent', 'invalid_header', `The header '${name}' would hold a line break.`)
  return value
}
