import { render } from '../templates.js'
import { compilations, compileMjml } from './mjml.js'

const page = (content: string): string =>
  `<mjml>\n<mj-body>\n<mj-section><mj-column>\n${content}\n</mj-column></mj-section></mj-body></mjml>`
const html = (source: string, language?: Parameters<typeof compileMjml>[1]): string => {
  const made = compileMjml(source, language)
  if ('faults' in made) throw new Error(made.faults.map(({ message }) => message).join(' '))
  return made.html
}

test('Liquid comes through in texts, in attributes, between elements, and is escaped where the HTML is rendered', () => {
  const source =
    '<mjml><mj-body>{% for item in entry.properties.items %}<mj-section><mj-column><mj-text>{{ item | default: "a & b" }}{% if 1 < 2 %}!{% endif %}</mj-text>' +
    '<mj-button href="https://shop.example/?a=1&amp;u={{ customer.traits.u }}">Go</mj-button></mj-column></mj-section>{% endfor %}</mj-body></mjml>'
  const scope = {
    customer: { id: 'ada', traits: { u: '"><script>' } }, entry: { properties: { items: ['<i>', 'two'] } }, tiles: {},
    orchestration: { id: 'jrn_1', name: 'T', version: 1 }, member: { id: 'mem_1', enteredAt: '' },
  } // prettier-ignore
  const rendered = render('html', html(source), scope)
  expect(rendered).toContain('&lt;i&gt;!')
  expect(rendered).toContain('two!')
  expect(rendered).toContain('href="https://shop.example/?a=1&amp;u=&#34;&gt;&lt;script&gt;"')
  expect(rendered).not.toContain('<script>')
})

test('attributes come through as a browser reads them', () => {
  const made = html(page(`<mj-text><p style='font-family:"My Font"' title="a\\b ​é\nc">x</p></mj-text>`))
  expect(made).toContain('style="font-family:&#34;My Font&#34;"')
  expect(made).toContain('title="a&#92;b &#8203;é c"')
})

test('a document says its language and direction', () => {
  expect(html(page(''), { locale: 'ar-EG', dir: 'rtl' })).toMatch(/<html lang="ar-EG" dir="rtl"/)
  expect(html(page('').replace('<mjml>', '<mjml lang="fr">'), { locale: 'en', dir: 'ltr' })).toMatch(/<html lang="fr" dir="ltr"/)
})

test.each([
  [page('<mj-txt>x</mj-txt>'), 4, 'mj-txt', /no such element; did you mean <mj-text>\?/],
  [page('{{ a\n}}\n<mj-image src="x">'), 6, 'mj-image', /not closed/],
  [page('<mj-text>x</mj-button>'), 4, 'mj-button', /was not opened/],
  [page('<mj-section></mj-section>'), 4, 'mj-section', /<mj-column> holds .*<mj-text>/],
  [page('<mj-text><mj-image src="x" /></mj-text>'), 4, 'mj-image', /holds HTML only/],
  [page('<p>x</p>'), 4, 'p', /<mj-column> holds/],
  [page('<mj-include path="/etc/passwd" />'), 4, 'mj-include', /files are not brought in/],
  [page('<mj-text>\n1 <2\n</mj-text>'), 5, undefined, /write < as &lt;/],
  [page('<mj-text {{ x }}>y</mj-text>'), 4, undefined, /stands where MJML keeps nothing/],
  [page(`<mj-text>${'<div>'.repeat(200)}${'</div>'.repeat(200)}</mj-text>`), 4, 'div', /more than 100 elements/],
  [
    '<mjml><mj-head><mj-style inline="inline">a{}</mj-style></mj-head><mj-body></mj-body></mjml>',
    1,
    undefined,
    /leave inline="inline" out/,
  ],
  ['hello', 1, undefined, /begin with <mjml>/],
])('%#: what is wrong is told with its line and element', (source, line, element, says) => {
  const made = compileMjml(source)
  expect('faults' in made && made.faults[0]).toMatchObject({
    line,
    message: expect.stringMatching(says) as unknown,
    ...(element && { element }),
  })
})

test('the same source is compiled once', () => {
  const source = page('<mj-text>once {{ x }}</mj-text>')
  const before = compilations.count
  for (let n = 0; n < 100; n++) html(source)
  expect(compilations.count - before).toBe(1)
})
