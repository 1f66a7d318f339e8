import { compileMjml } from './mjml.js'
import { tagLinks } from './tags.js'
import { textOfHtml } from './text.js'

test('a text is made from what a reader of the HTML sees; links are kept', () => {
  const made = compileMjml(
    '<mjml><mj-head><mj-title>T</mj-title><mj-preview>Peek</mj-preview></mj-head><mj-body><mj-section><mj-column><mj-image src="https://x.example/a.png" alt="Logo" />' +
      '<mj-text><h1>Hello Ada</h1><p>Your <a href="https://x.example/?a=1&amp;b=2">order</a> &amp; <a href="https://y.example">https://y.example</a>.</p><ul><li>One</li><li>Two</li></ul></mj-text>' +
      '<mj-button href="https://x.example/go">Go on</mj-button></mj-column></mj-section></mj-body></mjml>',
  )
  expect('html' in made && textOfHtml(made.html)).toBe(
    'Hello Ada\n\nYour order (https://x.example/?a=1&b=2) & https://y.example.\n\n * One\n * Two\n\nGo on (https://x.example/go)',
  )
})

const tags = { utm_source: 'tilework', utm_campaign: 'Été & "co"', utm_term: '' }
test.each([
  ['<a href="https://a.example/">', '<a href="https://a.example/?utm_source=tilework&amp;utm_campaign=%C3%89t%C3%A9%20%26%20%22co%22">'],
  ['<a href="https://a.example/?x=1&amp;utm_source=mine#top">', '<a href="https://a.example/?x=1&amp;utm_source=mine&amp;utm_campaign=%C3%89t%C3%A9%20%26%20%22co%22#top">'],
  ['<a href="https://t.example/unsubscribe/abc">', '<a href="https://t.example/unsubscribe/abc">'],
  ['<a href="mailto:a@b.c"><a href="#x"><a href="http://%%host%%/">', '<a href="mailto:a@b.c"><a href="#x"><a href="http://%%host%%/">'],
  ['<p>&copy <IMG src=https://a.example/>', '<p>&copy <IMG src=https://a.example/>'],
])('%s is tagged', (before, after) => expect(tagLinks(before, tags, 'https://t.example/unsubscribe/')).toBe(after)) // prettier-ignore

test('no tags, no change', () => expect(tagLinks('<a href=https://a.example>', { a: '' }, 'x')).toBe('<a href=https://a.example>'))
