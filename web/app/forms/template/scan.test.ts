import { hasLiquid, inserted, pieceAt, segmentsOf, typingAt, writtenIn } from './scan.js'

const words = (template: string): string[] => writtenIn(template).map(({ from, to }) => template.slice(from, to))

test.each([
  ['Hi {{ customer.traits.name }}, {{ tiles.hook["first name"].x | default: "customer.no" }}', ['customer.traits.name', 'tiles.hook["first name"].x', 'default']],
  ["{% if entry.event == 'entry.no' %}customer.no{% endif %}", ['if', 'entry.event', 'endif']],
  ['{% raw %}{{ a.b }}{% endraw %}{% comment %}{{ c }}{% endcomment %}{{ d.e }}', ['d.e']],
  ['not closed {{ a.b', ['a.b']],
  ['none', []],
] as const)('%j has %j', (template, found) => expect(words(template)).toEqual(found)) // prettier-ignore

test('paths in brackets have the segments that they mean', () => {
  expect(segmentsOf(`tiles["a.b"]['c d'].e`)).toEqual(['tiles', 'a.b', 'c d', 'e'])
  expect(segmentsOf('customer.traits[ "x" ]')).toEqual(['customer', 'traits', 'x'])
})

/* The cursor is at ^. */
test.each([
  ['Hi ^', undefined],
  ['Hi {{^', { kind: 'path', word: '' }],
  ['Hi {{ cust^', { kind: 'path', word: 'cust' }],
  ['{{ customer.traits.^ }}', { kind: 'path', word: 'customer.traits.' }],
  ['{{ customer.traits["fi^', { kind: 'path', word: 'customer.traits["fi' }],
  ['{{ a.b ^}}', undefined],
  ['{{ a.b | ^', { kind: 'filter', word: '' }],
  ['{{ a.b | def^ }}', { kind: 'filter', word: 'def' }],
  ['{{ a.b | default: cu^', { kind: 'path', word: 'cu' }],
  ['{{ a.b | default: "cu^', undefined],
  ['{{ a.b }} cu^', undefined],
  ['{% ^', { kind: 'tag', word: '' }],
  ['{%- el^', { kind: 'tag', word: 'el' }],
  ['{% if ^', { kind: 'path', word: '' }],
  ['{% if cu^ %}', { kind: 'path', word: 'cu' }],
  ['{% if a %} cu^', undefined],
])('%j types %j', (marked, expected) => {
  const at = marked.indexOf('^')
  const template = marked.replace('^', '')
  const typing = typingAt(template, at)
  expect(typing && { kind: typing.kind, word: template.slice(typing.from, at) }).toEqual(expected)
})

test('a variable is put in with braces, or without where there are some', () => {
  expect(pieceAt('Hi ', 3, 'customer.id')).toBe('{{ customer.id }}')
  expect(pieceAt('Hi {{ x }}', 10, 'customer.id')).toBe('{{ customer.id }}')
  expect(pieceAt('Hi {{  }}', 6, 'customer.id')).toBe('customer.id')
  expect(inserted('Hello NAME!', [6, 10], '{{ customer.id }}')).toEqual({ template: 'Hello {{ customer.id }}!', at: 23 })
  expect(inserted('', [0, 0], '{{ member.id }}')).toEqual({ template: '{{ member.id }}', at: 15 })
})

test('only what has tags has Liquid', () => expect(['{{ a', '{% if', '{ a }', ''].map(hasLiquid)).toEqual([true, true, false, false]))
