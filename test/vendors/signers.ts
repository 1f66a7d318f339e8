import { webcrypto } from 'node:crypto'
import type { FeedbackRequest } from '../../destinations/feedback.js'
import type { Signing } from './certificate.js'

/* Requests signed as vendors sign theirs, by WebCrypto: another implementation than that of the product. */

export type Signed = Pick<FeedbackRequest, 'body'> & { headers: Record<string, string> }

const signature = async (key: webcrypto.CryptoKey, algorithm: webcrypto.EcdsaParams | string, text: string): Promise<Buffer> =>
  Buffer.from(await webcrypto.subtle.sign(algorithm, key, Buffer.from(text)))

const hmac = async (hash: string, secret: Uint8Array, text: string): Promise<string> => {
  const key = await webcrypto.subtle.importKey('raw', secret, { name: 'HMAC', hash }, false, ['sign'])
  return (await signature(key, 'HMAC', text)).toString('base64')
}

/** SendGrid: ECDSA, as DER. */
export async function sendgridSigner(): Promise<{ verificationKey: string; sign(body: string, at?: Date): Promise<Signed> }> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey)).toString('base64')
  return {
    verificationKey: spki,
    sign: async (body, at = new Date()) => {
      const timestamp = String(Math.floor(at.getTime() / 1000))
      const both = await signature(keys.privateKey, { name: 'ECDSA', hash: 'SHA-256' }, timestamp + body)
      const headers = {
        'x-twilio-email-event-webhook-timestamp': timestamp,
        'x-twilio-email-event-webhook-signature': der(both).toString('base64'),
      }
      return { headers, body: Buffer.from(body) }
    },
  }
}

/** Two numbers side by side, as a sequence of two. */
function der(both: Buffer): Buffer {
  const number = (bytes: Buffer): Buffer => {
    const start = bytes.findIndex((byte) => byte !== 0)
    const short = bytes.subarray(start)
    const positive = short[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short
    return Buffer.concat([Buffer.from([0x02, positive.length]), positive])
  }
  const body = Buffer.concat([number(both.subarray(0, 32)), number(both.subarray(32))])
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}

/** Resend, by way of Svix. */
export async function svixSigned(secret: string, id: string, body: string, at = new Date()): Promise<Signed> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const made = await hmac('SHA-256', key, `${id}.${timestamp}.${body}`)
  return { headers: { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,AAAA v1,${made}` }, body: Buffer.from(body) }
}

/** Twilio: the address, and the fields in order. */
export async function twilioSigned(token: string, url: string, form: Record<string, string>): Promise<Signed> {
  let text = url
  for (const name of Object.keys(form).sort()) text += name + form[name]
  const headers = {
    'x-twilio-signature': await hmac('SHA-1', Buffer.from(token), text),
    'content-type': 'application/x-www-form-urlencoded',
  }
  return { headers, body: Buffer.from(new URLSearchParams(form).toString()) }
}

/** What SNS signs and posts, with what differs from a notification. */
export type SnsMessage = { Message: string; MessageId: string; TopicArn: string } & Partial<Record<string, string>>

/** SNS. */
export async function snsSigned({ sign }: Signing, given: SnsMessage, version: '1' | '2' = '2'): Promise<Signed> {
  const message: Record<string, string | undefined> = { Type: 'Notification', Timestamp: new Date().toISOString(), ...given }
  const confirming = message.Type !== 'Notification'
  let text = ''
  for (const name of [
    'Message',
    'MessageId',
    confirming ? 'SubscribeURL' : 'Subject',
    'Timestamp',
    confirming ? 'Token' : '',
    'TopicArn',
    'Type',
  ])
    // prettier-ignore
    if (message[name] !== undefined) text += `${name}\n${message[name]}\n`
  const body = {
    SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
    ...message,
    SignatureVersion: version,
    Signature: message.Signature ?? (await sign(version === '1' ? 'SHA-1' : 'SHA-256', text)),
  }
  return { headers: { 'content-type': 'text/plain; charset=UTF-8' }, body: Buffer.from(JSON.stringify(body)) }
}
