import { Liquid, RenderTag, toValueSync, type LiquidOptions, type Parser, type TagToken, type Template, type TopLevelToken } from 'liquidjs'
import { formatCurrency, formatDate, formatNumber } from './formats.js'

/** Longest template, in characters; most blocks within blocks, and most partials within partials. */
export const MAX_TEMPLATE = 262_144
export const MAX_NESTING = 50
export const MAX_PARTIALS = 10

/** Filters of Liquid that judge an expression for each item without looking at the clock. */
const UNBOUNDED = ['where_exp', 'reject_exp', 'group_by_exp', 'has_exp', 'find_exp', 'find_index_exp']
/** Those that look from the end: V8 does so letter by letter, so that two long texts cost their product. */
const FROM_THE_END = ['replace_last', 'remove_last'] as const

/** A partial by its name, which stands between quotes: so what a template brings in is known before it is rendered. */
class Render extends RenderTag {
  /** The partial. */
  readonly partial: string
  constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, rest, liquid, parser)
    const { file } = this as unknown as { file: unknown }
    if (typeof file !== 'string') throw new Error("name the partial between quotes, such as {% render 'footer' %}")
    this.partial = file
  }
}

/**
 * Liquid as Tilework speaks it, for rendering and for validation alike.
 * @param options `templates`: the partials by name; no file is ever read
 */
export function liquidWith(options: LiquidOptions = {}): Liquid {
  const liquid = new Liquid({ strictFilters: true, ownPropertyOnly: true, parseLimit: MAX_TEMPLATE, templates: {}, ...options })
  liquid.registerTag('render', Render)
  for (const name of ['include', 'layout', 'block']) {
    liquid.registerTag(name, {
      parse() {
        throw new Error(`there is no ${name}; bring in a partial by {% render 'name' %}`)
      },
      render: () => undefined,
    })
  }
  for (const name of UNBOUNDED) liquid.unregisterFilter(name)
  for (const name of FROM_THE_END) {
    const found = liquid.filters[name] as (this: Charged, text: unknown, what: unknown, ...more: unknown[]) => unknown
    liquid.registerFilter(name, function (this: Charged, text: unknown, what: unknown, ...more: unknown[]) {
      this.context.memoryLimit.use((String(text).length * String(what).length) / 100)
      return found.call(this, text, what, ...more)
    })
  }
  liquid.registerFilter('format_date', formatDate)
  liquid.registerFilter('format_number', formatNumber)
  liquid.registerFilter('format_currency', formatCurrency)
  return liquid
}

interface Charged {
  context: { memoryLimit: { use(count: number): void } }
}

const BLOCKS = new Set(['if', 'unless', 'case', 'for', 'tablerow', 'capture'])

/** @throws Error that says what is wrong */
export function parseLiquid(liquid: Liquid, text: string): Template[] {
  let depth = 0
  for (const [, end, name] of text.matchAll(/\{%-?\s*(end)?(\w+)/g)) {
    if (!BLOCKS.has(name!)) continue
    depth += end ? -1 : 1
    if (depth > MAX_NESTING) throw new Error(`more than ${MAX_NESTING} blocks stand within each other`)
  }
  try {
    return liquid.parse(text)
  } catch (error) {
    if (error instanceof RangeError) throw new Error('it is nested too deeply', { cause: error })
    throw error
  }
}

/** The names of the partials that a parsed template brings in by itself. */
export function partialsIn(templates: readonly Template[]): Set<string> {
  const names = new Set<string>()
  const todo = [...templates]
  for (let template = todo.pop(); template; template = todo.pop()) {
    if (template instanceof Render) names.add(template.partial)
    else if (template.children) todo.push(...(toValueSync(template.children(false, true)) as Template[]))
  }
  return names
}

/**
 * Follows partials into partials.
 * @param first those that a template brings in
 * @param within those that a partial brings in; undefined: there is none of that name
 * @returns what is wrong, in words, and of which partial; undefined: nothing
 */
export function partialFault(
  first: Iterable<string>,
  within: (name: string) => Iterable<string> | undefined,
): { name: string; kind: 'unknown' | 'cycle' | 'deep'; path: string[] } | undefined {
  const sound = new Map<string, number>()
  const visit = (name: string, path: string[]): { depth: number } | NonNullable<ReturnType<typeof partialFault>> => {
    const known = sound.get(name)
    const here = [...path, name]
    if (path.includes(name)) return { name, kind: 'cycle', path: here }
    if (here.length + (known ?? 1) - 1 > MAX_PARTIALS) return { name, kind: 'deep', path: here }
    if (known !== undefined) return { depth: known }
    const inner = within(name)
    if (!inner) return { name, kind: 'unknown', path: here }
    let depth = 1
    for (const each of inner) {
      const found = visit(each, here)
      if (!('depth' in found)) return found
      depth = Math.max(depth, found.depth + 1)
    }
    sound.set(name, depth)
    return { depth }
  }
  for (const name of first) {
    const found = visit(name, [])
    if (!('depth' in found)) return found
  }
  return undefined
}

/** The same as a sentence without its end. */
export const partialWords = ({ name, kind, path }: NonNullable<ReturnType<typeof partialFault>>): string =>
  kind === 'unknown'
    ? `there is no partial '${name}'`
    : kind === 'cycle'
      ? `the partials bring in each other without end: ${path.join(' → ')}`
      : `more than ${MAX_PARTIALS} partials stand within each other: ${path.join(' → ')}`
