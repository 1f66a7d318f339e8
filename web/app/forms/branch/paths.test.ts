import fc from 'fast-check'
import { asKind, balanced, evenly, freshId, sumOf, withPath, type BranchPath } from './paths.js'

const paths = fc
  .array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 50 })
  .map((weights): BranchPath[] => weights.map((weight, index) => ({ id: `p${index}`, weight })))

test('weights are made to sum to 100, in whole percents, and each stays within one of its share', () => {
  fc.assert(
    fc.property(paths, (before) => {
      for (const after of [balanced(before), evenly(before)]) {
        expect(sumOf(after)).toBe(100)
        expect(after.every(({ weight }) => Number.isInteger(weight))).toBe(true)
        expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
      }
    }),
  )
  expect(balanced([{ id: 'a', weight: 40 }, { id: 'b', weight: 40 }]).map(({ weight }) => weight)).toEqual([50, 50]) // prettier-ignore
  expect(evenly([{ id: 'a' }, { id: 'b' }, { id: 'c' }]).map(({ weight }) => weight)).toEqual([34, 33, 33])
  expect(balanced([{ id: 'a', weight: 100 }]).map(({ weight }) => weight)).toEqual([100])
})

test('another kind keeps ids and names, for they are ports', () => {
  const before = [{ id: 'yes', name: 'Gold', when: { trait: 'a', op: 'exists' } }, { id: 'no', when: {} }] // prettier-ignore
  expect(asKind(before, 'percentage')).toEqual([{ id: 'yes', name: 'Gold', weight: 50 }, { id: 'no', weight: 50 }]) // prettier-ignore
  expect(asKind(before, 'time')).toEqual([{ id: 'yes', name: 'Gold' }, { id: 'no' }])
})

test('a new path has an id that none has', () => {
  expect(freshId([{ id: 'path_2' }])).toBe('path_3')
  expect(withPath([{ id: 'a' }], 'percentage')).toEqual([{ id: 'a' }, { id: 'path_2', weight: 0 }])
})
