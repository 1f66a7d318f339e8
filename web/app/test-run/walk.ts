import { createStore, type StoreApi } from 'zustand'
import type { TestRun } from '../api/test-runs.js'
import type { Doc } from '../canvas/doc/types.js'
import type { Mark } from '../canvas/view/context.js'
import { pathMarks } from '../member/path.js'
import { stopsOf, type Stop, type Told } from '../member/words.js'

/** A test run that is shown: what was walked, and at which stop somebody looks. */
export interface Shown {
  run: TestRun
  /** The document that was walked, as far as this tab knows. */
  of: Doc
  /** Somebody else had saved another document: theirs was walked. */
  theirs: boolean
  stops: readonly Stop[]
  /** Index of the stop that is looked at. */
  step: number
}

/** The walk that is shown on the canvas; none before a run, and after the test is closed. */
export interface Walk {
  shown: Shown | undefined
  /** Shows a run, from its last stop. */
  show(run: Pick<Shown, 'run' | 'of' | 'theirs'>): void
  /** Looks at a stop; beyond the first and the last there is none. */
  go(step: number): void
  clear(): void
}

export const createWalk = (): StoreApi<Walk> =>
  createStore<Walk>((set) => ({
    shown: undefined,
    show(told) {
      const stops = stopsOf(told.run.timeline as (TestRun['timeline'][number] & Told)[])
      set({ shown: { ...told, stops, step: stops.length - 1 } })
    },
    go: (step) =>
      set(({ shown }) => (shown ? { shown: { ...shown, step: Math.max(0, Math.min(shown.stops.length - 1, step)) } } : { shown })),
    clear: () => set({ shown: undefined }),
  }))

/** What is lit on the canvas: the way up to the stop that is looked at, and the ways on that were taken there. */
export function marksOf({ of, stops, step }: Shown): ReadonlyMap<string, Mark> {
  const passed = stops.slice(0, step + 1)
  return new Map([...pathMarks(of, passed.flatMap(({ entries }) => entries)), ...passed.slice(-1).map(({ tileId }) => [tileId, 'here'] as const)]) // prettier-ignore
}

/** Whether a run of one document says what a run of another would: places, names and notes mean nothing to it. */
export function walksAlike(a: Doc, b: Doc): boolean {
  if (a === b) return true
  return (
    a.settings === b.settings &&
    a.tiles.length === b.tiles.length &&
    a.edges.length === b.edges.length &&
    a.tiles.every(({ id, type, config }, index) => {
      const other = b.tiles[index]!
      return other === a.tiles[index] || (other.id === id && other.type === type && other.config === config)
    }) &&
    a.edges.every(({ from, port, to }, index) => {
      const other = b.edges[index]!
      return other.from === from && other.port === port && other.to === to
    })
  )
}
