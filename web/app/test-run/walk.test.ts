import { configure, move, renameTile } from '../canvas/doc/change.js'
import { connect } from '../canvas/doc/connect.js'
import { done, drawn } from '../canvas/doc/fixture.js'
import type { TestRun } from '../api/test-runs.js'
import { createWalk, marksOf, walksAlike } from './walk.js'

const doc = drawn([['entry', 'entry'], ['vip', 'branch', { kind: 'condition', paths: [{ id: 'yes', when: {} }] }], ['gift', 'action'], ['end', 'exit']], ['entry>vip', 'vip:yes>gift', 'vip:else>end', 'gift>end']) // prettier-ignore
const note = (tileId: string, event: string, port?: string) => ({ at: '2027-01-01T00:00:00Z', tileId, visit: 1, event, ...(port && { port }) }) // prettier-ignore
const run = { timeline: [note('entry', 'arrived'), note('entry', 'left', 'next'), note('vip', 'arrived'), note('vip', 'left', 'yes'), note('gift', 'arrived')] } as unknown as TestRun // prettier-ignore

test('a walk is shown from its end, and stepped through within its stops', () => {
  const walk = createWalk()
  walk.getState().go(1)
  expect(walk.getState().shown).toBeUndefined()
  walk.getState().show({ run, of: doc, theirs: false })
  expect(walk.getState().shown).toMatchObject({ step: 2 })
  walk.getState().go(-1)
  expect(walk.getState().shown!.step).toBe(0)
  walk.getState().go(9)
  expect(walk.getState().shown!.step).toBe(2)
  walk.getState().clear()
  expect(walk.getState().shown).toBeUndefined()
})

test('what was passed up to a stop is lit, the stop itself is marked, the rest is dimmed', () => {
  const walk = createWalk()
  walk.getState().show({ run, of: doc, theirs: false })
  walk.getState().go(1)
  const marks = marksOf(walk.getState().shown!)
  expect(Object.fromEntries(marks)).toEqual({ entry: 'lit', vip: 'here', gift: 'dim', end: 'dim', e1: 'lit', e2: 'lit', e3: 'dim', e4: 'dim' }) // prettier-ignore
})

test('moved and renamed tiles walk alike; another config, edge or tile does not', () => {
  expect(walksAlike(doc, done(move(doc, new Map([['gift', { x: 320, y: 0 }]]))))).toBe(true)
  expect(walksAlike(doc, done(renameTile(doc, 'gift', 'Present')))).toBe(true)
  expect(walksAlike(doc, done(configure(doc, 'gift', { action: 'send_email' })))).toBe(false)
  expect(walksAlike(doc, done(connect(doc, { tileId: 'vip', port: 'yes' }, 'end')))).toBe(false)
  expect(walksAlike(doc, { ...doc, settings: { timezone: 'UTC' } })).toBe(false)
  expect(walksAlike(doc, { ...doc, tiles: doc.tiles.slice(1) })).toBe(false)
})
