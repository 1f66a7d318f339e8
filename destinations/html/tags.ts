import { rewriteLinks } from './links.js'

/**
 * Adds parameters to the http and https links of an email. What a link has already stays, also under the same name; everything else of the
 * HTML stays byte for byte.
 * @param tags parameters by name; empty ones are left out
 * @param except links that begin so are left alone: those of Tilework itself, such as the one that unsubscribes
 */
export function tagLinks(html: string, tags: Record<string, string>, except: string): string {
  const given = Object.entries(tags).filter(([, value]) => value !== '')
  if (given.length === 0) return html
  return rewriteLinks(html, (url) => (url.startsWith(except) ? undefined : tagged(url, given)))
}

function tagged(url: string, tags: readonly [string, string][]): string | undefined {
  // Where the vendor fills something in before it is an address, nothing is known of it.
  if (!URL.canParse(url)) return undefined
  const [, address, query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url)!
  const there = new URLSearchParams(query)
  const added = tags.filter(([name]) => !there.has(name)).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  if (added.length === 0) return undefined
  const before = query.length > 1 ? `${query.replace(/&$/, '')}&` : '?'
  return `${address}${before}${added.join('&')}${fragment}`
}
