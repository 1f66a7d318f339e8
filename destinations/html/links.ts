import { Tokenizer, type QuoteType } from 'htmlparser2'

/** Elements that a reader follows. */
const FOLLOWED = new Set(['a', 'area'])

/** An `href` of HTML: its address, decoded, and where it is written, without its quotes. */
interface Link {
  url: string
  from: number
  to: number
  quoted: boolean
}

/**
 * Replaces the http and https addresses that HTML leads to: the `href` of `<a>` and `<area>`. Every other byte stays as it is, also where the
 * HTML is broken; comments (among them what only Outlook reads), scripts and styles are left alone, and so are mailto, tel and anchors.
 * @param rewrite gets the address as a browser would follow it (entities decoded); undefined or the same leaves it as it is written
 */
export function rewriteLinks(html: string, rewrite: (url: string) => string | undefined): string {
  let done = 0
  let out = ''
  for (const { url, from, to, quoted } of linksIn(html)) {
    if (!/^\s*https?:\/\//i.test(url)) continue
    const next = rewrite(url.trim())
    if (next === undefined || next === url.trim()) continue
    out += html.slice(done, from) + (quoted ? escaped(next) : `"${escaped(next)}"`)
    done = to
  }
  return out + html.slice(done)
}

/** The links of HTML, in order. Of two `href` of one element browsers take the first. */
function linksIn(html: string): Link[] {
  const links: Link[] = []
  let followed = false
  let found = false
  let name = ''
  let url = ''
  let from = 0
  let to = 0
  const nothing = (): void => undefined
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname(start, end) {
        followed = FOLLOWED.has(html.slice(start, end).toLowerCase())
        found = false
      },
      onattribname(start, end) {
        name = html.slice(start, end).toLowerCase()
        url = ''
        from = end + VALUE.exec(html.slice(end, end + 1_000))![0].length
      },
      onattribdata(start, end) {
        url += html.slice(start, end)
        to = end
      },
      onattribentity(codepoint) {
        url += String.fromCodePoint(codepoint)
      },
      onattribend(quote) {
        if (!followed || found || name !== 'href' || quote === NO_VALUE) return
        found = true
        links.push({ url, from, to, quoted: quote !== UNQUOTED })
      },
      onopentagend: nothing,
      onselfclosingtag: nothing,
      onclosetag: nothing,
      oncdata: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onprocessinginstruction: nothing,
      ontext: nothing,
      ontextentity: nothing,
      onend: nothing,
    },
  )
  tokenizer.write(html)
  tokenizer.end()
  return links
}

const NO_VALUE: QuoteType = 0
const UNQUOTED: QuoteType = 1

/** What stands between the name of an attribute and its value. */
const VALUE = /^\s*(?:=\s*["']?)?/

/** An address between either kind of quotes. */
const escaped = (url: string): string =>
  url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
