import fc from 'fast-check'
import { conditionSchema, OPERATORS } from '../../../../model/condition.js'
import {
  addTo,
  asGroup,
  grouped,
  kindOf,
  leafOf,
  negated,
  nodeAt,
  operatorsFor,
  partsOf,
  removeAt,
  setAt,
  valueKind,
  withOp,
  type Path,
} from './edit.js'

const scalar = fc.oneof(fc.string({ maxLength: 5 }), fc.integer(), fc.boolean(), fc.constant(null))
const name = fc.string({ minLength: 1, maxLength: 8 })
const comparison = fc.oneof(
  fc.record({ op: fc.constantFrom('eq', 'ne', 'contains'), value: scalar }),
  fc.record({ op: fc.constantFrom('in', 'notIn'), value: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ op: fc.constantFrom('exists', 'notExists') }),
  fc.record({ op: fc.constantFrom('withinLast'), value: fc.constantFrom('P3D', 'PT2H') }),
)
const { condition } = fc.letrec<{ condition: object; leaf: object }>((tie) => ({
  leaf: fc.oneof(
    fc.tuple(name, comparison).map(([trait, rest]) => ({ trait, ...rest })),
    fc.tuple(name, fc.constantFrom('entry', 'tile:w'), comparison).map(([property, of, rest]) => ({ property, of, ...rest })),
    fc.record({ audience: name, op: fc.constantFrom('in', 'notIn') }),
    fc.record(
      { event: name, op: fc.constantFrom('performed', 'notPerformed'), count: fc.constant({ atLeast: 2 }), within: fc.constant('P30D'), where: tie('condition') },
      { requiredKeys: ['event', 'op'] },
    ),
  ),
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
})) // prettier-ignore

/** Every node that the builder shows, from the root down. */
function paths(root: unknown, at: Path = []): Path[] {
  const node = nodeAt(root, at) as Record<string, unknown>
  const kind = kindOf(node)
  const under = [
    ...partsOf(node).map((_, index): Path => [...at, kind, index]),
    ...(kind === 'not' ? [[...at, 'not']] : []),
    ...(kind === 'event' && node.where !== undefined ? [[...at, 'where']] : []),
  ]
  return [at, ...under.flatMap((path) => paths(root, path))]
}

test('every condition of the schema is shown by the builder, and showing it changes nothing', () => {
  fc.assert(
    fc.property(condition, (root) => {
      expect(conditionSchema.safeParse(root).success).toBe(true)
      for (const path of paths(root)) {
        const node = nodeAt(root, path)
        expect(kindOf(node)).not.toBe('other')
        expect(setAt(root, path, node)).toBe(root)
      }
    }),
  )
})

test('what is added and removed again leaves what was there', () => {
  fc.assert(
    fc.property(condition, fc.nat(), (root, pick) => {
      const all = paths(root)
      const path = all[pick % all.length]!
      const { root: more, at } = addTo(root, path, { trait: 'new', op: 'exists' })
      expect(nodeAt(more, at)).toEqual({ trait: 'new', op: 'exists' })
      const less = removeAt(more, at)
      const kind = kindOf(nodeAt(root, path))
      expect(less).toEqual(kind === 'all' || kind === 'any' ? root : setAt(root, path, grouped(nodeAt(root, path))))
    }),
  )
})

test('not twice is as before; a group keeps its parts', () => {
  fc.assert(
    fc.property(condition, (root) => {
      fc.pre(kindOf(root) !== 'not')
      expect(negated(negated(root))).toBe(root)
      expect(partsOf(asGroup(grouped(root), 'any'))).toEqual([root])
    }),
  )
})

test('the last part of a group takes the group with it, a not too', () => {
  expect(removeAt({ all: [{ not: { any: [{ trait: 'a' }] } }, { trait: 'b' }] }, ['all', 0, 'not', 'any', 0])).toEqual({
    all: [{ trait: 'b' }],
  })
  expect(removeAt({ not: { trait: 'a' } }, ['not'])).toBeUndefined()
  expect(removeAt({ event: 'e', op: 'performed', where: { all: [{ trait: 'a' }] } }, ['where', 'all', 0])).toEqual({
    event: 'e',
    op: 'performed',
  })
})

test.each([
  [{ trait: 'a', op: 'eq', value: 1, extra: true }],
  [{ all: 1 }],
  [{ trait: 5, op: 'eq' }],
  [[]],
  [null],
  [{ event: 'e', op: 'performed', count: 3 }],
])('%j is shown as JSON', (node) => expect(kindOf(node)).toBe('other'))

test('every operator takes the value over that it can have, and no other', () => {
  for (const from of OPERATORS) {
    for (const op of OPERATORS) {
      const value = { none: undefined, list: ['x'], duration: 'P1D', date: '2026-12-24', pattern: 'x', text: 'x', one: 'x' }[
        valueKind(from)
      ]
      const leaf = withOp({ trait: 'a', op: from, ...(value !== undefined && { value }) }, op)
      const problems = conditionSchema.safeParse(leaf).error?.issues.map(({ message }) => message) ?? []
      if (leaf.value !== undefined) expect({ from, op, problems }).toEqual({ from, op, problems: [] })
    }
  }
  expect(withOp({ trait: 'a', op: 'in', value: ['x', 'y'] }, 'eq')).toEqual({ trait: 'a', op: 'eq', value: 'x' })
})

test('operators go by type', () => {
  expect(operatorsFor(['boolean'], OPERATORS, 'gt')).toEqual(['eq', 'ne', 'gt', 'exists', 'notExists'])
  expect(operatorsFor(undefined, OPERATORS, 'eq')).toEqual([...OPERATORS])
  expect(leafOf('property', 'entry')).toEqual({ property: '', of: 'entry', op: 'eq' })
})
