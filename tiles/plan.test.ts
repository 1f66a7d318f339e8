import type { DraftCanvas, DraftTile } from './index.js'
import { resolvePlan, type Fate, type Plan } from './plan.js'

const canvas = (...ids: string[]): DraftCanvas => {
  const tiles = ids.map((id): DraftTile => ({
    id,
    type: id.startsWith('entry') ? 'entry' : id.startsWith('done') ? 'exit' : 'wait',
    config: {},
  }))
  return { tiles, edges: ids.slice(1).map((to, index) => ({ from: ids[index]!, port: 'next', to })), settings: {} }
}
const LIVE = canvas('entry', 'a', 'b', 'done')
const NEXT = canvas('entry', 'a', 'c', 'done')

function resolve(plan: Plan, fallback: Fate = 'stay', live = LIVE, next = NEXT) {
  const resolved = resolvePlan(plan, fallback, live, next)
  return 'plan' in resolved ? resolved.plan : resolved.errors.map(({ path, code }) => `${path} ${code}`)
}

it('says of every tile of the live version what becomes of its members', () => {
  expect(resolve({})).toEqual({ entry: { do: 'stay' }, a: { do: 'stay' }, b: { do: 'stay' }, done: { do: 'stay' } })
  expect(resolve({ a: { do: 'move' }, b: { do: 'move', to: 'c' } }, 'exit')).toEqual({
    entry: { do: 'exit' },
    a: { do: 'move', to: 'a' },
    b: { do: 'move', to: 'c' },
    done: { do: 'stay' },
  })
})

it('moves by default who is at the entry to the tile behind the new one', () => {
  expect(resolve({ b: { do: 'exit' } }, 'move', LIVE, canvas('entry2', 'c', 'a', 'done2'))).toEqual({
    entry: { do: 'move', to: 'c' },
    a: { do: 'move', to: 'a' },
    b: { do: 'exit' },
    done: { do: 'stay' },
  })
})

const REFUSED: [string, Plan, Fate, string[]][] = [
  ['a tile that the live version has not', { c: { do: 'stay' } }, 'stay', ['/plan/c unknown_tile']],
  ['a target that the new version has not', { a: { do: 'move', to: 'b' } }, 'stay', ['/plan/a/to unknown_tile']],
  ['the same tile, when the new version has it not', { b: { do: 'move' } }, 'stay', ['/plan/b/to unknown_tile']],
  ['the entry', { a: { do: 'move', to: 'entry' }, entry: { do: 'move' } }, 'stay', ['/plan/a/to entry', '/plan/entry/to entry']],
  ['a target of who does not move', { a: { do: 'stay', to: 'a' }, b: { do: 'exit', to: 'c' } }, 'stay', ['/plan/a/to not_applicable', '/plan/b/to not_applicable']],
  ['a default that has no target for a tile', {}, 'move', ['/default unknown_tile']],
  ['names that objects have', { constructor: { do: 'stay' as Fate }, a: { do: 'move', to: 'toString' } }, 'stay', ['/plan/constructor unknown_tile', '/plan/a/to unknown_tile']],
] // prettier-ignore
it.each(REFUSED)('refuses %s', (_what, plan, fallback, errors) => {
  expect(resolve(plan, fallback)).toEqual(errors)
})
