import { drawn } from '../canvas/doc/fixture.js'
import { compare } from './compare.js'
import { bodyOfPlan, decide, open, totals } from './plan.js'

const before = drawn(
  [
    ['entry', 'entry'],
    ['day', 'wait', { kind: 'duration', duration: 'P1D' }],
    ['mail', 'action'],
    ['done', 'exit'],
  ],
  ['entry>day', 'day>mail', 'mail>done'],
)
const after = drawn(
  [
    ['entry', 'entry'],
    ['day', 'wait', { kind: 'duration', duration: 'P2D' }],
    ['push', 'action'],
    ['done', 'exit'],
  ],
  ['entry>day', 'day>push', 'push>done'],
)

test('two versions lie on one canvas, what was removed with them, all told apart', () => {
  const { doc, marks, difference } = compare(before, after)
  expect(doc.tiles.map(({ id }) => id)).toEqual(['mail', 'entry', 'day', 'push', 'done'])
  expect(Object.fromEntries(marks)).toEqual({
    mail: 'removed', push: 'added', day: 'changed', e2: 'added', 'removed e2': 'removed', e3: 'added', 'removed e3': 'removed',
  }) // prettier-ignore
  expect(new Set(doc.edges.map(({ id }) => id)).size).toBe(doc.edges.length)
  expect(difference.tiles.find(({ id }) => id === 'day')?.fields).toEqual(['duration'])
  expect(compare(before, before).marks.size).toBe(0)
})

test('members stay unless told; a move goes to the same tile where it is still there', () => {
  const plan = decide(decide({}, after, ['day', 'mail'], 'move'), after, ['entry'], 'exit')
  expect(plan).toEqual({ day: { do: 'move', to: 'day' }, mail: { do: 'move' }, entry: { do: 'exit' } })
  expect(open(plan)).toEqual(['mail'])
  expect(bodyOfPlan(plan)).toEqual({ plan: { day: { do: 'move', to: 'day' }, entry: { do: 'exit' } }, default: 'stay' })
  expect(bodyOfPlan(decide(plan, after, ['day', 'mail', 'entry'], 'stay'))).toEqual({ plan: {}, default: 'stay' })
  // Nobody is moved to an entry.
  expect(decide({}, after, ['entry'], 'move')).toEqual({ entry: { do: 'move' } })
  expect(totals(plan, { entry: 2, day: 5, mail: 7, done: 1 })).toEqual({ stay: 1, move: 12, exit: 2 })
})
