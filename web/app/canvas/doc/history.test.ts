import fc from 'fast-check'
import { addBehind, addOnEdge, addTile, moveOnEdge } from './add.js'
import { configure, move, renameTile, setSettings } from './change.js'
import { duplicate } from './clipboard.js'
import { connect, disconnect } from './connect.js'
import { done, drawn } from './fixture.js'
import { begin, commit, redo, seal, select, STEPS, undo, type History } from './history.js'
import { layOut } from './layout.js'
import { addNote, resizeNote, writeNote } from './notes.js'
import { bodyOf } from './read.js'
import { remove } from './remove.js'
import { portsOf } from '../../../../tiles/ports.js'
import type { Doc, DocTile, Outcome } from './types.js'

const start = (): Doc =>
  drawn(
    [
      ['entry', 'entry'],
      ['vip', 'branch', { kind: 'condition', paths: [{ id: 'yes' }] }],
      ['day', 'wait', { kind: 'duration', duration: 'P1D' }],
      ['done', 'exit'],
    ],
    ['entry>vip', 'vip:yes>day', 'vip:else>done', 'day>done'],
  )

/** Whoever changes something in place fails. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

const CONFIGS: Record<string, unknown>[] = [
  {},
  { kind: 'event', event: 'purchase' },
  { kind: 'duration', duration: 'P3D' },
  { kind: 'condition', paths: [{ id: 'yes' }, { id: 'no' }] },
  { kind: 'percentage', paths: [{ id: 'a', weight: 60 }, { id: 'yes', weight: 40 }] }, // prettier-ignore
  { onFailure: 'branch' },
  { onFailure: 'park', fields: { to: '{{ tiles.day.x }}' } },
]
const TYPES: DocTile['type'][] = ['entry', 'wait', 'branch', 'action', 'updateProfile', 'webhook', 'subOrchestration', 'exit']

type Operation = (doc: Doc) => Outcome
const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)]
const some = fc.nat(1000)
const place = fc.record({ x: fc.integer({ min: -2000, max: 2000 }), y: fc.integer({ min: -2000, max: 2000 }) })
const type = fc.constantFrom(...TYPES)
const config = fc.constantFrom(...CONFIGS)
const portOf = (doc: Doc, tile: number, port: number) => {
  const { id = 'nobody', ...rest } = pick(doc.tiles, tile) ?? {}
  return { tileId: id, port: pick('type' in rest ? (portsOf(rest as DocTile) ?? []) : [], port) ?? 'next' }
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(type, config, place).map(
    ([type, config, at]): Operation =>
      (doc) =>
        addTile(doc, { type, config }, at),
  ),
  fc.tuple(type, config, some).map(([type, config, n]): Operation => (doc) => addOnEdge(doc, pick(doc.edges, n)?.id ?? 'none', { type, config })), // prettier-ignore
  fc.tuple(type, config, some, some).map(
    ([type, config, n, m]): Operation =>
      (doc) =>
        addBehind(doc, portOf(doc, n, m), { type, config }),
  ),
  fc.tuple(some, some).map(
    ([n, m]): Operation =>
      (doc) =>
        moveOnEdge(doc, pick(doc.edges, n)?.id ?? 'none', pick(doc.tiles, m)?.id ?? 'none'),
  ),
  fc.array(some, { maxLength: 4 }).map(
    (list): Operation =>
      (doc) =>
        remove(doc, { tiles: list.flatMap((n) => pick(doc.tiles, n)?.id ?? []) }),
  ),
  fc.tuple(some, some, some).map(
    ([n, m, k]): Operation =>
      (doc) =>
        connect(doc, portOf(doc, n, m), pick(doc.tiles, k)?.id ?? 'none'),
  ),
  some.map(
    (n): Operation =>
      (doc) =>
        disconnect(doc, [pick(doc.edges, n)?.id ?? 'none']),
  ),
  fc.tuple(some, config).map(
    ([n, config]): Operation =>
      (doc) =>
        configure(doc, pick(doc.tiles, n)?.id ?? 'none', config),
  ),
  fc.tuple(some, place).map(
    ([n, at]): Operation =>
      (doc) =>
        move(doc, new Map([[pick(doc.tiles, n)?.id ?? 'none', at]])),
  ),
  fc.tuple(some, fc.string({ maxLength: 5 })).map(
    ([n, name]): Operation =>
      (doc) =>
        renameTile(doc, pick(doc.tiles, n)?.id ?? 'none', name),
  ),
  fc.array(some, { maxLength: 5 }).map((list): Operation => (doc) => duplicate(doc, { tiles: list.flatMap((n) => pick(doc.tiles, n)?.id ?? []) })), // prettier-ignore
  place.map(
    (at): Operation =>
      (doc) =>
        addNote(doc, at, 'note'),
  ),
  some.map(
    (n): Operation =>
      (doc) =>
        writeNote(doc, pick(doc.notes, n)?.id ?? 'none', `text ${n}`),
  ),
  some.map(
    (n): Operation =>
      (doc) =>
        resizeNote(doc, pick(doc.notes, n)?.id ?? 'none', { width: n, height: n }),
  ),
  fc.constantFrom({}, { timezone: 'UTC' }).map(
    (settings): Operation =>
      (doc) =>
        setSettings(doc, settings),
  ),
  fc.constant<Operation>(layOut),
)
const act = fc.oneof({ weight: 6, arbitrary: operation }, { weight: 2, arbitrary: fc.constant('undo' as const) }, { weight: 1, arbitrary: fc.constant('redo' as const) }) // prettier-ignore

/** What no operation may break: it holds of every document that began with it. */
function sound({ tiles, edges, notes }: Doc): void {
  const byId = new Map(tiles.map((tile) => [tile.id, tile]))
  expect(byId.size).toBe(tiles.length)
  expect(new Set(edges.map(({ id }) => id)).size).toBe(edges.length)
  expect(new Set(notes.map(({ id }) => id)).size).toBe(notes.length)
  const ports = new Set<string>()
  for (const { from, port, to } of edges) {
    expect([from, to].filter((id) => !byId.has(id))).toEqual([])
    expect([byId.get(to)!.type === 'entry', byId.get(from)!.type === 'exit', ports.has(`${from} ${port}`)]).toEqual([false, false, false])
    ports.add(`${from} ${port}`)
    const known = portsOf(byId.get(from)!)
    if (known) expect(known).toContain(port)
  }
  expect(tiles.filter(({ type }) => type === 'entry').length).toBeLessThanOrEqual(1)
}

it('gives back the same canvas whatever is done and undone, and never leaves a dangling edge', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      let history: History = begin(frozen(start()))
      // The oracle: every document as text, and where we are.
      let [texts, at] = [[JSON.stringify(history.present.doc)], 0]
      for (const act of acts) {
        if (act === 'undo') [history, at] = [undo(history), Math.max(0, at - 1)]
        else if (act === 'redo') [history, at] = [redo(history), Math.min(texts.length - 1, at + 1)]
        else {
          const outcome = act(history.present.doc)
          if ('refused' in outcome || outcome.doc === history.present.doc) continue
          sound(frozen(outcome.doc))
          history = commit(history, outcome.doc, new Set(outcome.select))
          texts = [...texts.slice(0, at + 1), JSON.stringify(outcome.doc)]
          at++
        }
        expect(JSON.stringify(history.present.doc)).toBe(texts[at])
      }
      while (history.past.length > 0) history = undo(history)
      expect(JSON.stringify(history.present.doc)).toBe(texts[0])
      while (history.future.length > 0) history = redo(history)
      expect(JSON.stringify(history.present.doc)).toBe(texts.at(-1))
    }),
    { numRuns: 300 },
  )
})

it('keeps 500 steps', () => {
  let history = begin(start())
  for (let n = 1; n <= STEPS + 20; n++) history = commit(history, done(renameTile(history.present.doc, 'day', `${n}`)), new Set())
  for (let n = 0; n < STEPS; n++) history = undo(history)
  expect(history.present.doc.tiles[2]!.name).toBe('20')
  expect(undo(history)).toEqual(history)
  for (let n = 0; n < STEPS; n++) history = redo(history)
  expect(history.present.doc.tiles[2]!.name).toBe(`${STEPS + 20}`)
})

it('joins what is typed on; a pause, another field or a blur begins a step', () => {
  const type = (history: History, name: string, at: number, key = 'name:day') =>
    commit(history, done(renameTile(history.present.doc, 'day', name)), new Set(), { key, at })
  let history = type(type(type(begin(start()), 'a', 0), 'ab', 900), 'abc', 1800)
  expect(history.past).toHaveLength(1)
  history = type(history, 'abcd', 2900)
  history = type(history, 'abcde', 2950, 'config:day')
  history = type(seal(history), 'abcdef', 2960, 'config:day')
  expect(history.past.map(({ doc }) => doc.tiles[2]!.name)).toEqual([undefined, 'abc', 'abcd', 'abcde'])
  expect(type(undo(history), 'x', 2965, 'config:day').past).toHaveLength(4)
})

it('gives the selection back with the step, and selecting is none', () => {
  let history = select(begin(start()), new Set(['day']))
  history = commit(history, done(remove(history.present.doc, { tiles: ['day'] })), new Set())
  history = select(history, new Set(['vip']))
  expect(history.past).toHaveLength(1)
  history = undo(history)
  expect([...history.present.selection]).toEqual(['day'])
  expect([...redo(history).present.selection]).toEqual(['vip'])
})

it('shares what a step does not touch', () => {
  const before = start()
  const after = done(renameTile(before, 'day', 'Rest'))
  expect([after.edges === before.edges, after.settings === before.settings, after.tiles[0] === before.tiles[0]]).toEqual([true, true, true])
})

it('lays out without covering a tile, the entry where it was, and is one step', () => {
  const doc = done(move(start(), new Map([['entry', { x: 320, y: 480 }]])))
  const laid = done(layOut(doc))
  expect(laid.tiles[0]!.position).toEqual({ x: 320, y: 480 })
  const places = laid.tiles.map(({ position: { x, y } }) => [x, y] as const)
  for (const [index, [x, y]] of places.entries())
    for (const [otherX, otherY] of places.slice(index + 1)) expect(Math.abs(x - otherX) >= 240 || Math.abs(y - otherY) >= 80).toBe(true)
  expect(places.every(([x, y]) => x % 16 === 0 && y % 16 === 0)).toBe(true)
  expect(bodyOf(laid)).toMatchObject({ edges: doc.edges })
})
