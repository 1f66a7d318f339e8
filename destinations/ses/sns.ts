import { verify, X509Certificate, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { isRecent } from '../feedback.js'
import type { Http } from '../outbound/http.js'
import type { SendCall } from '../vendor.js'

/** What SNS posts; docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html. */
export const envelope = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string(),
  TopicArn: z.string(),
  Message: z.string(),
  Subject: z.string().nullish(),
  Timestamp: z.string(),
  Token: z.string().optional(),
  SubscribeURL: z.string().optional(),
  SignatureVersion: z.string(),
  Signature: z.string(),
  SigningCertURL: z.string(),
})
export type Envelope = z.output<typeof envelope>

type Calling = Pick<SendCall, 'signal' | 'outboundAllow'>

/** Certificates by their addresses, which are never given to another. */
export type Certificates = LRUCache<string, X509Certificate>
export const createCertificates = (): Certificates => new LRUCache({ max: 20, ttl: 86_400_000 })

/**
 * Whether SNS signed it, and lately: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html.
 * @throws SendError when the certificate cannot be had now
 */
export async function isSigned(http: Http, certificates: Certificates, message: Envelope, call: Calling, now: number): Promise<boolean> {
  const { SigningCertURL, SignatureVersion, Timestamp } = message
  const algorithm = { '1': 'sha1', '2': 'sha256' }[SignatureVersion]
  if (algorithm === undefined || !isOfSns(SigningCertURL) || !CERTIFICATE.test(new URL(SigningCertURL).pathname)) return false
  if (!isRecent(Date.parse(Timestamp), now)) return false
  const key = await keyFrom(http, certificates, SigningCertURL, call, now)
  return key !== undefined && verify(algorithm, Buffer.from(textOf(message)), key, Buffer.from(message.Signature, 'base64'))
}

/** Where SNS has its certificates. */
const CERTIFICATE = /^\/[\w-]+\.pem$/

/** Whether an address is one of SNS itself, over TLS. */
export function isOfSns(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, port, username, password } = new URL(text)
  return protocol === 'https:' && port === '' && username + password === '' && /^sns\.[a-z0-9-]{1,30}\.amazonaws\.com$/.test(hostname)
}

/** What is signed: names and values, each on a line. */
function textOf(message: Envelope): string {
  const names = message.Type === 'Notification' ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] // prettier-ignore
  return names
    .map((name) => [name, message[name as keyof Envelope]])
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}\n${value}\n`)
    .join('')
}

async function keyFrom(http: Http, certificates: Certificates, url: string, call: Calling, now: number): Promise<KeyObject | undefined> {
  let certificate = certificates.get(url)
  if (!certificate) {
    const { text } = await http({ ...call, secrets: {} }, { method: 'GET', url })
    try {
      certificate = new X509Certificate(text)
    } catch {
      return undefined
    }
    certificates.set(url, certificate)
  }
  const { validFrom, validTo, publicKey } = certificate
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo) ? publicKey : undefined
}
