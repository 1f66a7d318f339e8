import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** Encrypts secrets at rest. `place` (workspace|table|id) is bound in, so that a ciphertext cannot be moved to another row. */
export interface Cipher {
  encrypt(place: string, plain: string): string
  /** @throws Error when the key is another, or the text was changed or moved */
  decrypt(place: string, sealed: string): string
  /** 22 characters that only who has the key can make of a text: the same each time. `purpose` keeps one use apart from another. */
  mark(purpose: string, text: string): string
}

const IV_BYTES = 12
const TAG_BYTES = 16
const MARK_BYTES = 16

/** AES-256-GCM (NIST SP 800-38D) with a key drawn by HKDF-SHA-256 from any text of ENCRYPTION_KEY. Format: `v1.<key id>.<base64>`. */
export function createCipher(material: string): Cipher {
  const key = Buffer.from(hkdfSync('sha256', material, 'tilework', 'secrets at rest', 32))
  const markKey = Buffer.from(hkdfSync('sha256', material, 'tilework', 'marks', 32))
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8)
  return {
    encrypt(place, plain) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place))
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return `v1.${keyId}.${Buffer.concat([iv, text, cipher.getAuthTag()]).toString('base64')}`
    },
    mark: (purpose, text) =>
      createHmac('sha256', markKey).update(`${purpose}\n${text}`).digest().subarray(0, MARK_BYTES).toString('base64url'),
    decrypt(place, sealed) {
      const [version, id, data] = sealed.split('.')
      if (version !== 'v1' || id !== keyId || !data) throw new Error('A secret was encrypted with another ENCRYPTION_KEY.')
      const bytes = Buffer.from(data, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(place))
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
    },
  }
}
