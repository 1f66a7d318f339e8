import fc from 'fast-check'
import { rewriteLinks } from './links.js'

const marked = (html: string): string => rewriteLinks(html, (url) => `https://t.example/?u=${encodeURIComponent(url)}&m=1`)
const seen = (html: string): string[] => {
  const urls: string[] = []
  rewriteLinks(html, (url) => void urls.push(url))
  return urls
}

test.each([
  ['<a href="https://a.example/?b=1&amp;c=2#d">', ['https://a.example/?b=1&c=2#d']],
  ["<A class=x HREF='http://a.example/'>", ['http://a.example/']],
  ['<a href=https://a.example/x>', ['https://a.example/x']],
  ['<a\n href = " https://a.example/ " href="https://b.example/">', ['https://a.example/']],
  ['<area href="https://a.example/"><link href="https://b.example/"><img src="https://c.example/">', ['https://a.example/']],
  ['<a href="mailto:a@b.c"><a href="#x"><a href="tel:+1"><a href="/rel"><a href><a href="javascript:x">', []],
  ['<!-- <a href="https://a.example/"> --><!--[if mso]><a href="https://b.example/"><![endif]-->', []],
  ['<script>"<a href=\'https://a.example/\'>"</script><style>a::after{content:"<a href=https://x.example>"}</style>', []],
  ['<title><a href="https://a.example/"></title>', []],
  ['a < b <a href="https://a.example/', []],
])('%j leads to %j', (html, urls) => expect(seen(html)).toEqual(urls))

test('what is replaced is escaped, and quoted where it was not', () => {
  expect(marked('<p>é &copy <a href=https://a.example/?x="1" title=\'y\'>z</a></P >')).toBe(
    '<p>é &copy <a href="https://t.example/?u=https%3A%2F%2Fa.example%2F%3Fx%3D%221%22&amp;m=1" title=\'y\'>z</a></P >',
  )
  expect(rewriteLinks("<a href='https://a.example/'>", () => `https://b.example/?'"<>&`)).toBe(
    "<a href='https://b.example/?&#39;&quot;&lt;&gt;&amp;'>",
  )
})

test('what is left alone stays, byte for byte', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('<a href="https://x.example/?a=1&amp;b">', '<a href=\'', '"', '>', '<!--', '-->', '<script>', '</script>', '&amp;', '<a href=http://x>'),
  ) // prettier-ignore
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const html = pieces.join('')
      expect(rewriteLinks(html, (url) => url)).toBe(html)
      expect(rewriteLinks(html, () => undefined)).toBe(html)
      // A second pass sees what the first has written.
      const [first] = seen(html)
      const once = rewriteLinks(html, (url) => `${url.replace(/[^\x21-\x7e]/g, '')}?n='"`)
      expect(seen(once)).toHaveLength(seen(html).length)
      if (first) expect(seen(once)[0]).toBe(`${first.replace(/[^\x21-\x7e]/g, '')}?n='"`)
    }),
  )
})
