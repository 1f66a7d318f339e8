import type { Channel } from '../../model/channels.js'
import { fieldsOf, type TemplateKind } from '../../model/templates.js'
import type { DraftTile } from '../index.js'
import { partialFault, partialWords } from '../liquid/engine.js'
import { nearest } from '../nearest.js'
import type { Problem, ProblemCode } from '../problems.js'
import type { ContentSummary } from './content.js'
import { readTemplates, type Variable } from './templates.js'

/** A template, as tiles that use it are judged by it. */
export interface TemplateRef {
  name: string
  kind: TemplateKind
  channel: Channel | null
  /** Published last; null: none was. */
  version: number | null
  /** The published ones, by number. */
  versions: Readonly<Record<string, ContentSummary>>
}

type Templates = ReadonlyMap<string, TemplateRef>
type Config = Readonly<Record<string, unknown>>
type Complaint = (code: ProblemCode, field: string, message: string) => void

/** What a tile says of its template; undefined: it names none, or not yet. */
function named({ template }: Config): { id: string; version: number | undefined } | undefined {
  if (typeof template !== 'object' || template === null) return undefined
  const { id, version } = template as { id?: unknown; version?: unknown }
  return typeof id === 'string' && id !== '' ? { id, version: typeof version === 'number' ? version : undefined } : undefined
}

/** The version of a tile's template that would be sent now. */
function summaryFor(config: Config, templates: Templates): ContentSummary | undefined {
  const wanted = named(config)
  const found = wanted && templates.get(wanted.id)
  const version = wanted?.version ?? found?.version
  return version === undefined || version === null ? undefined : found?.versions[version]
}

/** The fields of an action that a tile's template fills. */
export const filledBy = (config: Config, templates: Templates, known: readonly string[]): string[] =>
  Object.keys(fieldsOf(Object.fromEntries((summaryFor(config, templates)?.parts ?? []).map((part) => [part, '…'])), known))

/** A tile's template exists, is published, and fills something. @param known the fields of its action; undefined: it is not known yet */
export function checkTemplate(config: Config, templates: Templates, known: readonly string[] | undefined, complain: Complaint): void {
  const wanted = named(config)
  if (!wanted) return
  const found = templates.get(wanted.id)
  if (!found) return complain('TW330', '/template/id', `There is no template '${wanted.id}'; choose one that exists.`)
  const { name, kind, version } = found
  if (kind === 'partial') return complain('TW333', '/template/id', `'${name}' is a partial: write {% render '${name}' %} into a field.`)
  if (version === null) return complain('TW333', '/template/id', `The template '${name}' has not been published; publish it first.`)
  if (wanted.version !== undefined && !Object.hasOwn(found.versions, wanted.version))
    return complain(
      'TW333',
      '/template/version',
      `The template '${name}' has no published version ${wanted.version}; the last is ${version}.`,
    )
  if (known && filledBy(config, templates, known).length === 0)
    complain('TW333', '/template/id', `The template '${name}' fills no field of this action; choose another template or action.`)
}

/** The partials that a tile brings in exist. */
export function checkPartials(tile: DraftTile, templates: Templates): Problem[] {
  const within = partialsOf(templates)
  const names = [...templates.values()].flatMap(({ kind, name }) => (kind === 'partial' ? name : []))
  return readTemplates(tile).partials.flatMap(({ name, path, ranges }): Problem[] => {
    const fault = partialFault([name], within)
    if (!fault) return []
    const near = fault.kind === 'unknown' ? nearest(fault.name, names) : undefined
    const mend = near
      ? `did you mean '${near}'?`
      : fault.kind === 'unknown'
        ? 'publish one of that name, or name another.'
        : 'take one out.'
    const message = `${partialWords(fault).replace(/^t/, 'T')}; ${mend}`
    return [{ code: fault.kind === 'unknown' ? 'TW331' : 'TW332', tileId: tile.id, path, ranges, message }]
  })
}

/** What each published partial brings in, by its name. */
export function partialsOf(templates: Templates): (name: string) => readonly string[] | undefined {
  const byName = new Map([...templates.values()].flatMap((ref) => (ref.kind === 'partial' ? [[ref.name, ref] as const] : [])))
  return (name) => {
    const found = byName.get(name)
    return found && found.version !== null ? found.versions[found.version]?.partials : undefined
  }
}

/** The variables that the template of a tile reads, and those of the partials that it brings in; at the template. */
export function templateReads(tile: DraftTile, templates: Templates): Variable[] {
  const summary = tile.type === 'action' ? summaryFor(tile.config, templates) : undefined
  const byName = new Map([...templates.values()].flatMap((ref) => (ref.kind === 'partial' ? [[ref.name, ref] as const] : [])))
  const reads = new Map<string, string[]>()
  const seen = new Set<string>()
  const todo = summary ? [summary] : []
  for (let each = todo.pop(); each; each = todo.pop()) {
    for (const segments of each.reads) reads.set(JSON.stringify(segments), segments)
    for (const name of each.partials) {
      const ref = byName.get(name)
      const inner = ref && ref.version !== null ? ref.versions[ref.version] : undefined
      if (inner && !seen.has(name)) todo.push(inner)
      seen.add(name)
    }
  }
  return [...reads.values()].map((segments) => ({ path: '/config/template', segments, ranges: [] }))
}
