import { render, renderEach, type TemplateScope } from './templates.js'

const scope: TemplateScope = {
  customer: { id: 'ada', traits: { name: 'Ada', tags: ['a', 'b'], note: '<b>&' } },
  entry: { event: 'signed_up', properties: { plan: 'pro' } },
  tiles: { order: { event: 'ordered', properties: { item: 'book' } } },
  orchestration: { id: 'jrn_1', name: 'Test', version: 2 },
  member: { id: 'mem_1', enteredAt: '2026-11-24T09:00:00.000Z' },
}

test('the whole scope can be read', () => {
  const template =
    '{{ customer.traits.name }} {{ customer.traits.tags | join: "+" }} {{ entry.properties.plan }} {{ tiles.order.properties.item }} {{ orchestration.version }} {{ member.id }}'
  expect(render('text', template, scope)).toBe('Ada a+b pro book 2 mem_1')
})

test('an unknown variable is an error that names field and variable, unless it has a default', () => {
  expect(() => render('subject', 'Hi {{ customer.traits.nick }}', scope)).toThrow(/'subject'.*nick/)
  expect(render('subject', 'Hi {{ customer.traits.nick | default: "you" }}', scope)).toBe('Hi you')
  expect(render('subject', '{% if customer.traits.nick %}x{% else %}y{% endif %}', scope)).toBe('y')
})

test('html escapes, text does not; raw opts out', () => {
  expect(
    renderEach({ html: '{{ customer.traits.note }}{{ customer.traits.note | raw }}', text: '{{ customer.traits.note }}' }, scope),
  ).toEqual({ rendered: { html: '&lt;b&gt;&amp;<b>&', text: '<b>&' }, faults: [] })
})

test('no template reads prototypes or files, or runs for ever', () => {
  expect(() => render('text', '{{ customer.constructor }}', scope)).toThrow(/template/)
  expect(() => render('text', '{% include "/etc/passwd" %}', scope)).toThrow(/template/)
  expect(() => render('text', '{% for i in (1..100000000) %}{% for j in (1..100000000) %}x{% endfor %}{% endfor %}', scope)).toThrow(
    /template/,
  )
  expect(() => render('text', '{% broken', scope)).toThrow(/template/)
})
