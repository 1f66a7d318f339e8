import { z } from 'zod'
import { composeMessage, type Message, type Sources } from '../destinations/message.js'
import type { FieldFault, TemplateScope } from '../destinations/templates.js'
import type { Vendor } from '../destinations/index.js'
import type { TemplateContent, TemplateKind } from '../model/templates.js'
import { sourcesOf } from '../sending/content.js'
import { livePartials } from '../store/templates-sent.js'
import { WARNINGS } from '../tiles/problems.js'
import type { ApiDeps } from './deps.js'
import type { previewBody, previewed } from './schemas/previews.js'
import { documentOf, templateProblems } from './template-problems.js'

type TemplatePreview = Extract<z.output<typeof previewBody>, { type: 'template' }>
interface Where {
  deps: ApiDeps
  workspaceId: string
}

const text = z.string().optional()
/** An action that has a field for every part: what a template is shown by before a tile uses it. */
const action = (channel: 'email' | 'chat', fields: z.ZodObject): Vendor['actions'][string] => ({
  title: '',
  channel,
  fields,
  send: () => Promise.reject(new Error('A preview sends nothing.')),
})
const SHOWN = {
  email: action('email', z.object({ subject: text, html: text, text })),
  text: action('chat', z.object({ subject: text, text })),
  partial: action('chat', z.object({ html: text, text })),
} satisfies Record<TemplateKind, Vendor['actions'][string]>

/** A template as a customer would get it. A piece of MJML is shown in a document. */
export async function previewTemplate({ deps, workspaceId }: Where, body: TemplatePreview, scope: TemplateScope): Promise<Message> {
  await livePartials(deps.db, workspaceId, true)
  const sources: Sources = await sourcesOf(deps.db, deps.settings.publicUrl, workspaceId, { linkTags: [] })
  const localeTrait = sources.localeTrait ?? 'locale'
  const traits = body.locale === undefined ? scope.customer.traits : { ...scope.customer.traits, [localeTrait]: body.locale }
  return composeMessage({
    vendor: { actions: SHOWN } as unknown as Vendor,
    action: body.kind,
    fields: {},
    scope: { ...scope, customer: { ...scope.customer, traits } },
    tile: { id: 'tile' },
    sources: { ...sources, template: { id: '', name: body.name ?? '', version: 0, content: shownAs(body) } },
  })
}

function shownAs({ kind, content }: TemplatePreview): TemplateContent {
  if (kind !== 'partial') return content
  const whole = <T extends { mjml?: string | undefined }>(parts: T): T =>
    parts.mjml?.trim() ? { ...parts, mjml: documentOf(parts.mjml) } : parts
  const locales = Object.entries(content.locales ?? {}).map(([tag, parts]) => [tag, whole(parts)])
  return { ...whole(content), locales: Object.fromEntries(locales) as TemplateContent['locales'] }
}

/** What keeps a template from being published, at its place, and what this customer lacks. */
export async function problemsOf(
  { deps, workspaceId }: Where,
  { kind, content, name }: TemplatePreview,
  faults: readonly FieldFault[],
): Promise<z.input<typeof previewed>['problems']> {
  const found = await templateProblems(deps, workspaceId, { kind, content, name })
  const numbered = found.map(({ code, path = '', message, ranges }) => ({
    path: `/content${path}`,
    field: path.split('/').at(-1)!,
    code,
    message,
    ...(ranges && { ranges: ranges.map(([from, to]): [number, number] => [from, to]), line: lineAt(content, path, ranges[0]?.[0] ?? 0) }),
    ...(WARNINGS.has(code) && { warning: true }),
  }))
  // What MJML says, it says with a number above.
  const rest = faults.filter(({ code }) => code === 'template_error' && !numbered.some(({ warning }) => !warning))
  return [...numbered, ...rest.map((fault) => ({ path: `/content/${fault.field}`, ...fault }))]
}

/** The line, from 1, of a place in the text at a path. */
function lineAt(content: TemplateContent, path: string, at: number): number {
  const keys = path.split('/').slice(1).map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~')) // prettier-ignore
  const value = keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], content)
  return typeof value === 'string' ? value.slice(0, at).split('\n').length : 1
}
