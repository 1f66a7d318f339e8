/* What a reusable template is. Pure: the editor, the API and whoever sends read it by this. */

/** `email` and `text` are messages, `partial` is brought in by others. */
export const TEMPLATE_KINDS = ['email', 'text', 'partial'] as const
export type TemplateKind = (typeof TEMPLATE_KINDS)[number]

/** The texts of a template in one language. The body is HTML or MJML, and text; without a text one is made from the HTML. */
export interface TemplateParts {
  subject?: string | undefined
  html?: string | undefined
  mjml?: string | undefined
  text?: string | undefined
}
export const PARTS = ['subject', 'html', 'mjml', 'text'] as const satisfies (keyof TemplateParts)[]

/** The texts of a template in all languages: its own, and others that may leave out the subject or the body. */
export interface TemplateContent extends TemplateParts {
  /** BCP 47 tag of the texts that stand here. */
  locale: string
  /** By BCP 47 tag. */
  locales?: Record<string, TemplateParts> | undefined
}

/** The canonical BCP 47 tag of a text such as `es-mx` or `es_MX`; undefined of what is none. */
export function localeOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > 64) return undefined
  try {
    return Intl.getCanonicalLocales(text.trim().replaceAll('_', '-'))[0]
  } catch {
    return undefined
  }
}

/** A tag and what it falls back to (RFC 4647 §3.4): es-Latn-MX, es-Latn, es. */
export function fallbacksOf(locale: string): string[] {
  const subtags = locale.split('-')
  const chain: string[] = []
  while (subtags.length > 0) {
    chain.push(subtags.join('-'))
    subtags.pop()
    // A single letter begins an extension and says nothing alone.
    while (subtags.at(-1)?.length === 1) subtags.pop()
  }
  return chain
}

/** What one reader gets of a template. */
export interface Variant {
  /** The language of the body. */
  locale: string
  /** How dates and numbers are written: the reader's way, where it is of the same language. */
  formats: string
  parts: TemplateParts
}

/** The variant for a reader; what a language leaves out comes from the one that it falls back to. */
export function variantOf(content: TemplateContent, wanted: string | undefined): Variant {
  const given = new Map(Object.entries(content.locales ?? {}).map(([tag, parts]) => [localeOf(tag) ?? tag, parts]))
  const own = localeOf(content.locale) ?? content.locale
  const chain: [string, TemplateParts][] = []
  for (const tag of wanted === undefined ? [] : fallbacksOf(wanted)) {
    if (given.has(tag)) chain.push([tag, given.get(tag)!])
    // Whoever wants the template's own language never gets a wider one.
    else if (tag === own) break
  }
  chain.push([own, content])
  const subject = chain.find(([, parts]) => has(parts.subject))
  const [locale, body] = chain.find(([, { html, mjml, text }]) => has(html) || has(mjml) || has(text)) ?? chain.at(-1)!
  const parts = { subject: subject?.[1].subject, html: body.html, mjml: body.mjml, text: body.text }
  return { locale, formats: wanted !== undefined && languageOf(wanted) === languageOf(locale) ? wanted : locale, parts }
}

const has = (text: string | undefined): boolean => text !== undefined && text.trim() !== ''
const languageOf = (locale: string): string => locale.split('-')[0]!

const RIGHT_TO_LEFT = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa'])

/** In which direction a language is written. */
export const directionOf = (locale: string): 'ltr' | 'rtl' =>
  RIGHT_TO_LEFT.has(new Intl.Locale(locale).maximize().script ?? '') ? 'rtl' : 'ltr'

/** Whether a body is MJML: whatever field it stands in, it says so itself. */
export const isMjml = (body: string): boolean => /^\s*(?:<!--[\s\S]*?-->\s*)*<mjml[\s>]/.test(body)

/** The field of an action that each part of a template fills. */
export function fieldsOf({ subject, html, mjml, text }: TemplateParts, known: readonly string[]): Record<string, string> {
  const first = (names: readonly string[]): string | undefined => names.find((name) => known.includes(name))
  const filled: [string | undefined, string | undefined][] = [
    [first(SUBJECT), subject],
    [first(['html']), mjml ?? html],
    [first(TEXT), text],
  ]
  return Object.fromEntries(filled.filter((each): each is [string, string] => each[0] !== undefined && has(each[1])))
}

const SUBJECT = ['subject', 'title']
const TEXT = ['text', 'body', 'content', 'message']
