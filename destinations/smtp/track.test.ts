import fc from 'fast-check'
import { createCipher } from '../../store/cipher.js'
import { clickedBy, openedBy, trackingOf } from '../../sending/tracking.js'
import { trackedHtml } from './track.js'

const cipher = createCipher('a key for tests, thirty-two characters')
const PUBLIC = 'https://tilework.example'
const KEY = 'mem_01j000000000000000000000000:send:1'
const tracking = trackingOf({ cipher, publicUrl: PUBLIC }, KEY)
const both = { opens: true, clicks: true }

/** Where a link of the HTML leads, behind us. */
const pages = (html: string): string[] =>
  [...html.matchAll(/\/t\/c\/([\w.-]+)["']/g)].map(([, token]) => clickedBy(cipher, token!)?.url ?? 'nowhere')

test.each([
  ['a link', '<a href="https://example.com/a?b=1&amp;c=%20">x</a>', ['https://example.com/a?b=1&c=%20']],
  ['without quotes', '<a class=b href=https://example.com/a>x</a>', ['https://example.com/a']],
  ['single quotes, capitals, a line break', "<A\n HREF = 'HTTPS://Example.com/ä'>x</A>", ['https://example.com/%C3%A4']],
  ['the first of two', '<a href="https://one.example/" href="https://two.example/">x</a>', ['https://one.example/']],
  ['areas', '<map><area href="http://example.com/"></map>', ['http://example.com/']],
  ['links in misnested markup', '<a href="https://example.com/"><p>x</a>y</p>', ['https://example.com/']],
  ['links in tables that hold what they may not', '<table><a href="https://example.com/"><tr><td>x</table>', ['https://example.com/']],
  ['links in templates', '<template><a href="https://example.com/">x</a></template>', ['https://example.com/']],
])('%s: leads by way of us', (_, html, expected) => {
  const made = trackedHtml(html, tracking, { opens: false, clicks: true })
  expect(pages(made)).toEqual(expected)
  expect(made).not.toContain('"https://one.example/"')
})

test.each([
  '<a href="mailto:ada@example.com">x</a>',
  '<a href="tel:+34600111222">x</a>',
  '<a href="sms:+34600111222">x</a>',
  '<a href="#more">x</a>',
  '<a href="/relative">x</a>',
  '<a href="//example.com/">x</a>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="data:text/html,x">x</a>',
  '<a href="https://">x</a>',
  '<a href="">x</a>',
  '<a>x</a>',
  '<a href="https://tilework.example/unsubscribe/abc.def">x</a>',
  '<a href="https://example.com/unsubscribe?u=1">x</a>',
  '<a href="https://example.com/mail?do=OptOut">x</a>',
  '<link href="https://example.com/a.css"><img src="https://example.com/a.png">',
  '<!-- <a href="https://example.com/">x</a> -->',
  '<!--[if mso]><a href="https://example.com/">x</a><![endif]-->',
  '<style>/* <a href="https://example.com/"> */</style>',
  'href="https://example.com/"',
])('%s stays as it is', (html) => {
  expect(trackedHtml(html, tracking, { opens: false, clicks: true })).toBe(html)
})

test('the picture stands at the end of the body, or of what there is', () => {
  const opens = { opens: true, clicks: false }
  expect(trackedHtml('<html><body><p>Hi</p></body></html>', tracking, opens)).toMatch(/^<html><body><p>Hi<\/p><img [^>]+><\/body><\/html>$/)
  const made = trackedHtml('<p>Hi', tracking, opens)
  expect(made).toMatch(/^<p>Hi<img /)
  expect(openedBy(cipher, /\/t\/o\/([\w.-]+)\.gif/.exec(made)![1]!)).toBe(KEY)
})

test('without options nothing changes', () => {
  expect(trackedHtml('<a href="https://example.com/">x</a>', tracking, { opens: false, clicks: false })).toBe(
    '<a href="https://example.com/">x</a>',
  )
})

test('the same message is the same again, and of any text only links are changed', () => {
  const part = fc.constantFrom('<a href="https://example.com/1">', '</a>', '<p>', '</p>', '<table>', '<td>', '&amp;', 'ä', '</body>', '<b', '"', '>', '<!--', '-->', ' ') // prettier-ignore
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const html = parts.join('')
      const made = trackedHtml(html, tracking, both)
      expect(trackedHtml(html, tracking, both)).toBe(made)
      const back = made.replace(/<img src="[^"]+\/t\/o\/[^>]+>/, '').replace(/https:\/\/tilework\.example\/t\/c\/[\w.-]+/g, 'https://example.com/1') // prettier-ignore
      expect(back).toBe(html)
    }),
  )
})
