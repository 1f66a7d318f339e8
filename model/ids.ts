const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford base 32, lower case
export type IdPrefix =
  'jrn' | 'mem' | 'job' | 'dst' | 'aud' | 'sec' | 'usr' | 'key' | 'msg' | 'req' | 'wsp' | 'evt' | 'top' | 'sup' | 'tpl' | 'cap'

/**
 * A new id: prefix, `_`, 10 characters of milliseconds (so that ids sort by time), 16 random ones (80 bits).
 * @param now milliseconds since the epoch; today's clock unless told
 */
export function newId(prefix: IdPrefix, now: number = Date.now()): string {
  let time = ''
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time
  const random = crypto.getRandomValues(new Uint8Array(16))
  return `${prefix}_${time}${Array.from(random, (byte) => ALPHABET[byte % 32]).join('')}`
}
