import { parseTrait, textOf, TRAIT_TYPES, typeOf } from './traits.js'

test.each([
  ['ada', 'text'],
  ['2026', 'text'],
  ['2026-13-40', 'text'],
  ['2026-11-25', 'date'],
  ['2026-11-25T09:00:00Z', 'date'],
  ['2026-11-25T09:00+01:00', 'date'],
  [42, 'number'],
  [false, 'boolean'],
  [[1, 'a'], 'json'],
  [{ a: { b: 1 } }, 'json'],
])('%j is a %s, and comes back from what is typed', (value, type) => {
  expect(typeOf(value)).toBe(type)
  expect(parseTrait(typeOf(value), textOf(value))).toEqual({ value })
})

test.each([
  ['number', 'abc', 'number'],
  ['number', '', 'number'],
  ['number', 'Infinity', 'number'],
  ['boolean', 'yes', 'boolean'],
  ['date', '25.11.2026', 'date'],
  ['json', '{', 'json'],
  ['json', 'null', 'null'],
] as const)('%s refuses "%s"', (type, typed, problem) => expect(parseTrait(type, typed)).toEqual({ problem }))

test('a text is taken as it is', () => {
  expect(parseTrait('text', ' 42 ')).toEqual({ value: ' 42 ' })
  expect(TRAIT_TYPES).toContain('text')
})
