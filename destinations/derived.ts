import { createHash } from 'node:crypto'

/* What vendors want in place of our key, which is longer than they take: the same for the same key, over all retries. */

/** 32 hexadecimal digits. */
export const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32)

/**
 * In the form of a UUID.
 * @param version 4 unless told, which is what vendors check
 */
export function uuidOf(key: string, version: 4 | 8 = 4): string {
  const bytes = Buffer.from(digestOf(key), 'hex')
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4)
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** As a tag, of letters, digits, '_' and '-': so is each part of the key. */
export const tagOf = (key: string): string => key.replaceAll(':', '--')

/** The key in such a tag; undefined when there is none. A tile's id may have '--' in it, neither the member's nor the number of the visit. */
export function keyOfTag(tag: string | undefined): string | undefined {
  const [, member, tile, visit] = /^([A-Za-z0-9_]+)--(.+)--(\d+)$/.exec(tag ?? '') ?? []
  return visit === undefined ? undefined : `${member}:${tile}:${visit}`
}
