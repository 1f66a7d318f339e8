import { drawn } from '../canvas/doc/fixture.js'
import { neighbour, nextNote } from './navigate.js'
import { outlineOf } from './outline.js'

const doc = drawn(
  [
    ['entry', 'entry'],
    ['vip', 'branch', { kind: 'condition', paths: [{ id: 'yes' }, { id: 'no' }] }],
    ['gift', 'action'],
    ['plain', 'action'],
    ['done', 'exit'],
    ['loose', 'wait', { kind: 'duration' }],
  ],
  ['entry>vip', 'vip:else>plain', 'vip:yes>gift', 'gift>done', 'plain>done'],
)

it('follows edges by arrows, ports from left to right', () => {
  const go = (id: string, ...arrows: Parameters<typeof neighbour>[2][]) => arrows.reduce<string | undefined>((at, arrow) => at && neighbour(doc, at, arrow), id) // prettier-ignore
  expect(go('entry', 'down', 'down')).toBe('gift')
  expect(go('gift', 'right')).toBe('plain')
  expect(go('plain', 'left', 'up', 'up')).toBe('entry')
  expect(go('entry', 'right')).toBe('loose')
  expect([go('done', 'down'), go('entry', 'up'), go('gift', 'left')]).toEqual([undefined, undefined, undefined])
})

it('tells the orchestration as an outline: each tile once, open ports and loose tiles too', () => {
  const told = outlineOf(doc).map((line) =>
    [line.level, line.port ?? '', line.tile.id, line.open ? 'open' : line.again ? 'again' : ''].join(' ').trim(),
  )
  expect(told).toEqual([
    '1  entry',
    '1 next vip',
    '2 no vip open',
    '2 yes gift',
    '2 next done',
    '2 else plain',
    '2 next done again',
    '1  loose',
    '1 next loose open',
  ])
})

it('stands loops without an entry', () => {
  const loop = drawn([['a', 'action'], ['b', 'action']], ['a>b', 'b>a']) // prettier-ignore
  expect(outlineOf(loop).map(({ tile, ...line }) => [tile.id, 'again' in line && line.again])).toEqual([['a', false], ['b', false], ['a', true]]) // prettier-ignore
})

it('goes through notes row by row', () => {
  const note = (id: string, x: number, y: number) => ({ id, text: id, position: { x, y }, width: 240, height: 128 })
  const noted = { ...doc, notes: [note('c', 0, 320), note('b', 160, 0), note('a', 0, 0)] }
  expect([nextNote(noted, 'a', 'down'), nextNote(noted, 'b', 'right'), nextNote(noted, 'c', 'down')]).toEqual(['b', 'c', undefined])
  expect([nextNote(noted, 'c', 'up'), nextNote(noted, 'b', 'left'), nextNote(noted, 'a', 'up')]).toEqual(['b', 'a', undefined])
})
