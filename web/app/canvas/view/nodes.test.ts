import { configure, move, renameTile } from '../doc/change.js'
import { done, drawn } from '../doc/fixture.js'
import type { Doc } from '../doc/types.js'
import { Drawing, type Drawn } from './nodes.js'

const doc = drawn(
  [
    ['entry', 'entry'],
    ['day', 'wait', { kind: 'duration', duration: 'P1D' }],
    ['vague', 'wait', {}],
    ['done', 'exit'],
  ],
  ['entry>day', 'day>vague', 'vague>done'],
)
const all = (more: Partial<Drawn> = {}): Drawn => ({ doc, selection: new Set(), readOnly: false, ...more })
/** Ids of what is another object than before. */
const changed = <T extends { id: string }>(before: T[], after: T[]): string[] =>
  after.filter((each) => !before.includes(each)).map(({ id }) => id)
const label = (): string => ''

it('makes only what changed anew: a drag, a selection, a badge, a change', () => {
  const drawing = new Drawing()
  const first = drawing.nodes(all())
  expect(changed(first, drawing.nodes(all()))).toEqual([])
  const dragged = drawing.nodes(all({ dragged: new Map([['day', { x: 5, y: 5 }]]) }))
  expect(changed(first, dragged)).toEqual(['day'])
  expect(changed(dragged, drawing.nodes(all({ selection: new Set(['done']) })))).toEqual(['day', 'done'])
  const now = drawing.nodes(all())
  expect(changed(now, drawing.nodes(all({ badges: new Map([['day', { errors: 1, warnings: 0 }]]) })))).toEqual(['day'])
})

it('keeps what a tile shows the same object while it is only moved', () => {
  const drawing = new Drawing()
  const data = (of: Doc) => drawing.nodes(all({ doc: of })).find(({ id }) => id === 'day')!.data
  const before = data(doc)
  expect(data(done(move(doc, new Map([['day', { x: 320, y: 320 }]]))))).toBe(before)
  expect(data(done(renameTile(doc, 'day', 'Rest')))).not.toBe(before)
})

it('makes only those edges anew that are touched', () => {
  const drawing = new Drawing()
  const first = drawing.edges(all(), label)
  expect(changed(first, drawing.edges(all({ doc: done(move(doc, new Map([['day', { x: 320, y: 160 }]]))) }), label))).toEqual([])
  expect(changed(first, drawing.edges(all({ doc: done(move(doc, new Map([['day', { x: 320, y: 320 }]]))) }), label))).toEqual(['e2'])
  drawing.edges(all(), label)
  expect(changed(first, drawing.edges(all({ selection: new Set(['day']) }), label))).toEqual(['e2'])
})

it('shows the port of every edge, also while the config does not tell of it', () => {
  const ports = new Drawing().nodes(all()).map(({ id, data }) => [id, 'ports' in data ? data.ports : []])
  expect(Object.fromEntries(ports)).toMatchObject({ vague: [{ id: 'next', open: false }], day: [{ id: 'next', open: false }], done: [] })
  const other = done(configure(doc, 'vague', { kind: 'event', event: 'x' }))
  expect(new Drawing().nodes(all({ doc: other })).find(({ id }) => id === 'vague')!.data).toMatchObject({ ports: [{ id: 'met', open: false }, { id: 'timeout', open: true }] }) // prettier-ignore
})
