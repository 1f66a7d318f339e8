import fc from 'fast-check'
import type { DraftTile, Edge } from '../index.js'
import { after, before, graphOf, loopsWithout, reach, type Graph } from './graph.js'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

/** Graphs of up to 7 tiles; a third of these are waits. */
const GRAPHS = fc.integer({ min: 1, max: 7 }).chain((size) => {
  const id = fc.integer({ min: 0, max: size - 1 }).map(String)
  const tiles = fc.array(fc.constantFrom<DraftTile['type']>('wait', 'branch', 'action'), { minLength: size, maxLength: size })
  const edges = fc.array(fc.record({ from: id, to: id, port: fc.constant('next') }), { maxLength: 14 })
  return fc.tuple(tiles, edges).map(([types, edges]: [DraftTile['type'][], Edge[]]) =>
    graphOf(
      types.map((type, index) => ({ id: String(index), type, config: {} })),
      edges,
    ),
  )
})

const isWait = ({ type }: DraftTile): boolean => type === 'wait'

/** Whether a walk of at least one edge leads from one tile to another, over tiles that pass: by squaring nothing, just walking. */
function walks(graph: Graph, from: string, to: string, passes: (tile: DraftTile) => boolean, seen: readonly string[] = []): boolean {
  return graph.edges.some(
    (edge) =>
      edge.from === from &&
      passes(graph.tiles.get(edge.to)!) &&
      (edge.to === to || (!seen.includes(edge.to) && walks(graph, edge.to, to, passes, [...seen, edge.to]))),
  )
}

test(`reach finds what a walk leads to, there and back (SEED=${seed})`, () => {
  fc.assert(
    fc.property(GRAPHS, (graph) => {
      for (const from of graph.tiles.keys()) {
        const there = reach([from], after(graph))
        for (const to of graph.tiles.keys()) {
          expect(there.has(to)).toBe(from === to || walks(graph, from, to, () => true))
          expect(reach([to], before(graph)).has(from)).toBe(there.has(to))
        }
      }
    }),
    { seed, numRuns: 200 },
  )
})

test(`a loop is found if there is one, and is one (SEED=${seed})`, () => {
  fc.assert(
    fc.property(GRAPHS, (graph) => {
      const loops = loopsWithout(graph, isWait)
      const passes = (tile: DraftTile): boolean => !isWait(tile)
      const exists = [...graph.tiles.values()].some((tile) => passes(tile) && walks(graph, tile.id, tile.id, passes))
      expect(loops.length > 0).toBe(exists)
      for (const loop of loops) {
        expect(loop.map((id) => graph.tiles.get(id)!).some(isWait)).toBe(false)
        loop.forEach((id, index) => expect(after(graph)(id)).toContain(loop[(index + 1) % loop.length]))
      }
    }),
    { seed, numRuns: 500 },
  )
})

test('a chain of 100,000 tiles does not exhaust the stack', () => {
  const tiles = Array.from({ length: 100_000 }, (_, index): DraftTile => ({ id: String(index), type: 'action', config: {} }))
  const edges = tiles.map(({ id }, index): Edge => ({ from: id, port: 'next', to: String((index + 1) % tiles.length) }))
  expect(loopsWithout(graphOf(tiles, edges), isWait)).toHaveLength(1)
})
