import { layOut } from './layout.js'
import { docOf } from './read.js'
import type { Doc } from './types.js'

const exit = (id: string) => ({ id, type: 'exit' as const, config: { reason: id } })
const branch = (id: string, ...paths: string[]) => ({
  id,
  type: 'branch' as const,
  config: { kind: 'condition', paths: paths.map((path) => ({ id: path, when: { trait: path, op: 'exists' } })) },
})
const laid = (tiles: object[], edges: { from: string; port: string; to: string }[]): Map<string, { x: number; y: number }> => {
  const doc = docOf({ name: 'x', description: '', tiles: tiles as Doc['tiles'], edges, settings: {} })
  const outcome = layOut(doc)
  if (!('doc' in outcome)) throw new Error('It was refused.')
  return new Map(outcome.doc.tiles.map(({ id, position }) => [id, position]))
}
const entry = { id: 'entry', type: 'entry' as const, config: { triggers: [{ type: 'manual' }] } }

test('what is behind the ports of a tile lies in the order of the ports, whatever the order of the edges', () => {
  const at = laid(
    [exit('c'), exit('a'), branch('which', 'one', 'two'), exit('b'), entry],
    [
      { from: 'which', port: 'else', to: 'c' },
      { from: 'which', port: 'two', to: 'b' },
      { from: 'entry', port: 'next', to: 'which' },
      { from: 'which', port: 'one', to: 'a' },
    ],
  )
  expect([...at].sort(([, a], [, b]) => a.y - b.y || a.x - b.x).map(([id]) => id)).toEqual(['entry', 'which', 'a', 'b', 'c'])
})

test('a path that is shorter than its siblings goes past them on the side of its port', () => {
  const profile = { id: 'note', type: 'updateProfile' as const, config: { changes: [{ op: 'unset', trait: 'a' }] } }
  const at = laid(
    [entry, branch('which', 'one'), profile, exit('done')],
    [
      { from: 'entry', port: 'next', to: 'which' },
      { from: 'which', port: 'one', to: 'note' },
      { from: 'note', port: 'next', to: 'done' },
      { from: 'which', port: 'else', to: 'done' },
    ],
  )
  // Its port is right of the middle; so the tile of the longer path is left of it.
  expect(at.get('note')!.x).toBeLessThan(at.get('which')!.x)
  expect(new Set([...at.values()].map(({ y }) => y)).size).toBe(4)
})
