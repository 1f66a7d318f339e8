import { LRUCache } from 'lru-cache'
import { directionOf, fieldsOf, isMjml, localeOf, variantOf, type TemplateContent } from '../model/templates.js'
import { issuesOf } from '../tiles/issues.js'
import { MAX_PARTIALS } from '../tiles/liquid/engine.js'
import { compileMjml } from './html/mjml.js'
import { tagLinks } from './html/tags.js'
import { textOfHtml } from './html/text.js'
import { renderEach, type FieldFault, type Partials, type Preview, type TemplateScope } from './templates.js'
import type { Vendor } from './vendor.js'

/** A version of a template or a partial. */
export interface SentTemplate {
  id: string
  name: string
  version: number
  content: TemplateContent
}

/** What a message is made of besides the fields of its tile. */
export interface Sources {
  /** The template that the tile names; `missing`: why there is none, as a sentence. */
  template?: SentTemplate | { missing: string }
  /** By name, in the version that is sent now. */
  partials: ReadonlyMap<string, SentTemplate>
  /** The trait that says the customer's language; absent: `locale`, else `language`. */
  localeTrait?: string | undefined
  /** Parameters for links, by name, each a template. */
  linkTags: Readonly<Record<string, string>>
  /** Links that begin so are Tilework's own and carry no tags. */
  ownLinks: string
}

/** Nothing but the fields of the tile. */
export const FIELDS_ONLY: Sources = { partials: new Map(), linkTags: {}, ownLinks: '\0' }

/** What an action of a tile is to send. */
export interface MessageOf {
  vendor: Vendor | undefined
  action: string
  fields: Record<string, string>
  scope: TemplateScope
  tile: { id: string; name?: string | undefined }
  sources: Sources
}

/** A message; `used` says by which versions and in which language it was made, beside its fields. */
export interface Message extends Preview {
  used: Record<string, string>
}

/**
 * What an action sends: its template's parts, and over them the fields of the tile; MJML compiled, Liquid rendered, links tagged, a text made from
 * the HTML where there is none. Every field that can be rendered, and every fault, the vendor's among them: with a fault it cannot be sent.
 */
export function composeMessage({ vendor, action, fields, scope, tile, sources }: MessageOf): Message {
  const act = vendor?.actions[action]
  const known = act ? Object.keys(act.fields.shape) : undefined
  const wanted = wantedLocale(scope.customer.traits, sources.localeTrait)
  const template = sources.template && 'content' in sources.template ? sources.template : undefined
  const variant = template && variantOf(template.content, wanted)
  const locale = variant?.locale ?? wanted ?? 'en'
  const message = { locale: variant?.formats ?? locale, dir: directionOf(locale), channel: act?.channel ?? '', tile: tile.name?.trim() || tile.id }
  const own = Object.fromEntries(Object.entries(fields).filter(([, text]) => text.trim() !== ''))
  const filled = variant && known ? fieldsOf(variant.parts, known) : {}
  // A body of the tile's own comes without the text of another.
  if (own['html'] !== undefined) delete filled['text']
  const partials = partialsIn(sources.partials, wanted)
  const bodies = { ...fields, ...filled, ...own }
  const { texts, faults } = withHtml(bodies, partials, template && { locale, dir: message.dir })
  const preview = renderEach(texts, { ...scope, message }, partials)
  faults.push(...preview.faults)
  if (sources.template && 'missing' in sources.template) faults.push({ field: 'template', code: 'no_template', message: sources.template.missing })
  const finished = faults.length > 0 ? { rendered: preview.rendered, faults } : finish(preview.rendered, { ...scope, message }, sources, partials, act?.channel === 'email', known)
  return { ...checked(act, finished), used: template ? usedBy(template, locale, bodies, sources) : {} }
} // prettier-ignore

/** The customer's language, as its traits say. */
function wantedLocale(traits: Record<string, unknown>, trait: string | undefined): string | undefined {
  for (const name of trait === undefined ? ['locale', 'language'] : [trait]) {
    const locale = Object.hasOwn(traits, name) ? localeOf(traits[name]) : undefined
    if (locale !== undefined) return locale
  }
  return undefined
}

/** Partials in a language, with their MJML. */
type Brought = ReadonlyMap<string, { html?: string | undefined; text?: string | undefined; mjml?: string | undefined }>

const inLanguages = new WeakMap<Sources['partials'], LRUCache<string, Brought & Partials>>()

/** The same object for the same partials and language: what is parsed of them is kept by it. */
function partialsIn(partials: Sources['partials'], wanted: string | undefined): Brought & Partials {
  let kept = inLanguages.get(partials)
  if (!kept) inLanguages.set(partials, (kept = new LRUCache({ max: 50 })))
  const key = wanted ?? ''
  let found = kept.get(key)
  if (!found) {
    found = new Map([...partials].map(([name, { content }]) => [name, variantOf(content, wanted).parts]))
    kept.set(key, found)
  }
  return found
}

const RENDER = /\{%-?\s*render\s*(["'])([^"']+)\1\s*-?%\}/g

/** MJML with the partials in place that are MJML themselves; others are rendered with the HTML. */
export function withMjmlPartials(mjml: string, partials: Brought, depth = 0): string {
  if (depth > MAX_PARTIALS) return mjml
  return mjml.replace(RENDER, (all, _, name: string) => {
    const inner = partials.get(name)?.mjml
    return inner === undefined ? all : withMjmlPartials(inner, partials, depth + 1)
  })
}

/** The same texts with HTML in place of MJML, and what keeps the MJML from being compiled. */
function withHtml(
  texts: Record<string, string>,
  partials: Brought,
  language: { locale: string; dir: 'ltr' | 'rtl' } | undefined,
): { texts: Record<string, string>; faults: FieldFault[] } {
  const { html, ...rest } = texts
  if (html === undefined) return { texts, faults: [] }
  if (!isMjml(html)) return { texts: { ...texts, html: language ? inLanguage(html, language) : html }, faults: [] }
  const made = compileMjml(withMjmlPartials(html, partials), language)
  if ('html' in made) return { texts: { ...texts, html: made.html }, faults: [] }
  return { texts: rest, faults: made.faults.map(({ message }) => ({ field: 'html', code: 'mjml_error', message })) }
}

/** Says the language at the `<html>` of a document, unless it says one. */
export const inLanguage = (html: string, { locale, dir }: { locale: string; dir: string }): string =>
  html.replace(/<html\b([^>]*)>/i, (_, attributes: string) => {
    const lang = /\slang\s*=/i.test(attributes) ? '' : ` lang="${locale}"`
    return `<html${lang}${/\sdir\s*=/i.test(attributes) ? '' : ` dir="${dir}"`}${attributes}>`
  })

/** Tags the links of an email, and makes a text from its HTML where it has none. */
function finish(
  rendered: Record<string, string>,
  scope: TemplateScope,
  { linkTags, ownLinks }: Sources,
  partials: Partials,
  isEmail: boolean,
  known: readonly string[] = [],
): Preview {
  if (!isEmail || !rendered['html']) return { rendered, faults: [] }
  const tags = renderEach(linkTags, scope, partials)
  if (tags.faults.length > 0) return { rendered, faults: tags.faults.map((fault) => ({ ...fault, field: `linkTags.${fault.field}` })) }
  const html = tagLinks(rendered['html'], tags.rendered, ownLinks)
  const text = known.includes('text') && !rendered['text']?.trim() ? textOfHtml(html) : rendered['text']
  return { rendered: { ...rendered, html, ...(text ? { text } : {}) }, faults: [] }
}

/** By the vendor's own rules. */
function checked(act: Vendor['actions'][string] | undefined, { rendered, faults }: Preview): Preview {
  if (!act || faults.length > 0) return { rendered, faults }
  const found = act.fields.safeParse(rendered)
  if (found.success) return { rendered: found.data as Record<string, string>, faults: [] }
  const wrong = issuesOf(found.error, rendered).map(({ path, message }) => {
    const field = String(path[0] ?? '')
    return { field, code: 'invalid_fields', message: `The field '${field}' cannot be sent: ${message}` }
  })
  return { rendered, faults: wrong }
}

/** For the record: which versions it was made by. */
function usedBy(
  { id, version }: SentTemplate,
  locale: string,
  texts: Record<string, string>,
  { partials }: Sources,
): Record<string, string> {
  const brought = new Map<string, number>()
  const todo = Object.values(texts)
  for (let text = todo.pop(); text !== undefined; text = todo.pop())
    for (const [, , name] of text.matchAll(/\{%-?\s*render\s*(["'])([^"']+)\1/g)) {
      const partial = brought.has(name!) ? undefined : partials.get(name!)
      if (!partial) continue
      brought.set(name!, partial.version)
      const { locales = {}, ...parts } = partial.content
      todo.push(
        ...[parts, ...Object.values(locales)].flatMap(({ html, mjml, text }) => [html, mjml, text].filter((each) => each !== undefined)),
      )
    }
  const names = [...brought].map(([name, version]) => `${name} ${version}`).sort()
  return {
    'template.id': id,
    'template.version': String(version),
    'template.locale': locale,
    ...(names.length > 0 && { 'template.partials': names.join(', ') }),
  }
}
