import { braced } from './braces.js'

/** Types letter by letter where ^ is; ^ in the answer is the cursor. */
function type(start: string, letters: string): string {
  let at = start.indexOf('^')
  let text = start.replace('^', '')
  for (const letter of letters) {
    const { from, to, insert, cursor } = braced(text, at, letter) ?? { from: at, to: at, insert: letter, cursor: 1 }
    text = text.slice(0, from) + insert + text.slice(to)
    at = from + cursor
  }
  return `${text.slice(0, at)}^${text.slice(at)}`
}

test.each([
  ['Hi ^', '{{', 'Hi {{ ^ }}'],
  ['^', '{{ a.b }}!', '{{ a.b }}!^'],
  ['^', '{{a.b}}!', '{{ a.b }}!^'],
  ['^', '{% if a %}x{% endif %}', '{% if a %}x{% endif %}^'],
  ['^ }}', '{{ a', '{{ a^ }}'],
  ['^ {{ b }}', '{{ a', '{{ a^ }} {{ b }}'],
  ['^', '{"a":{"b":1}}', '{"a":{"b":1}}^'],
  ['{"a":{"b":1^}}', '}', '{"a":{"b":1}^}}'],
  ['{"a": "^"}', '{{ x }}', '{"a": "{{ x }}^"}'],
  ['100^', ' % of }', '100 % of }^'],
])('%j with %j typed is %j', (start, letters, end) => expect(type(start, letters)).toBe(end))
