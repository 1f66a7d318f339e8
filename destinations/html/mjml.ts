import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2'
import { LRUCache } from 'lru-cache'
import { Engine } from 'mrml'
import { nearest } from '../../tiles/nearest.js'
import { ELEMENTS, standing } from './mjml-elements.js'

/** What is wrong in MJML. */
export interface MjmlFault {
  /** From 1. */
  line: number
  /** Of the source, in characters. */
  from: number
  to: number
  element?: string
  /** A sentence that says how to mend it, with the line. */
  message: string
}

export type Compiled = { html: string } | { faults: MjmlFault[] }

/** The language that a document is in, where it does not say so itself. */
export interface Language {
  locale: string
  dir: 'ltr' | 'rtl'
}

const compiled = new LRUCache<string, Compiled>({ max: 1_000, maxSize: 40_000_000, sizeCalculation: sizeOf })
/** How often MJML has been compiled in this process: a version of a template once, however often it is sent. */
export const compilations = { count: 0 }

function sizeOf(made: Compiled, source: string): number {
  return 1 + source.length + ('html' in made ? made.html.length : 0)
}

/**
 * Compiles MJML to HTML; what was compiled before comes from memory. Liquid in it comes through as it is written, in texts and in attributes, and
 * so is escaped where the HTML is rendered. Nothing is read from anywhere.
 */
export function compileMjml(source: string, language?: Language): Compiled {
  const key = `${language?.locale ?? ''} ${language?.dir ?? ''} ${source}`
  let made = compiled.get(key)
  if (!made) compiled.set(key, (made = compile(source, language)))
  return made
}

function compile(source: string, language: Language | undefined): Compiled {
  compilations.count++
  const hidden = hideLiquid(source)
  const faults = check(hidden)
  if (faults.length > 0) return { faults }
  const whole = language ? inLanguage(hidden.text, language) : hidden.text
  const shift = whole.length - hidden.text.length
  const text = withPlainAttributes(whole)
  const result = attempt(text)
  if ('why' in result) {
    const at = Math.max(0, result.at - shift)
    return { faults: [faultAt(hidden, at, at + 1, undefined, result.why)] }
  }
  const lost = hidden.pieces.findIndex((_, index) => !result.html.includes(hidden.markOf(index)))
  if (lost < 0) return { html: result.html.replace(hidden.marks, (_, index: string) => hidden.pieces[Number(index)]!.text) }
  const { from, text: liquid } = hidden.pieces[lost]!
  const at = hidden.text.indexOf(hidden.markOf(lost))
  return { faults: [{ ...faultAt(hidden, at, at + 1, undefined, `${liquid.slice(0, 60)} stands where MJML keeps nothing; move it`), from, to: from + liquid.length }] } // prettier-ignore
}

const engine = new Engine()

/** Compiles what holds no Liquid. `at`: in characters. */
function attempt(text: string): { html: string } | { why: string; at: number } {
  let result
  try {
    result = engine.toHtml(text)
  } catch (error) {
    return { why: `it cannot be compiled (${error instanceof Error ? error.message : String(error)})`, at: 0 }
  }
  if (result.type === 'success') {
    const inline = result.warnings.find(({ kind }) => kind === 'inline-style-unsupported')
    if (!inline) return { html: result.content }
    return { why: 'styles are not written into elements; leave inline="inline" out', at: charsIn(text, inline.span.start) }
  }
  if (result.origin !== 'parser') return { why: result.message, at: 0 }
  const { details } = result
  const place = 'source' in details ? /(.*?) at (\d+):(\d+)(?: cause (.*))?/.exec(details.source) : null
  if (place) {
    const [, what, line, column, cause] = place
    const before = text.split('\n').slice(0, Number(line) - 1).join('\n').length // prettier-ignore
    return { why: `${what}${cause ? `: ${cause}` : ''}${mending(what!)}`, at: before + Number(column) }
  }
  if ('position' in details) return { why: details.type.replaceAll('-', ' '), at: charsIn(text, details.position.start) }
  return { why: details.type.replaceAll('-', ' '), at: text.length }
}

const mending = (what: string): string =>
  what.includes('attribute')
    ? '; give each attribute a value between quotes: Liquid stands within a value, not in place of an attribute'
    : what.includes('token')
      ? '; begin with <mjml>'
      : '; write < as &lt; where it begins no element'

const charsIn = (text: string, bytes: number): number => Buffer.from(text).subarray(0, bytes).toString().length

/* Liquid is no XML: it is taken out, and put back into the HTML. Words that the source does not have mark where it stood. */

interface Piece {
  text: string
  from: number
}
interface Hidden {
  source: string
  text: string
  pieces: Piece[]
  /** What stands in place of a piece. */
  markOf(index: number): string
  marks: RegExp
}

function hideLiquid(source: string): Hidden {
  let word = 'liquid'
  while (source.includes(word)) word += 'q'
  const markOf = (index: number): string => `${word}${index}x`
  const pieces: Piece[] = []
  const text = source.replace(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, (liquid, from: number) => {
    pieces.push({ text: liquid, from })
    return markOf(pieces.length - 1)
  })
  return { source, text, pieces, markOf, marks: new RegExp(`${word}(\\d+)x`, 'g') }
}

/** Where in the source something is that stands at a place of what is left without Liquid. */
function placeInSource({ text, pieces, marks }: Hidden, at: number): number {
  let grown = 0
  for (const { 1: index, index: mark, 0: all } of text.matchAll(marks)) {
    if (mark >= at) break
    grown += pieces[Number(index)]!.text.length - all.length
  }
  return at + grown
}

function faultAt(hidden: Hidden, from: number, to: number, element: string | undefined, why: string): MjmlFault {
  const place = placeInSource(hidden, from)
  const line = hidden.source.slice(0, place).split('\n').length
  const what = element === undefined ? '' : `<${element}>: `
  return {
    line,
    from: place,
    to: placeInSource(hidden, to),
    ...(element !== undefined && { element }),
    message: `Line ${line}, ${what}${/[.?]$/.test(why) ? why : `${why}.`}`,
  }
}

/** Attributes as the compiler writes them unchanged: of others it makes `\\"` and `\\u{…}`. */
function withPlainAttributes(text: string): string {
  let out = ''
  let done = 0
  tokenize(text, {
    onattribdata(from, to) {
      out += text.slice(done, from) + text.slice(from, to).replace(/["\\]|[^\S ]|[\p{C}\p{M}\p{Zl}\p{Zp}]/gu, numbered)
      done = to
    },
  })
  return out + text.slice(done)
}
const numbered = (letter: string): string => (/\s/.test(letter) ? ' ' : `&#${letter.codePointAt(0)};`)

function tokenize(text: string, callbacks: Partial<TokenizerCallbacks>): void {
  const tokenizer = new Tokenizer({ decodeEntities: false }, { ...IGNORED, ...callbacks })
  tokenizer.write(text)
  tokenizer.end()
}
const nothing = (): void => undefined
const IGNORED: TokenizerCallbacks = {
  onattribname: nothing, onattribdata: nothing, onattribentity: nothing, onattribend: nothing, oncdata: nothing, oncomment: nothing,
  onclosetag: nothing, ondeclaration: nothing, onprocessinginstruction: nothing, ontext: nothing, ontextentity: nothing, onend: nothing,
  onopentagend: nothing, onopentagname: nothing, onselfclosingtag: nothing,
} // prettier-ignore

/** Elements of HTML that are never closed. */
const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr'])
/** Most elements within each other. */
const MAX_DEPTH = 100

/** What the compiler passes over or says without a place: elements that do not exist or stand where they may not, and those that are not closed. */
function check(hidden: Hidden): MjmlFault[] {
  const { text } = hidden
  const faults: MjmlFault[] = []
  const open: { name: string; from: number; to: number }[] = []
  const complain = (at: { name: string; from: number; to: number }, why: string): void =>
    void faults.push(faultAt(hidden, at.from, at.to, at.name, why))
  let last: { name: string; from: number; to: number } | undefined
  const begin = (): void => {
    if (!last) return
    if (last.name === 'mj-include') complain(last, "files are not brought in; bring in a partial by {% render 'name' %}")
    else if (last.name.startsWith('mj-') && !ELEMENTS.includes(last.name) && !OF_ATTRIBUTES.has(last.name))
      complain(last, unknown(last.name))
    else {
      const why = standing(last.name, open.at(-1)?.name)
      if (why !== undefined) complain(last, `it cannot stand here: ${why}`)
    }
  }
  tokenize(text, {
    onopentagname: (from, to) => void (last = { name: text.slice(from, to).toLowerCase(), from, to }),
    onopentagend() {
      begin()
      if (last && !VOID.has(last.name)) open.push(last)
      if (open.length > MAX_DEPTH && faults.length === 0) complain(last!, `more than ${MAX_DEPTH} elements stand within each other`)
      last = undefined
    },
    onselfclosingtag() {
      begin()
      last = undefined
    },
    onclosetag(from, to) {
      const name = text.slice(from, to).toLowerCase()
      if (VOID.has(name)) return
      if (open.at(-1)?.name === name) open.pop()
      else if (open.some((each) => each.name === name))
        while (open.at(-1)?.name !== name || !open.pop()) complain(open.pop()!, 'it is not closed')
      else complain({ name, from, to }, 'it is closed and was not opened')
    },
  })
  for (const each of open) complain(each, 'it is not closed')
  return faults.slice(0, 20)
}

const OF_ATTRIBUTES = new Set(['mj-all', 'mj-class', 'mj-attributes'])

function unknown(name: string): string {
  const near = nearest(name, ELEMENTS)
  return `there is no such element${near ? `; did you mean <${near}>?` : ''}`
}

/** Says the language at the outermost element, unless it says one. */
function inLanguage(text: string, { locale, dir }: Language): string {
  return text.replace(/<mjml\b([^>]*)>/, (_, attributes: string) => {
    const lang = /\blang\s*=/.test(attributes) ? '' : ` lang="${locale}"`
    const direction = /\bdir\s*=/.test(attributes) ? '' : ` dir="${dir}"`
    return `<mjml${lang}${direction}${attributes}>`
  })
}
