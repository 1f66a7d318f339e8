import type { Stats, TileStats } from '../api/monitor.js'
import { edgesFrom } from '../canvas/doc/lookup.js'
import type { Doc, DocEdge } from '../canvas/doc/types.js'
import { inPortOrder } from '../editor/navigate.js'

/** The thinnest and the thickest edge, px. */
const THIN = 1.5
const THICK = 9

/** How many went along an edge. The stats name one without an id of its own by its tile and port. */
export const flowOf = (stats: Stats, { id, from, port }: Pick<DocEdge, 'id' | 'from' | 'port'>): number =>
  stats.edges[id] ?? stats.edges[`${from}:${port}`] ?? 0

/** Of those who left the tile before, the share that took this edge, 0 to 1; undefined while nobody left. */
export function shareOf(stats: Stats, edge: Pick<DocEdge, 'id' | 'from' | 'port'>): number | undefined {
  const left = stats.tiles[edge.from]?.left ?? 0
  return left > 0 ? flowOf(stats, edge) / left : undefined
}

/** How wide an edge is drawn, px: its area to the eye grows with its flow, so the root of it. */
export function widthOf(flow: number, most: number): number {
  return most > 0 && flow > 0 ? THIN + (THICK - THIN) * Math.sqrt(Math.min(flow / most, 1)) : THIN
}

const widths = new WeakMap<Stats, { doc: Doc; widths: ReadonlyMap<string, number> }>()

/** How wide each edge of a canvas is drawn, px, by its id. Reckoned once for the same counts: each edge asks. */
export function widthsOf(doc: Doc, stats: Stats): ReadonlyMap<string, number> {
  const known = widths.get(stats)
  if (known?.doc === doc) return known.widths
  const flows = doc.edges.map((edge) => [edge.id, flowOf(stats, edge)] as const)
  const most = Math.max(0, ...flows.map(([, flow]) => flow))
  const made = new Map(flows.map(([id, flow]) => [id, widthOf(flow, most)]))
  widths.set(stats, { doc, widths: made })
  return made
}

/** A bar of the funnel. */
export interface Bar {
  tileId: string
  entered: number
  /** Of all who entered the orchestration, 0 to 1. */
  share: number
  /** Who left the orchestration here without an edge: by a criterion, the goal, an operator. Of an exit: none, it is where members leave. */
  lost: number
  here: number
}

const NONE: Pick<TileStats, 'entered' | 'left' | 'here'> = { entered: 0, left: 0, here: 0 }

/** The tiles from the entry on, those nearest to it first, with what of the members came that far. */
export function funnel(doc: Doc, stats: Stats): Bar[] {
  const start = doc.tiles.find(({ type }) => type === 'entry')
  if (!start) return []
  const all = stats.tiles[start.id]?.entered ?? 0
  const types = new Map(doc.tiles.map(({ id, type }) => [id, type]))
  return inFlowOrder(doc, start.id).map((tileId) => {
    const { entered, left, here } = stats.tiles[tileId] ?? NONE
    const on = edgesFrom(doc, tileId).reduce((sum, edge) => sum + flowOf(stats, edge), 0)
    const lost = types.get(tileId) === 'exit' ? 0 : Math.max(0, left - on)
    return { tileId, entered, here, lost, share: all > 0 ? entered / all : 0 }
  })
}

/** Tiles level by level from one on, each once; within a level in the order of the ports. */
export function inFlowOrder(doc: Doc, from: string): string[] {
  const seen = new Set([from])
  for (const id of seen) for (const next of inPortOrder(doc, id)) seen.add(next)
  return [...seen]
}

/** The version that a value of the address names; undefined when it names none. */
export const versionIn = (value: string | undefined): number | undefined => (/^[1-9]\d{0,8}$/.test(value ?? '') ? Number(value) : undefined)

export const RANGES = ['all', 'hour', 'day', 'week', 'month', 'custom'] as const
export type Range = (typeof RANGES)[number]

const MINUTE = 60_000
const SPAN: Partial<Record<Range, number>> = { hour: 60 * MINUTE, day: 1_440 * MINUTE, week: 10_080 * MINUTE, month: 43_200 * MINUTE }

/**
 * When members of a range entered: from an instant on, whole minutes, so that the same range is the same question for a while.
 * @param custom days such as `2026-11-25`, in the zone of the viewer; the last is whole
 */
export function spanOf(range: Range, now: Date, custom: { from: string; to: string }): { from?: string; to?: string } {
  const span = SPAN[range]
  if (span !== undefined) return { from: new Date(Math.floor((now.getTime() - span) / MINUTE) * MINUTE).toISOString() }
  if (range !== 'custom') return {}
  const [from, last] = [dayOf(custom.from), dayOf(custom.to)]
  const to = last && new Date(last.getFullYear(), last.getMonth(), last.getDate() + 1)
  return { ...(from && { from: from.toISOString() }), ...(to && (!from || to > from) && { to: to.toISOString() }) }
}

/** The beginning of a day in the zone of the viewer. */
function dayOf(text: string): Date | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  return parts ? new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) : undefined
}

/** A share as it is read: `12 %`, `0.4 %`, `< 0.1 %`. */
export function percent(share: number, locale = 'en'): string {
  if (share > 0 && share < 0.001) return '< 0.1 %'
  const digits = share > 0 && share < 0.1 ? 1 : 0
  // Nearly all is not all.
  const shown = share < 1 && share > 0.995 ? Math.floor(share * 1000) / 10 : share * 100
  return `${shown.toLocaleString(locale, { maximumFractionDigits: share < 1 && share > 0.995 ? 1 : digits })} %`
}

const STEPS: [Intl.NumberFormatOptions['unit'] & string, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** A time in its two largest units: `2 days 3 hr`. */
export function spell(seconds: number, locale = 'en'): string {
  if (seconds < 1) return '< 1 sec'
  const at = STEPS.findIndex(([, size]) => seconds >= size)
  const parts: string[] = []
  let left = Math.round(seconds)
  for (const [unit, size] of STEPS.slice(at, at + 2)) {
    const n = Math.floor(left / size)
    left -= n * size
    if (n > 0) parts.push(n.toLocaleString(locale, { style: 'unit', unit, unitDisplay: 'short' }))
  }
  return parts.join(' ')
}
