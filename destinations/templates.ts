import { Context, toValueSync, type Emitter, type Liquid, type Template } from 'liquidjs'
import { LRUCache } from 'lru-cache'
import { liquidWith, parseLiquid, partialFault, partialsIn, partialWords } from '../tiles/liquid/engine.js'
import { SendError } from './vendor.js'

/** What templates see. */
export interface TemplateScope {
  customer: { id: string; traits: Record<string, unknown> }
  entry: { event?: string; properties?: Record<string, unknown> }
  /** Tile id to what a webhook saved or the event that a wait got. */
  tiles: Record<string, unknown>
  orchestration: { id: string; name: string; version: number }
  member: { id: string; enteredAt: string }
  /** Of an action: how its reader reads it, and where it is sent. */
  message?: MessageScope
  /** The page where the customer unsubscribes; of an action only. */
  unsubscribeUrl?: string
  /** In webhook headers only. */
  secrets?: Record<string, string>
}

/** What templates see as `message`. */
export interface MessageScope {
  /** BCP 47 tag of the language that dates and numbers are written in. */
  locale: string
  dir: 'ltr' | 'rtl'
  channel: string
  /** The name of the tile, or its id. */
  tile: string
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
  lenientIf: true,
  // Milliseconds from the beginning of a rendering; looked at before each tag, output and text.
  renderLimit: 1_000,
  // Characters that filters make and items that ranges and lists have, all together, over a rendering. Not bytes, and what is written out is not in it.
  memoryLimit: 5_000_000,
}

/** The partials that templates may bring in, by name: their text for HTML, and for everything else. */
export type Partials = ReadonlyMap<string, { html?: string | undefined; text?: string | undefined }>

const NONE: Partials = new Map()

/** Liquid with partials, and what it has parsed. */
interface Engine {
  liquid: Liquid
  parsed: LRUCache<string, Template[]>
}

const engines = new WeakMap<Partials, Record<'html' | 'plain', Engine>>()

function enginesOf(partials: Partials): Record<'html' | 'plain', Engine> {
  let found = engines.get(partials)
  if (!found) {
    const html = entriesOf(partials, ({ html, text }) => html ?? text)
    const plain = entriesOf(partials, ({ text }) => text)
    engines.set(partials, (found = { html: engineOf(html, { outputEscape: 'escape' }), plain: engineOf(plain, {}) }))
  }
  return found
}

const entriesOf = (partials: Partials, pick: (partial: { html?: string | undefined; text?: string | undefined }) => string | undefined) =>
  Object.fromEntries([...partials].flatMap(([name, partial]) => (pick(partial) === undefined ? [] : [[name, pick(partial)!]])))

function engineOf(templates: Record<string, string>, more: { outputEscape?: 'escape' }): Engine {
  return {
    liquid: liquidWith({ ...OPTIONS, ...more, templates, cache: true }),
    parsed: new LRUCache({ max: 2_000, maxSize: 20_000_000, sizeCalculation: (_, key) => key.length * 8 + 1 }),
  }
}

/** Writes until it is too much. */
class Bounded implements Emitter {
  buffer = ''
  write(html: unknown): void {
    this.buffer += written(html)
    if (this.buffer.length > MAX_OUTPUT) throw new Error(`the text is longer than ${MAX_OUTPUT} characters`)
  }
}

/** A value as Liquid writes it. */
const written = (value: unknown): string =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.map(written).join('') : String(value ?? '')

/**
 * Renders one Liquid template.
 * @param field its name, for errors. In a field called `html`, values are escaped; `| raw` leaves one as it is.
 * @throws SendError permanent `template_error`, which names the field and what is wrong
 */
export function render(field: string, template: string, scope: TemplateScope, partials: Partials = NONE): string {
  if (!template.includes('{{') && !template.includes('{%')) return template
  // Most bring in nothing: they are parsed once, whatever the partials are.
  const { liquid, parsed } = enginesOf(/\brender\b/.test(template) ? partials : NONE)[field === 'html' ? 'html' : 'plain']
  try {
    let parts = parsed.get(template)
    if (!parts) parsed.set(template, (parts = parse(liquid, template)))
    // Partials see globals only, and of a template everything is.
    const context = new Context({}, liquid.options, { globals: scope, sync: true }, { liquid })
    return String(toValueSync(liquid.renderer.renderTemplates(parts, context, new Bounded())))
  } catch (error) {
    throw templateError(field, error)
  }
}

/** @throws Error that says what is wrong, also in the partials that it brings in */
function parse(liquid: Liquid, template: string): Template[] {
  const parts = parseLiquid(liquid, template)
  const texts = liquid.options.templates as Record<string, string>
  const within = (name: string): Iterable<string> | undefined =>
    Object.hasOwn(texts, name) ? partialsIn(parseLiquid(liquid, texts[name]!)) : undefined
  const fault = partialFault(partialsIn(parts), within)
  if (fault) throw new Error(partialWords(fault))
  return parts
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
export const renderEach = (fields: Record<string, string>, scope: TemplateScope, partials?: Partials): Preview =>
  gather(Object.entries(fields).map(([name, template]) => [name, () => render(name, template, scope, partials)]))

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
  const message = error instanceof Error ? error.message : String(error)
  const unknown = /undefined variable: ([^,\n]+)/.exec(message)
  const partial = /, file:([^,\n]+)/.exec(message)
  const why = unknown ? `there is no ${unknown[1]}; give it a value with | default, or set it before` : spoken(error, message)
  const where = partial ? ` (in the partial '${partial[1]}')` : ''
  return new SendError('permanent', 'template_error', `The template of '${field}' cannot be rendered: ${why}${where}.`)
}

/** The first line of what Liquid says; of its limits, what they mean. */
function spoken(error: unknown, message: string): string {
  if (/render limit exceeded/.test(message)) return `it takes longer than ${OPTIONS.renderLimit} ms`
  if (/memory alloc limit exceeded/.test(message)) return 'it makes texts or lists that are too large'
  if (error instanceof RangeError || /call stack|Invalid string length/.test(message))
    return 'it is nested too deeply, or makes a text that is too long'
  return message.split('\n')[0]!.replace(/, (?:file|line):.*$/, '')
}
