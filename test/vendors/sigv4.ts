import { webcrypto } from 'node:crypto'
import type { Seen } from './stub.js'

/* AWS Signature Version 4 from the side of AWS: what was received is put together anew by the specification, and signed with Web Crypto. */

export interface Expected {
  accessKeyId: string
  secretAccessKey: string
  region: string
  service: string
  /** Headers that must be covered. */
  covered: readonly string[]
  now?: number
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text))
const hex = (buffer: ArrayBuffer): string => Buffer.from(buffer).toString('hex')
const digest = async (text: string): Promise<string> => hex(await webcrypto.subtle.digest('SHA-256', bytes(text)))

async function mac(key: ArrayBuffer | Uint8Array<ArrayBuffer>, text: string): Promise<ArrayBuffer> {
  const imported = await webcrypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return webcrypto.subtle.sign('HMAC', imported, bytes(text))
}

/** @returns what is wrong with the signature; undefined when it is right */
export async function faultOf(
  seen: Pick<Seen, 'method' | 'path' | 'query' | 'headers' | 'body'>,
  expected: Expected,
): Promise<string | undefined> {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/
  const [, keyId, day, region, service, names, signature] = pattern.exec(seen.headers.authorization ?? '') ?? []
  if (!keyId || !day || !region || !service || !names || !signature) return 'IncompleteSignatureException'
  if (keyId !== expected.accessKeyId) return 'UnrecognizedClientException'
  const date = String(seen.headers['x-amz-date'])
  const sentAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(Math.abs((expected.now ?? Date.now()) - sentAt) < 300_000) || !date.startsWith(day)) return 'InvalidSignatureException'
  if (region !== expected.region || service !== expected.service) return 'InvalidSignatureException'
  const list = names.split(';')
  if (![...expected.covered, 'host', 'x-amz-date'].every((name) => list.includes(name))) return 'InvalidSignatureException'
  if ([...list].sort().join(';') !== names) return 'InvalidSignatureException'
  let request = `${seen.method}\n${seen.path}\n${canonicalQuery(seen.query)}\n`
  for (const name of list) request += `${name}:${String(seen.headers[name]).trim()}\n`
  request += `\n${names}\n${await digest(seen.body)}`
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${day}/${region}/${service}/aws4_request\n${await digest(request)}`
  const dayKey = await mac(bytes(`AWS4${expected.secretAccessKey}`), day)
  const key = await mac(await mac(await mac(dayKey, region), service), 'aws4_request')
  return hex(await mac(key, toSign)) === signature ? undefined : 'InvalidSignatureException'
}

function canonicalQuery(query: URLSearchParams): string {
  const unreserved = /[A-Za-z0-9._~-]/
  const encoded = (text: string): string =>
    [...bytes(text)]
      .map((byte) => {
        const character = String.fromCharCode(byte)
        return unreserved.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
      })
      .join('')
  const pairs = [...query].map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
  return pairs.sort().join('&')
}
