/* Templates that would take time, memory or the stack, for the test beside this. Run by itself it renders each and writes what came of it. */
import { pathToFileURL } from 'node:url'
import { render, type Partials, type TemplateScope } from '../../destinations/templates.js'

interface Hostile {
  name: string
  template: string
  says: RegExp
}

const SLOW = /longer than 1000 ms/
const LARGE = /too large|longer than 1048576/
const DEEP = /blocks stand within each other|nested too deeply/
const times = (n: number, text: string): string => text.repeat(n)

export const HOSTILE: readonly Hostile[] = [
  { name: 'loops in loops', template: '{% for i in (1..100000) %}{% for j in (1..1000) %}{% assign x = j %}{% endfor %}{% endfor %}', says: SLOW },
  { name: 'an empty loop in a loop', template: '{% for i in (1..20000) %}{% for j in (1..2000) %}{% endfor %}{% endfor %}', says: /too large|longer than 1000/ },
  { name: 'a long range', template: '{% for i in (1..100000000) %}x{% endfor %}', says: LARGE },
  { name: 'a range to infinity', template: '{% assign n = 1 | divided_by: 0.0 %}{% for i in (1..n) %}x{% endfor %}', says: /./ },
  { name: 'much output', template: '{% for i in (1..4000) %}{{ customer.traits.long }}{% endfor %}', says: LARGE },
  { name: 'much captured', template: `{% capture a %}${times(1_000, 'x')}{% endcapture %}${times(40, '{% capture a %}{{ a }}{{ a }}{% endcapture %}')}{{ a }}`, says: /too large|longer than|too long/ },
  { name: 'doubling by append', template: `{% assign a = "xxxxxxxxxx" %}${times(40, '{% assign a = a | append: a %}')}{{ a }}`, says: LARGE },
  { name: 'doubling a list', template: `{% assign a = "a,b" | split: "," %}${times(40, '{% assign a = a | concat: a %}')}{{ a | size }}`, says: LARGE },
  { name: 'replacing letters by texts', template: `{% assign a = "${times(2_000, 'a')}" %}{% assign b = a | replace: "a", a | replace: "a", a %}{{ b | size }}`, says: LARGE },
  { name: 'padding a date', template: '{{ "now" | date: "%99999999d" }}', says: LARGE },
  { name: 'the last of many', template: `{% assign a = "${times(100_000, 'a')}" %}{% assign b = "${times(50_000, 'a')}b" %}{{ a | replace_last: b, "" }}`, says: LARGE },
  { name: 'expressions over a list', template: '{{ (1..1000) | where_exp: "x", "x > 1" | size }}', says: /undefined filter/ },
  { name: 'blocks in blocks', template: `${times(60, '{% if true %}')}x${times(60, '{% endif %}')}`, says: DEEP },
  { name: 'thousands of blocks in blocks', template: `${times(20_000, '{%if true%}')}`, says: DEEP },
  { name: 'brackets in brackets', template: `{{ a${times(100_000, '[a')} }}`, says: /./ },
  { name: 'conditions without end', template: `{% if ${times(12_000, 'true and ')} true %}{% for i in (1..1000) %}{% if ${times(12_000, 'true and ')} true %}{% endif %}{% endfor %}{% endif %}`, says: SLOW },
  { name: 'a template that is too long', template: `${times(300_000, 'x')}{{ x }}`, says: /parse length/ },
  { name: 'a partial in itself', template: "{% render 'self' %}", says: /without end: self → self/ },
  { name: 'partials in a circle', template: "{% render 'ping' %}", says: /without end: ping → pong → ping/ },
  { name: 'partials in partials', template: "{% render 'p0' %}", says: /more than 10 partials/ },
  { name: 'a partial of loops in a loop', template: "{% for i in (1..1000) %}{% render 'loop' %}{% endfor %}", says: /too large|longer than 1000/ },
  { name: 'a partial whose name is made', template: '{% assign n = "self" %}{% render n %}', says: /between quotes/ },
  { name: 'a partial whose name has Liquid', template: '{% render "{{ customer.id }}" %}', says: /between quotes/ },
  { name: 'a partial that does not exist', template: "{% render 'nothing' %}", says: /no partial 'nothing'/ },
  { name: 'a file', template: '{% render "/etc/passwd" %}', says: /no partial '\/etc\/passwd'/ },
  { name: 'a file by include', template: '{% include "/etc/passwd" %}', says: /no include/ },
  { name: 'a layout', template: '{% layout "x" %}', says: /no layout/ },
  { name: 'a prototype', template: '{{ customer.constructor }}', says: /no customer.constructor/ },
] // prettier-ignore

const chain = Array.from({ length: 12 }, (_, n): [string, { text: string }] => [`p${n}`, { text: `{% render 'p${n + 1}' %}` }])
const PARTIALS: Partials = new Map([
  ['self', { text: "{% render 'self' %}" }],
  ['ping', { text: "{% render 'pong' %}" }],
  ['pong', { text: "x{% if true %}{% render 'ping' %}{% endif %}" }],
  ['loop', { text: '{% for i in (1..100000) %}{% endfor %}' }],
  ...chain,
  ['p12', { text: 'end' }],
])

const SCOPE: TemplateScope = {
  customer: { id: 'ada', traits: { long: 'x'.repeat(60_000) } },
  entry: {},
  tiles: {},
  orchestration: { id: 'jrn_1', name: 'Test', version: 1 },
  member: { id: 'mem_1', enteredAt: '2026-11-24T09:00:00.000Z' },
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const results = HOSTILE.map(({ name, template }) => {
    const from = performance.now()
    try {
      render('text', template, SCOPE, PARTIALS)
      return [name, { code: 'none', message: '' }] as const
    } catch (error) {
      const { code = 'not ours', message } = error as { code?: string; message: string }
      return [name, { ms: Math.round(performance.now() - from), code, message: message.slice(0, 300) }] as const
    }
  })
  process.stdout.write(JSON.stringify(Object.fromEntries(results), null, 1))
}
