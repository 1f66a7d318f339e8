import { readTemplates } from './templates.js'

const read = (body: string) => readTemplates({ id: 'hook', type: 'webhook', config: { body } })
/** What is marked, as it is written. */
const marked = (body: string): string[] => {
  const { problems, variables } = read(body)
  return [...problems, ...variables].flatMap(({ ranges = [] }) => ranges.map(([from, to]) => body.slice(from, to)))
}

test.each([
  ['{{ customer.nme }}, {{customer.nme | default: foo.bar}}', ['customer.nme', 'customer.nme', 'foo.bar']],
  ['über\n\n  {{ tiles.hook["a b"].x }}\r\n{% if zz.t == 1 %}{{ q[0] }}{% endif %}', ['tiles.hook["a b"].x', 'zz.t', 'q[0]']],
  ["{{ tiles['hook'] }}", ["tiles['hook']"]],
  ['{{ a[b.c].d }}', ['a[b.c].d', 'b.c']],
  ['{% for x in entry.items %}{{ x.y }}{% endfor %}{% assign q = 1 %}{{ q }}', ['entry.items']],
  ['{% raw %}{{ nothing }}{% endraw %} none', []],
])('%j reads %j', (body, written) => expect(marked(body)).toEqual(written))

test.each([
  ['Hi {{ customer.x', '{{ customer.x'],
  ['a\nb {% if x %}', '{% if x %}'],
  ['{{ shout | shout }}', 'shout'],
  ['a {% foo %}', '{% foo %}'],
  ['{% if %}a{% endif %}', 'f'],
  ['{{ | }}', '|'],
  ['{% include "x" %}', '{% include "x" %}'],
])('%j is wrong at %j', (body, wrong) => {
  const { problems } = read(body)
  expect(problems.map(({ code, path }) => ({ code, path }))).toEqual([{ code: 'TW203', path: '/config/body' }])
  expect(marked(body)).toEqual([wrong])
})

test('the filter is marked, not what has its name', () => {
  expect(read('{{ shout | shout }}').problems[0]!.ranges).toEqual([[11, 16]])
})

test('a variable that is read twice is told once, with both places', () => {
  const { variables } = read('{{ a.b }} {{ a.b }} {{ a.c }}')
  expect(variables).toEqual([
    { path: '/config/body', segments: ['a', 'b'], ranges: [[3, 6], [13, 16]] },
    { path: '/config/body', segments: ['a', 'c'], ranges: [[23, 26]] },
  ]) // prettier-ignore
})
