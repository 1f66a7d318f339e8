import { pointer } from '../../model/pointer.js'
import { localeOf, PARTS, type TemplateContent, type TemplateKind, type TemplateParts } from '../../model/templates.js'
import { partialFault, partialWords } from '../liquid/engine.js'
import { rangesOfPartial, readText, type Range } from '../liquid/read.js'
import type { Problem } from '../problems.js'
import { unseen } from './scope.js'

/** What the texts of a template fill, read and bring in: kept with each version, so that tiles that use it are judged without its texts. */
export interface ContentSummary {
  parts: (keyof TemplateParts)[]
  /** Variables as their segments. */
  reads: string[][]
  /** Names of partials. */
  partials: string[]
}

interface Place {
  path: string
  text: string
}

/** Every text of a template, with its place. */
const textsIn = (content: TemplateContent): Place[] =>
  [
    ['', content] as const,
    ...Object.entries(content.locales ?? {}).map(([tag, parts]) => [pointer(['locales', tag]), parts] as const),
  ].flatMap(([path, parts]) => PARTS.flatMap((part) => (parts[part] === undefined ? [] : [{ path: `${path}/${part}`, text: parts[part] }])))

/** What a version needs and gives; texts that are no Liquid read nothing. */
export function summaryOf(content: TemplateContent): ContentSummary {
  const reads = new Map<string, string[]>()
  const partials = new Set<string>()
  for (const { text } of textsIn(content)) {
    const read = readText(text)
    if ('why' in read) continue
    for (const { segments } of read.variables) reads.set(JSON.stringify(segments), segments)
    for (const name of read.partials) partials.add(name)
  }
  return { parts: PARTS.filter((part) => has(content[part])), reads: [...reads.values()], partials: [...partials] }
}

/**
 * What is wrong with a template, but for its MJML; paths are within the content.
 * @param within what each partial of the workspace brings in; undefined: there is none of that name
 * @param name of a partial: its own
 */
export function checkContent(
  kind: TemplateKind,
  content: TemplateContent,
  within: (name: string) => Iterable<string> | undefined,
  name?: string,
): Problem[] {
  const own = summaryOf(content).partials
  const inner = (of: string): Iterable<string> | undefined => (kind === 'partial' && of === name ? own : within(of))
  return [
    ...checkParts(kind, content),
    ...checkLocales(content),
    ...textsIn(content).flatMap(({ path, text }) => checkText(path, text, inner, kind === 'partial' ? name : undefined)),
  ]
}

function checkParts(kind: TemplateKind, content: TemplateContent): Problem[] {
  const missing = (part: string, message: string): Problem => ({ code: 'TW201', path: `/${part}`, message })
  const problems: Problem[] = []
  if (kind === 'email' && !has(content.subject)) problems.push(missing('subject', 'Give a subject.'))
  if (kind === 'text' && !has(content.text)) problems.push(missing('text', 'Give a text.'))
  if (kind !== 'text' && !has(content.html) && !has(content.mjml) && !has(content.text))
    problems.push(missing(kind === 'email' ? 'mjml' : 'html', 'Give a body: MJML, HTML or text.'))
  for (const [path, parts] of [['', content], ...Object.entries(content.locales ?? {}).map(([tag, each]) => [pointer(['locales', tag]), each])] as [string, TemplateParts][]) {
    if (kind === 'email' && has(parts.html) && has(parts.mjml))
      problems.push({ code: 'TW202', path: `${path}/html`, message: 'The body is MJML and HTML at once; remove one.' })
    const odd = PARTS.filter((part) => has(parts[part]) && !ALLOWED[kind].includes(part))
    for (const part of odd) problems.push({ code: 'TW202', path: `${path}/${part}`, message: `A template of kind ${kind} has no '${part}'; remove it.` })
  } // prettier-ignore
  return problems
}

const ALLOWED: Record<TemplateKind, readonly (keyof TemplateParts)[]> = {
  email: PARTS,
  text: ['subject', 'text'],
  partial: ['html', 'mjml', 'text'],
}

function checkLocales({ locale, locales = {} }: TemplateContent): Problem[] {
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const [path, tag] of [['/locale', locale], ...Object.keys(locales).map((each) => [pointer(['locales', each]), each])] as [string, string][]) {
    const canonical = localeOf(tag)
    if (canonical === undefined) problems.push({ code: 'TW232', path, message: `'${tag}' is no language; give a BCP 47 tag such as es or es-MX.` })
    else if (seen.has(canonical)) problems.push({ code: 'TW232', path, message: `The language '${canonical}' is there twice; keep one.` })
    else seen.add(canonical)
  } // prettier-ignore
  return problems
}

function checkText(
  path: string,
  text: string,
  within: (name: string) => Iterable<string> | undefined,
  self: string | undefined,
): Problem[] {
  const read = readText(text)
  if ('why' in read) {
    const { why, range } = read
    return [{ code: 'TW203', path, ranges: [range], message: `${lineOf(text, range)}: this is no Liquid: ${why}. Mend it.` }]
  }
  const problems: Problem[] = []
  for (const name of read.partials) {
    const fault = partialFault(self === undefined ? [name] : [self], within)
    if (!fault) continue
    const ranges = rangesOfPartial(text, name)
    const mend = fault.kind === 'unknown' ? 'publish one of that name, or name another' : 'take one out'
    problems.push({ code: fault.kind === 'unknown' ? 'TW331' : 'TW332', path, ranges, message: `${lineOf(text, ranges[0])}: ${partialWords(fault)}; ${mend}.` })
  } // prettier-ignore
  for (const { segments, ranges } of read.variables) {
    const message = unseen(segments)
    if (message !== undefined) problems.push({ code: 'TW314', path, ranges, message: `${lineOf(text, ranges[0])}: ${message}` })
  }
  return problems
}

const lineOf = (text: string, range: Range | undefined): string => `Line ${text.slice(0, range?.[0] ?? 0).split('\n').length}`
const has = (text: string | undefined): boolean => text !== undefined && text.trim() !== ''
