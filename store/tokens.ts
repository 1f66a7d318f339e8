import { timingSafeEqual } from 'node:crypto'
import type { Cipher } from './cipher.js'

/*
 * What links in messages carry: a text and a mark that only Tilework can make. The same text gives the same token, since a message that is
 * sent again under its key has to be the same one. The text can be read by whoever has the link: ids and addresses of pages, nothing personal.
 */

/** A token for a URL. @param purpose what it is good for: it opens for no other */
export const tokenOf = (cipher: Cipher, purpose: string, text: string): string =>
  `${Buffer.from(text).toString('base64url')}.${cipher.mark(purpose, text)}`

/** The text of a token; undefined when nobody of us made it, or for another purpose. */
export function textOf(cipher: Cipher, purpose: string, token: string): string | undefined {
  const [encoded, mark, ...more] = token.split('.')
  if (!encoded || !mark || more.length > 0) return undefined
  const text = Buffer.from(encoded, 'base64url').toString()
  const given = Buffer.from(mark)
  const right = Buffer.from(cipher.mark(purpose, text))
  return given.length === right.length && timingSafeEqual(given, right) ? text : undefined
}
