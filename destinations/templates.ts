import { Liquid, type Template } from 'liquidjs'
import { LRUCache } from 'lru-cache'
import { SendError } from './vendor.js'

/** What templates see. */
export interface TemplateScope {
  customer: { id: string; traits: Record<string, unknown> }
  entry: { event?: string; properties?: Record<string, unknown> }
  /** Tile id to what a webhook saved or the event that a wait got. */
  tiles: Record<string, unknown>
  orchestration: { id: string; name: string; version: number }
  member: { id: string; enteredAt: string }
  /** The page where the customer unsubscribes; of an action only. */
  unsubscribeUrl?: string
  /** In webhook headers only. */
  secrets?: Record<string, string>
}

/** Whom templates are about, in the words of the store; instants in ms. */
export interface ScopeOf {
  customerId: string
  traits: Record<string, unknown>
  entry: { event?: string; properties?: Record<string, unknown> }
  outputs: Record<string, Record<string, unknown>>
  journeyId: string
  journeyName: string
  version: number
  memberId: string
  enteredAt: number
  unsubscribeUrl?: string
}

/** The same in the words of templates. */
export const scopeOf = (of: ScopeOf): TemplateScope => ({
  customer: { id: of.customerId, traits: of.traits },
  entry: of.entry,
  tiles: of.outputs,
  orchestration: { id: of.journeyId, name: of.journeyName, version: of.version },
  member: { id: of.memberId, enteredAt: new Date(of.enteredAt).toISOString() },
  ...(of.unsubscribeUrl !== undefined && { unsubscribeUrl: of.unsubscribeUrl }),
})

/** Names of the secrets that templates use, as `secrets.name` or `secrets['name']`. */
export function secretsIn(templates: readonly string[]): string[] {
  const names = templates.flatMap((template) =>
    [...template.matchAll(/\bsecrets(?:\.|\[\s*["'])([A-Za-z0-9_-]+)/g)].map(([, name]) => name!),
  )
  return [...new Set(names)]
}

/** Longest output of one template, in characters. */
const MAX_OUTPUT = 1_048_576

const OPTIONS = {
  // An unknown variable is an error unless `| default` follows; a condition may still ask for it.
  strictVariables: true,
  strictFilters: true,
  lenientIf: true,
  ownPropertyOnly: true,
  parseLimit: 262_144,
  renderLimit: 2_000,
  memoryLimit: 50_000_000,
  // No file is ever read.
  templates: {},
}

const plain = new Liquid(OPTIONS)
const html = new Liquid({ ...OPTIONS, outputEscape: 'escape' })
const parsed = new LRUCache<string, Template[]>({ max: 2_000, maxSize: 20_000_000, sizeCalculation: (_, key) => key.length * 8 + 1 })

/**
 * Renders one Liquid template.
 * @param field its name, for errors. In a field called `html`, values are escaped; `| raw` leaves one as it is.
 * @throws SendError permanent `template_error`, which names the field and what is wrong
 */
export function render(field: string, template: string, scope: TemplateScope): string {
  if (!template.includes('{{') && !template.includes('{%')) return template
  const engine = field === 'html' ? html : plain
  const key = `${field === 'html' ? 'h' : 'p'}${template}`
  try {
    let parts = parsed.get(key)
    if (!parts) parsed.set(key, (parts = engine.parse(template)))
    const output = String(engine.renderSync(parts, scope))
    if (output.length > MAX_OUTPUT) throw new Error(`the text is longer than ${MAX_OUTPUT} characters`)
    return output
  } catch (error) {
    throw templateError(field, error)
  }
}

/** What is wrong with one field: `subject`, `url`, `headers.Authorization` … */
export interface FieldFault {
  field: string
  /** `template_error`, `invalid_fields`, `invalid_url` … */
  code: string
  message: string
}

/** As much as can be rendered, by field, and what is wrong with the others. */
export interface Preview {
  rendered: Record<string, string>
  faults: FieldFault[]
}

/** Renders every field that can be, and says of the others why not. */
export const renderEach = (fields: Record<string, string>, scope: TemplateScope): Preview =>
  gather(Object.entries(fields).map(([name, template]) => [name, () => render(name, template, scope)]))

/** Makes fields, and gathers the faults of those that cannot be made. */
export function gather(fields: readonly (readonly [string, () => string])[]): Preview {
  const preview: Preview = { rendered: {}, faults: [] }
  for (const [field, work] of fields)
    try {
      preview.rendered[field] = work()
    } catch (error) {
      if (!(error instanceof SendError)) throw error
      preview.faults.push({ field, code: error.code, message: error.message })
    }
  return preview
}

function templateError(field: string, error: unknown): SendError {
  const unknown = /undefined variable: ([^,\n]+)/.exec(error instanceof Error ? error.message : '')
  const why = unknown ? `there is no ${unknown[1]}; give it a value with | default, or set it before` : firstLine(error)
  return new SendError('permanent', 'template_error', `The template of '${field}' cannot be rendered: ${why}.`)
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!
