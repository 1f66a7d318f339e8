import type { Channel } from '../model/channels.js'
import type { Cipher } from '../store/cipher.js'
import { textOf, tokenOf } from '../store/tokens.js'

/** What a link of a message is about. */
export interface Link {
  /** Of the delivery. */
  key: string
  channel: Channel
  /** Id. */
  topic?: string | undefined
}

const PURPOSE = 'unsubscribe'

/** The token of a link: the same for the same message. A key, a channel and an id have no blanks. */
export const linkToken = (cipher: Cipher, { key, channel, topic = '' }: Link): string =>
  tokenOf(cipher, PURPOSE, `${key} ${channel} ${topic}`)

/** What a token is about; undefined when it is none of ours. */
export function linkOf(cipher: Cipher, token: string): Link | undefined {
  const [key, channel, topic] = textOf(cipher, PURPOSE, token)?.split(' ') ?? []
  return key && channel ? { key, channel: channel as Channel, ...(topic && { topic }) } : undefined
}

/** Where the page of a token is. */
export const unsubscribeUrl = (publicUrl: string, token: string): string => `${publicUrl}/unsubscribe/${token}`

/** What previews show in place of a link. */
export const SAMPLE_TOKEN = 'sample'

/**
 * Headers by which mail programs offer to unsubscribe (RFC 2369, RFC 8058).
 * @param email an address that takes unsubscriptions too; the subject carries the token
 */
export function unsubscribeHeaders(publicUrl: string, token: string, email?: string): Record<string, string> {
  const mail = email === undefined ? '' : `, <mailto:${email}?subject=${encodeURIComponent(`unsubscribe ${token}`)}>`
  return {
    'List-Unsubscribe': `<${unsubscribeUrl(publicUrl, token)}>${mail}`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }
}
