import { createECDH, generateKeyPairSync } from 'node:crypto'
import { googleAccount } from '../vendors/google.js'

/* An account at every vendor, whose secrets cannot be anything else, and an action of it. */

export interface Account {
  type: string
  config: Record<string, unknown>
  secrets: Record<string, unknown>
  action: string
  fields: Record<string, string>
}

/** With what JSON, URLs, forms and HTML write otherwise. */
const secret = (of: string): string => `S3CRET-${of}-"/&+<=>\\%~`
const hex = (seed: number): string => Array.from({ length: 32 }, (_, n) => ((n * seed + seed) % 16).toString(16)).join('')
const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Hi' }
const to = { to: '+34600111222', body: 'Hi' }
const own = { from: 'Shop <shop@example.com>' }
const tracked = { event: 'Renewed', properties: '{"plan":"pro"}' }
const audience = { audienceId: '8192', email: 'ada@example.com' }

const apple = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const vapid = createECDH('prime256v1')
const browser = createECDH('prime256v1')
const subscription = {
  endpoint: 'https://push.example.net/send/abc',
  keys: { p256dh: browser.generateKeys('base64url'), auth: Buffer.from('sixteen bytes ok').toString('base64url') },
}
const keyed = (): string => {
  vapid.generateKeys()
  return vapid.getPrivateKey('base64url').padStart(43, 'A')
}
const whsec = (of: string): string => `whsec_${Buffer.from(`S3CRET-${of}-of-thirty-bytes`).toString('base64')}`

/** @param smtpPort where an SMTP server listens on loopback. @param hooks the URL of a receiver on loopback */
export function accounts(smtpPort: number, hooks: string): Account[] {
  const serviceAccount = googleAccount('-').keyFile
  return [
    { type: 'smtp', config: { ...own, host: '127.0.0.1', port: smtpPort, secure: false, user: 'shop' }, secrets: { password: secret('smtp') }, action: 'send_email', fields: mail },
    { type: 'mailgun', config: { ...own, domain: 'mg.example.com', region: 'us' }, secrets: { apiKey: secret('mailgun') }, action: 'send_email', fields: mail },
    { type: 'postmark', config: own, secrets: { serverToken: secret('postmark') }, action: 'send_email', fields: mail },
    { type: 'resend', config: own, secrets: { apiKey: secret('resend') }, action: 'send_email', fields: mail },
    { type: 'sendgrid', config: own, secrets: { apiKey: secret('sendgrid') }, action: 'send_email', fields: mail },
    { type: 'ses', config: { ...own, region: 'eu-west-1' }, secrets: { accessKeyId: 'S3CRETACCESSKEYID', secretAccessKey: secret('ses') }, action: 'send_email', fields: mail },
    { type: 'twilio', config: { accountSid: `AC${hex(1)}`, from: '+15005550006' }, secrets: { apiKeySid: `SK${hex(7)}`, secret: secret('twilio') }, action: 'send_sms', fields: to },
    { type: 'vonage', config: { apiKey: 'abcd1234', from: '+34600999888' }, secrets: { apiSecret: secret('vonage') }, action: 'send_sms', fields: to },
    { type: 'apns', config: { topic: 'com.example.app', teamId: 'DEF123GHIJ', keyId: 'ABC123DEFG' }, secrets: { privateKey: apple }, action: 'send_push', fields: { to: 'ab'.repeat(32), title: 'Hello', body: 'Ada' } },
    { type: 'fcm', config: {}, secrets: { serviceAccount }, action: 'send_push', fields: { to: 'token:0123456789abcdefghij', title: 'Hello', body: 'Ada' } },
    { type: 'onesignal', config: { appId: '5a8ef1c2-7c1a-4f0e-9b42-1f2d3c4b5a69' }, secrets: { apiKey: secret('onesignal') }, action: 'send_push', fields: { to: 'ada', title: 'Hello' } },
    { type: 'web-push', config: { subject: 'mailto:push@example.com' }, secrets: { privateKey: keyed() }, action: 'send_push', fields: { to: JSON.stringify(subscription), title: 'Hello' } },
    { type: 'slack', config: {}, secrets: { url: 'https://hooks.slack.com/services/T0S3CRET/B0S3CRET/S3CRETslack0123456789ab' }, action: 'send_message', fields: { text: 'Hi' } },
    { type: 'teams', config: {}, secrets: { url: 'https://default0.01.environment.api.powerplatform.com/workflows/x/invoke?api-version=1&sig=S3CRET-teams-0123456789%2Babcdef' }, action: 'send_message', fields: { text: 'Hi' } },
    { type: 'telegram', config: {}, secrets: { token: '123456:S3CRET-telegram-0123456789' }, action: 'send_message', fields: { to: '42', text: 'Hi' } },
    { type: 'braze', config: { endpoint: 'https://rest.fra-01.braze.eu' }, secrets: { apiKey: secret('braze') }, action: 'track_user', fields: tracked },
    { type: 'customerio', config: { region: 'eu' }, secrets: { siteId: secret("site"), trackKey: secret('customerio'), appKey: secret('app') }, action: 'track', fields: tracked },
    { type: 'hubspot', config: { idProperty: 'email' }, secrets: { token: secret('hubspot') }, action: 'upsert_contact', fields: { id: 'ada@example.com', properties: '{"plan":"pro"}' } },
    { type: 'iterable', config: { region: 'eu' }, secrets: { apiKey: secret('iterable') }, action: 'track', fields: tracked },
    { type: 'klaviyo', config: {}, secrets: { apiKey: `pk_${secret('klaviyo')}` }, action: 'track', fields: { ...tracked, email: 'ada@example.com' } },
    { type: 'rudderstack', config: { dataPlane: 'https://example.dataplane.rudderstack.com' }, secrets: { writeKey: secret('rudderstack') }, action: 'track', fields: tracked },
    { type: 'segment', config: { region: 'eu' }, secrets: { writeKey: 'S3CRETsegmentKey0123456789' }, action: 'track', fields: tracked },
    { type: 'google', config: { accountId: '123-456-7890', termsAccepted: true }, secrets: { serviceAccount }, action: 'add_to_audience', fields: audience },
    { type: 'linkedin', config: { accountId: '516848833' }, secrets: { accessToken: secret('linkedin') }, action: 'add_to_audience', fields: audience },
    { type: 'meta', config: {}, secrets: { accessToken: secret('meta'), appSecret: hex(5) }, action: 'add_to_audience', fields: audience },
    { type: 'webhook', config: { url: hooks }, secrets: { secret: whsec('new'), previousSecret: whsec('old'), headers: { 'X-Custom': secret('custom'), Authorization: `Bearer ${secret('hook')}` } }, action: 'send_event', fields: { type: 'customer.upgraded', data: '{"plan":"gold"}' } },
  ] // prettier-ignore
}
