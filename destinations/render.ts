import { issuesOf } from '../tiles/issues.js'
import { gather, renderEach, renderFields, secretsIn, type Preview, type TemplateScope } from './templates.js'
import { SendError, type Vendor } from './vendor.js'
import { renderBody, renderHeader, renderUrl, type WebhookTemplates } from './webhook/render.js'

/**
 * The fields of an action as they are sent: rendered, then checked by the vendor.
 * @throws SendError permanent `template_error` or `invalid_fields`
 */
export function renderAction(vendor: Vendor, action: string, fields: Record<string, string>, scope: TemplateScope): Record<string, string> {
  const rendered = renderFields(fields, scope)
  const checked = vendor.actions[action]!.fields.safeParse(rendered)
  if (checked.success) return checked.data as Record<string, string>
  const [issue] = issuesOf(checked.error, rendered)
  throw new SendError('permanent', 'invalid_fields', `The field '${String(issue!.path[0])}' cannot be sent: ${issue!.message}`)
}

/** What an action would send: every field that can be rendered, and every fault. */
export function previewAction(vendor: Vendor, action: string, fields: Record<string, string>, scope: TemplateScope): Preview {
  const preview = renderEach(fields, scope)
  if (preview.faults.length > 0) return preview
  const checked = vendor.actions[action]!.fields.safeParse(preview.rendered)
  if (checked.success) return { rendered: checked.data as Record<string, string>, faults: [] }
  const faults = issuesOf(checked.error, preview.rendered).map(({ path, message }) => ({
    field: String(path[0] ?? ''),
    code: 'invalid_fields',
    message: `The field '${String(path[0] ?? '')}' cannot be sent: ${message}`,
  }))
  return { rendered: preview.rendered, faults }
}

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
  Object.fromEntries(secretsIn(Object.values(headers)).map((name) => [name, '••••']))

const renderableBody = (templates: WebhookTemplates): [string, () => string][] =>
  templates.method === 'GET' ? [] : [['body', () => renderBody(templates)!]]
