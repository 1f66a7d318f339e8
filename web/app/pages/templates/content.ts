import type { TemplateContent, TemplateKind } from '../../api/templates.js'

export type Part = 'subject' | 'html' | 'mjml' | 'text'
type Parts = Partial<Record<Part, string | undefined>>

/** The bodies that a kind of template can have, in the order of their tabs. */
export const bodiesOf = (kind: TemplateKind): readonly Exclude<Part, 'subject'>[] => (kind === 'text' ? ['text'] : ['mjml', 'html', 'text'])

/** The texts in a language; `undefined`: the template's own. */
export const partsIn = (content: TemplateContent, tag: string | undefined): Parts =>
  tag === undefined ? content : (content.locales?.[tag] ?? {})

/** The pointer of a text of the content, as problems name it. */
export const placeOf = (tag: string | undefined, part: Part): string =>
  tag === undefined ? `/content/${part}` : `/content/locales/${tag.replaceAll('~', '~0').replaceAll('/', '~1')}/${part}`

/** The content with another text; an empty one is left out. */
export function withPart(content: TemplateContent, tag: string | undefined, part: Part, text: string): TemplateContent {
  const parts = { ...partsIn(content, tag), [part]: text === '' ? undefined : text }
  return tag === undefined ? { ...content, ...parts } : { ...content, locales: { ...content.locales, [tag]: parts } }
}

export const withLocale = (content: TemplateContent, tag: string): TemplateContent => ({
  ...content,
  locales: { ...content.locales, [tag]: {} },
})

export function withoutLocale(content: TemplateContent, tag: string): TemplateContent {
  const { [tag]: _, ...locales } = content.locales ?? {}
  return { ...content, locales }
}

/** A template as one text, for telling two versions apart: each part under its name. */
export function asText(content: TemplateContent): string {
  const each = (tag: string, { subject, mjml, html, text }: Parts): string =>
    Object.entries({ subject, mjml, html, text })
      .flatMap(([part, value]) => (value === undefined ? [] : [`── ${tag} · ${part} ──\n${value.trimEnd()}\n`]))
      .join('\n')
  const { locale, locales = {}, ...own } = content
  return [each(locale, own), ...Object.entries(locales).map(([tag, parts]) => each(tag, parts))].join('\n')
}
