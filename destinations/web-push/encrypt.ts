import { createCipheriv, createECDH, ECDH, hkdfSync, randomBytes } from 'node:crypto'

/* Message encryption for Web Push: RFC 8291, in one record of aes128gcm (RFC 8188). */

/** Of a subscription: the public key of the browser (65 bytes, an uncompressed point on P-256) and the secret that it shares (16 bytes). */
export interface PushKeys {
  p256dh: Buffer
  auth: Buffer
}

/** What is made anew for each message: 16 random bytes, and a private key on P-256. */
export interface Once {
  salt: Buffer
  privateKey: Buffer
}

const CURVE = 'prime256v1'
const RECORD_SIZE = 4096
/** Salt, record size, length of the key and the key; then what follows the message, and the tag. */
const OVERHEAD = 16 + 4 + 1 + 65 + 1 + 16
/** Longest message, in bytes: a push service takes bodies of at least 4096 (RFC 8030 section 7.2). */
export const MAX_MESSAGE = 4096 - OVERHEAD

/** Whether 65 bytes are a public key. */
export function isPoint(bytes: Buffer): boolean {
  try {
    return bytes.length === 65 && ECDH.convertKey(bytes, CURVE).length === 65
  } catch {
    return false
  }
}

function once(): Once {
  const ours = createECDH(CURVE)
  ours.generateKeys()
  return { salt: randomBytes(16), privateKey: ours.getPrivateKey() }
}

/** The body of a push that only the browser can read. */
export function encrypt(message: Buffer, { p256dh, auth }: PushKeys, { salt, privateKey }: Once = once()): Buffer {
  const ours = createECDH(CURVE)
  ours.setPrivateKey(privateKey)
  const publicKey = ours.getPublicKey()
  const shared = derived(ours.computeSecret(p256dh), auth, Buffer.concat([Buffer.from('WebPush: info\0'), p256dh, publicKey]), 32)
  const key = derived(shared, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derived(shared, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const cipher = createCipheriv('aes-128-gcm', key, nonce)
  // 2 ends the last record.
  const sealed = Buffer.concat([cipher.update(message), cipher.update(Buffer.of(2)), cipher.final(), cipher.getAuthTag()])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(RECORD_SIZE)
  return Buffer.concat([salt, size, Buffer.of(publicKey.length), publicKey, sealed])
}

const derived = (secret: Buffer, salt: Buffer, info: Buffer, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, length))
