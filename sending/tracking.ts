import type { Tracking } from '../destinations/vendor.js'
import type { Cipher } from '../store/cipher.js'
import { textOf, tokenOf } from '../store/tokens.js'

/* Links by which opens and clicks are seen. Only what was signed here is opened: nobody can make one that leads elsewhere. */

const OPEN = 'open'
const CLICK = 'click'

/** Addresses that say that they end a subscription: they work without a detour. */
const UNSUBSCRIBES = /unsubscribe|opt-?out/i

/** Longest address that is followed: longer ones would not pass every server on the way, in characters. */
const MAX_PAGE = 4_000

/** What is needed to make links. */
export interface TrackingDeps {
  cipher: Cipher
  publicUrl: string
}

/** The links of one message: the same each time, since a repeat has to be the same message. */
export const trackingOf = ({ cipher, publicUrl }: TrackingDeps, key: string): Tracking => ({
  openUrl: `${publicUrl}/t/o/${tokenOf(cipher, OPEN, key)}.gif`,
  clickUrl: (url) => {
    const page = pageOf(url)
    if (page === undefined || page.length > MAX_PAGE || page.startsWith(`${publicUrl}/`) || UNSUBSCRIBES.test(page)) return undefined
    return `${publicUrl}/t/c/${tokenOf(cipher, CLICK, JSON.stringify([key, page]))}`
  },
})

/** The key of the message whose picture it is; undefined when nobody of us made it. */
export const openedBy = (cipher: Cipher, token: string): string | undefined => textOf(cipher, OPEN, token)

/** The message and the page of a link; undefined when nobody of us made it. */
export function clickedBy(cipher: Cipher, token: string): { key: string; url: string } | undefined {
  const text = textOf(cipher, CLICK, token)
  if (text === undefined) return undefined
  const [key, page] = JSON.parse(text) as [string, string]
  const url = pageOf(page)
  return url === undefined ? undefined : { key, url }
}

/** The address of a page of the web; undefined of anything else. */
function pageOf(text: string): string | undefined {
  if (!/^\s*https?:/i.test(text) || !URL.canParse(text)) return undefined
  const { protocol, href } = new URL(text)
  return protocol === 'http:' || protocol === 'https:' ? href : undefined
}
