import { addBehind, addOnEdge, addTile, moveOnEdge } from './add.js'
import { configure, move, renameTile } from './change.js'
import { connect, disconnect, refusedTargets } from './connect.js'
import { differences, isSame } from './diff.js'
import { done, drawn, wires } from './fixture.js'
import { docOf, bodyOf } from './read.js'
import { remove } from './remove.js'
import { tileOf } from './lookup.js'
import type { Outcome } from './types.js'
import { readFileSync } from 'node:fs'

const branch = { kind: 'condition', paths: [{ id: 'yes', when: {} }] }
const day = { kind: 'duration', duration: 'P1D' }
const row = () =>
  drawn(
    [
      ['entry', 'entry'],
      ['day', 'wait', day],
      ['mail', 'action'],
      ['done', 'exit'],
    ],
    ['entry>day', 'day>mail', 'mail>done'],
  )
const forked = () =>
  drawn(
    [
      ['entry', 'entry'],
      ['vip', 'branch', branch],
      ['gift', 'action'],
      ['plain', 'action'],
      ['done', 'exit'],
    ],
    ['entry>vip', 'vip:yes>gift', 'vip:else>plain', 'gift>done', 'plain>done'],
  )

const codeOf = (outcome: Outcome): string | undefined => ('refused' in outcome ? outcome.refused.code : undefined)
const selected = (outcome: Outcome): string => ('select' in outcome ? outcome.select![0]! : '')

describe('adding', () => {
  it('adds a free tile where there is room', () => {
    const added = addTile(row(), { type: 'wait' }, { x: 7, y: 7 })
    const { position } = tileOf(done(added), selected(added))!
    expect(position).toEqual({ x: 272, y: 0 })
    expect(wires(done(added))).toEqual(wires(row()))
  })

  it('refuses a second entry, and more than 500 tiles', () => {
    expect(codeOf(addTile(row(), { type: 'entry' }, { x: 0, y: 0 }))).toBe('TW101')
    const many = docOf({ ...bodyOf(row()), tiles: Array.from({ length: 500 }, (_, n) => ({ id: `t${n}`, type: 'exit', config: {} })) })
    expect(codeOf(addTile(many, { type: 'wait' }, { x: 0, y: 0 }))).toBe('full')
  })

  it('splits an edge: what followed comes behind the first port, and makes room below', () => {
    const added = addOnEdge(row(), 'e2', { type: 'branch', config: branch })
    const id = selected(added)
    expect(wires(done(added))).toEqual([`${id}:yes>mail`, `day>${id}`, 'entry>day', 'mail>done'].sort())
    const at = (name: string) => tileOf(done(added), name)!.position.y
    expect([at('day'), at(id), at('mail'), at('done')]).toEqual([160, 320, 480, 640])
  })

  it('does not put an exit or an entry on an edge', () => {
    expect(codeOf(addOnEdge(row(), 'e2', { type: 'exit' }))).toBe('endsHere')
    const headless = drawn([['a', 'wait', day], ['b', 'exit']], ['a>b']) // prettier-ignore
    expect(codeOf(addOnEdge(headless, 'e1', { type: 'entry' }))).toBe('TW106')
  })

  it('adds behind an open port, and behind a taken one as on its edge', () => {
    const open = done(disconnect(forked(), ['e3']))
    const added = addBehind(open, { tileId: 'vip', port: 'else' }, { type: 'exit' })
    expect(wires(done(added))).toContain(`vip:else>${selected(added)}`)
    const taken = addBehind(forked(), { tileId: 'vip', port: 'yes' }, { type: 'wait', config: day })
    expect(wires(done(taken))).toEqual(expect.arrayContaining([`vip:yes>${selected(taken)}`, `${selected(taken)}>gift`]))
    expect(codeOf(addBehind(open, { tileId: 'done', port: 'next' }, { type: 'exit' }))).toBe('TW107')
    expect(codeOf(addBehind(open, { tileId: 'vip', port: 'no' }, { type: 'exit' }))).toBe('TW110')
  })

  it('puts a loose tile on an edge', () => {
    const added = addTile(row(), { type: 'wait', config: day }, { x: 400, y: 0 })
    const [doc, id] = [done(added), selected(added)]
    expect(codeOf(moveOnEdge(doc, 'e1', 'mail'))).toBe('connected')
    expect(wires(done(moveOnEdge(doc, 'e3', id)))).toEqual(['day>mail', 'entry>day', `mail>${id}`, `${id}>done`].sort())
  })
})

describe('taking away', () => {
  const without = (doc: ReturnType<typeof row>, ...tiles: string[]) => wires(done(remove(doc, { tiles })))

  it('heals a path', () => expect(without(row(), 'day')).toEqual(['entry>mail', 'mail>done']))
  it('heals over several tiles', () => expect(without(row(), 'mail', 'day')).toEqual(['entry>done']))
  it('heals where several ports led to one tile', () => {
    const doc = drawn([['entry', 'entry'], ['vip', 'branch', branch], ['done', 'exit']], ['entry>vip', 'vip:yes>done', 'vip:else>done']) // prettier-ignore
    expect(without(doc, 'vip')).toEqual(['entry>done'])
  })
  it('leaves the port open where nobody could say where to', () => {
    expect(without(forked(), 'vip')).toEqual(['gift>done', 'plain>done'])
    expect(without(row(), 'done')).toEqual(['day>mail', 'entry>day'])
  })
  it('makes no tile lead to itself', () => {
    const loop = drawn([['a', 'wait', day], ['b', 'action']], ['a>b', 'b>a']) // prettier-ignore
    expect(without(loop, 'b')).toEqual([])
  })
  it('changes nothing when there is nothing to take', () => {
    const doc = row()
    expect(done(remove(doc, { tiles: ['no'] }))).toBe(doc)
  })
})

describe('connecting', () => {
  it('refuses what validation would, tile by tile', () => {
    const refused = refusedTargets(forked(), { tileId: 'gift', port: 'next' })
    expect([...refused].map(([id, { code }]) => [id, code])).toEqual([['entry', 'TW106'], ['gift', 'TW113'], ['vip', 'TW113']]) // prettier-ignore
    expect(codeOf(connect(forked(), { tileId: 'done', port: 'next' }, 'gift'))).toBe('TW107')
    expect(codeOf(connect(forked(), { tileId: 'gift', port: 'failed' }, 'done'))).toBe('TW110')
    expect(codeOf(connect(forked(), { tileId: 'gift', port: 'next' }, 'nobody'))).toBe('TW105')
  })

  it('takes a loop with a wait', () => {
    const doc = drawn([['a', 'wait', day], ['b', 'action'], ['c', 'action']], ['a>b', 'b>c']) // prettier-ignore
    expect(wires(done(connect(doc, { tileId: 'c', port: 'next' }, 'a')))).toContain('c>a')
    expect(codeOf(connect(doc, { tileId: 'c', port: 'next' }, 'b'))).toBe('TW113')
  })

  it('turns the one edge of a port, which keeps its id; the old way closes no loop', () => {
    const turned = done(connect(forked(), { tileId: 'vip', port: 'else' }, 'done'))
    expect(turned.edges.find(({ id }) => id === 'e3')).toMatchObject({ from: 'vip', port: 'else', to: 'done' })
    expect(turned.edges).toHaveLength(5)
    const doc = drawn([['a', 'action'], ['b', 'action'], ['c', 'exit']], ['a>b']) // prettier-ignore
    expect(wires(done(connect(doc, { tileId: 'a', port: 'next' }, 'c')))).toEqual(['a>c'])
  })
})

describe('changing', () => {
  it('keeps edges of ports that stay, hands those that go to those that come, in order, and drops the rest', () => {
    const split = configure(forked(), 'vip', { kind: 'percentage', paths: [{ id: 'a', weight: 50 }, { id: 'b', weight: 50 }] }) // prettier-ignore
    expect(wires(done(split))).toEqual(expect.arrayContaining(['vip:a>gift', 'vip:b>plain']))
    const one = done(configure(done(split), 'vip', { kind: 'percentage', paths: [{ id: 'b', weight: 100 }] }))
    expect(wires(one).filter((wire) => wire.startsWith('vip'))).toEqual(['vip:b>plain'])
    const wait = done(configure(row(), 'day', { kind: 'event', event: 'purchase' }))
    expect(wires(wait)).toContain('day:met>mail')
    expect(wires(done(configure(wait, 'day', day)))).toEqual(wires(row()))
  })

  it('keeps all edges while the config does not tell', () => {
    const vague = done(configure(forked(), 'vip', { kind: 'condition', paths: [{ id: '' }] }))
    expect(wires(vague)).toEqual(wires(forked()))
    const told = done(configure(vague, 'vip', { kind: 'condition', paths: [{ id: 'rich' }] }))
    expect(wires(told)).toEqual(expect.arrayContaining(['vip:rich>gift', 'vip:else>plain']))
  })

  it('moves to the grid, and shares what it does not touch', () => {
    const before = row()
    const after = done(move(before, new Map([['day', { x: 13, y: 150 }]])))
    expect(tileOf(after, 'day')!.position).toEqual({ x: 16, y: 144 })
    expect(tileOf(after, 'mail')).toBe(tileOf(before, 'mail'))
    expect(after.edges).toBe(before.edges)
    expect(done(move(before, new Map([['day', { x: 3, y: 163 }]])))).toBe(before)
  })

  it('names and unnames', () => {
    const named = done(renameTile(row(), 'day', 'Let it rest'))
    expect(tileOf(named, 'day')!.name).toBe('Let it rest')
    expect(tileOf(done(renameTile(named, 'day', '')), 'day')).not.toHaveProperty('name')
  })
})

it('gives tiles without a place one, by rows', () => {
  const { tiles } = forked()
  const doc = docOf({ ...bodyOf(forked()), tiles: tiles.map(({ position: _, ...tile }) => tile) })
  expect(doc.tiles.map(({ position: { x, y } }) => [x, y])).toEqual([[0, 0], [0, 160], [0, 320], [272, 320], [0, 480]]) // prettier-ignore
})

it('says how two canvases differ', () => {
  const before = forked()
  expect(isSame(differences(before, forked()))).toBe(true)
  const moved = done(move(before, new Map([['gift', { x: 160, y: 0 }]])))
  const changed = done(configure(moved, 'vip', { ...branch, kind: 'time' }))
  const { doc } = remove({ ...changed, settings: { timezone: 'UTC' } }, { tiles: ['plain'] }) as { doc: typeof before }
  expect(differences(before, doc)).toMatchObject({
    tiles: [
      { id: 'plain', kind: 'removed' },
      { id: 'vip', kind: 'changed', fields: ['kind'] },
      { id: 'gift', kind: 'moved' },
    ],
    edges: [
      { kind: 'removed', before: { from: 'plain' } },
      { kind: 'turned', before: { to: 'plain' }, after: { to: 'done' } },
    ],
    others: ['settings.timezone'],
  })
})

it('needs no schemas: what draws a canvas stays light', () => {
  for (const file of [
    'add',
    'change',
    'clipboard',
    'connect',
    'diff',
    'geometry',
    'history',
    'lookup',
    'notes',
    'read',
    'references',
    'remove',
  ]) {
    const source = readFileSync(`web/app/canvas/doc/${file}.ts`, 'utf8')
    const imports = [...source.matchAll(/^import (?!type)[^']*'([^']+)'/gm)].map(([, from]) => from!)
    expect(imports.filter((from) => !/^\.\/|(tiles\/ports|model\/notes)\.js$/.test(from))).toEqual([])
  }
})
