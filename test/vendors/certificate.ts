import { webcrypto } from 'node:crypto'

/* A certificate of a key that was just made, written in DER (X.690, RFC 5280) by hand: tests need no program and keep no key. */

const tlv = (tag: number, ...parts: Uint8Array[]): Uint8Array => {
  const body = Buffer.concat(parts)
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const sequence = (...parts: Uint8Array[]): Uint8Array => tlv(0x30, ...parts)
const integer = (value: number): Uint8Array => tlv(0x02, Buffer.from([value]))
const oid = (...bytes: number[]): Uint8Array => tlv(0x06, Buffer.from(bytes))
const time = (date: Date): Uint8Array => tlv(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')))
const SHA256_WITH_RSA = sequence(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b), tlv(0x05))
const COMMON_NAME = oid(0x55, 0x04, 0x03)

/** Who signs, by WebCrypto. */
export interface Signing {
  /** The certificate. */
  pem: string
  /** RSASSA-PKCS1-v1_5, base64. */
  sign(hash: 'SHA-1' | 'SHA-256', text: string): Promise<string>
}

export async function createSigning({ from, to }: { from: Date; to: Date }): Promise<Signing> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }
  const keys = await webcrypto.subtle.generateKey({ ...algorithm, hash: 'SHA-256' }, true, ['sign', 'verify'])
  const secret = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  const sign = async (hash: string, bytes: Uint8Array): Promise<Buffer> => {
    const key = await webcrypto.subtle.importKey('pkcs8', secret, { name: algorithm.name, hash }, false, ['sign'])
    return Buffer.from(await webcrypto.subtle.sign(algorithm.name, key, bytes))
  }
  const name = sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from('sns.amazonaws.com')))))
  const spki = new Uint8Array(await webcrypto.subtle.exportKey('spki', keys.publicKey))
  const body = sequence(tlv(0xa0, integer(2)), integer(1), SHA256_WITH_RSA, name, sequence(time(from), time(to)), name, spki)
  const der = sequence(body, SHA256_WITH_RSA, tlv(0x03, Buffer.from([0]), await sign('SHA-256', body)))
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)!
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    sign: async (hash, text) => (await sign(hash, Buffer.from(text))).toString('base64'),
  }
}
