import { braze } from '../../../destinations/braze/index.js'
import { fcm } from '../../../destinations/fcm/index.js'
import type { Http } from '../../../destinations/outbound/http.js'
import { postmark } from '../../../destinations/postmark/index.js'
import { sendgrid } from '../../../destinations/sendgrid/index.js'
import { ses } from '../../../destinations/ses/index.js'
import { telegram } from '../../../destinations/telegram/index.js'
import { twilio } from '../../../destinations/twilio/index.js'
import { vonage } from '../../../destinations/vonage/index.js'
import type { Vendor } from '../../../destinations/vendor.js'
import { googleAccount } from '../google.js'
import type { Reply, Seen } from '../stub.js'
import { camelAndSnake, type OpenApi, type OpenApiSchema } from './prism.js'

/* Which vendors publish an OpenAPI document, what is asked of each, and in what its document is behind the vendor. */

/** Where a document says something else than the vendor does. */
interface Mend {
  why: string
  mend(document: OpenApi): unknown
}

/** A vendor that publishes a document. */
export interface Publisher {
  type: string
  /** In the folder of documents. */
  file: string
  /** Those of its paths that are asked for. */
  paths: string[]
  mends?: Mend[]
  vendor(http: Http): Vendor
  config: object
  secrets: object
  /** For each action a call with all that there is, one with the least, and what cannot be in the same call. */
  calls: { action: string; fields: Record<string, string>; config?: object }[]
  /** Of a connection test that lacks everything on purpose: the status with which the vendor says so. Of one that the document does not have: why. */
  test?: 400 | 422 | string
  /** What is asked of somebody else, such as a token. */
  aside?: { is(seen: Seen): boolean; answer(seen: Seen): Promise<Reply> }
  /** Documented statuses that are not read as their class is: what they are read as. */
  reads?: Record<number, 'retry' | 'permanent' | 'ambiguous'>
  /** All that the document has of what is asked. */
  only?: string
}

const hex = '0123456789abcdef'.repeat(2)
/** Gives schemas of a document more properties. */
const added =
  (properties: Record<string, OpenApiSchema>, ...schemas: string[]) =>
  ({ components }: OpenApi): void => {
    for (const name of schemas) Object.assign(components.schemas[name]!.properties!, properties)
  }
const email = { to: 'ada@example.com', replyTo: 'Help <help@example.com>' }
const emails: Publisher['calls'] = [
  { action: 'send_email', fields: { ...email, subject: 'Olá', html: '<p>Hi\n€</p>', text: 'Hi' } },
  { action: 'send_email', fields: { to: email.to, subject: 'Hello', text: 'Hi' } },
  { action: 'send_email', fields: { to: email.to, subject: 'Hello', html: '<p>Hi</p>' } },
]
const templates = (...ids: string[]): Publisher['calls'] =>
  ids.flatMap((template) => [
    { action: 'send_template', fields: { ...email, template, data: '{"plan": {"name": "pro", "seats": 3}}' } },
    { action: 'send_template', fields: { to: email.to, template } },
  ])

/** Lets properties of a schema be left out. */
const optional =
  (where: (document: OpenApi) => OpenApiSchema, ...names: string[]) =>
  (document: OpenApi): void => {
    const schema = where(document)
    schema.required = schema.required!.filter((name) => !names.includes(name))
  }

const METADATA = { type: 'object', additionalProperties: { type: 'string', maxLength: 80 } }
const HEADERS = { type: 'array', items: { type: 'object', required: ['Name', 'Value'], properties: { Name: { type: 'string' }, Value: { type: 'string' } } } } // prettier-ignore

const google = googleAccount('https://www.googleapis.com/auth/firebase.messaging')

const push = {
  title: 'Hello',
  body: 'Ada',
  url: 'https://example.com',
  image: 'https://example.com/a.png',
  data: '{"plan": "pro", "seats": 3}',
  collapseKey: 'plan',
  ttlSeconds: '3600',
}

export const publishers: Publisher[] = [
  {
    type: 'sendgrid',
    file: 'sendgrid.com.json',
    paths: ['/mail/send', '/scopes'],
    mends: [
      {
        why: 'An email by a dynamic template has its subject and its content from there.',
        mend: optional(({ paths }) => paths['/mail/send']!.post!.requestBody!.content['application/json']!.schema, 'subject', 'content'),
      },
    ],
    vendor: (http) => sendgrid(http) as Vendor,
    config: { from: 'Example <hello@example.com>' },
    secrets: { apiKey: 'SG.key' },
    calls: [...emails, ...templates(`d-${hex}`)],
  },
  {
    type: 'postmark',
    file: 'postmarkapp.com/server.json',
    paths: ['/email', '/email/batch', '/email/withTemplate', '/email/batchWithTemplates'],
    mends: [
      {
        why: 'Message streams and metadata are newer than the document.',
        mend: added({ MessageStream: { type: 'string' }, Metadata: METADATA }, 'SendEmailRequest', 'EmailWithTemplateRequest'),
      },
      {
        why: 'A template is named by its id or by its alias, not by both.',
        mend: optional(({ components }) => components.schemas['EmailWithTemplateRequest']!, 'TemplateId', 'TemplateAlias'),
      },
      {
        why: 'A sender has a name too: the document says so of emails without a template.',
        mend: ({ components: { schemas } }) => delete schemas['EmailWithTemplateRequest']!.properties!['From']!.format,
      },
    ],
    test: 'message streams are newer than the document',
    vendor: (http) => postmark(http) as Vendor,
    config: { from: 'Example <hello@example.com>' },
    secrets: { serverToken: '0b1a3c5e-token' },
    calls: [...emails, ...templates('welcome', '1234567')],
    // It is lost in most cases, says Postmark.
    reads: { 500: 'ambiguous' },
  },
  {
    type: 'ses',
    file: 'amazonaws.com/sesv2.json',
    paths: ['/v2/email/outbound-emails', '/v2/email/account'],
    mends: [{ why: 'Headers are newer than the document.', mend: added({ Headers: HEADERS }, 'Message', 'Template') }],
    vendor: (http) => ses(http) as Vendor,
    config: { from: 'Example <hello@example.com>', configurationSet: 'events', region: 'eu-west-1' },
    secrets: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
    calls: [...emails, ...templates('welcome')],
  },
  {
    type: 'twilio',
    file: 'twilio.com/api.json',
    paths: ['/2010-04-01/Accounts/{AccountSid}/Messages.json'],
    vendor: (http) => twilio(http) as Vendor,
    config: { accountSid: `AC${hex}`, from: '+15005550006', whatsappFrom: '+14155238886' },
    secrets: { apiKeySid: `SK${hex}`, secret: 'secret' },
    calls: [
      { action: 'send_sms', fields: { to: '+34600111222', body: 'Hello & welcome' } },
      { action: 'send_sms', fields: { to: '+34600111222', body: 'Hello' }, config: { from: `MG${hex}` } },
      { action: 'send_whatsapp', fields: { to: '+34600111222', body: 'Hello' } },
      { action: 'send_whatsapp', fields: { to: '+34600111222', template: `HX${hex}`, data: '{"1": "Ada", "2": 3}' } },
      { action: 'send_whatsapp', fields: { to: '+34600111222', template: `HX${hex}` }, config: { whatsappFrom: `MG${hex}` } },
    ],
    test: 400,
  },
  {
    type: 'vonage',
    file: 'nexmo.com/messages-olympus.json',
    paths: ['/'],
    mends: [
      {
        why: "It asks for a 'message' that it does not describe, and its own examples have none.",
        mend: optional(({ components }) => components.schemas['baseMessageType']!, 'message'),
      },
    ],
    vendor: (http) => vonage(http) as Vendor,
    config: { apiKey: 'abcd1234', from: '+34600111222' },
    secrets: { apiSecret: 'secret' },
    calls: [
      { action: 'send_sms', fields: { to: '+34600111222', body: 'Hello' } },
      { action: 'send_sms', fields: { to: '+34600111222', body: 'Hello' }, config: { from: 'Example' } },
    ],
    test: 422,
  },
  {
    type: 'fcm',
    file: 'googleapis.com/fcm.json',
    paths: ['/v1/projects/{project}/messages:send'],
    mends: [
      {
        why: "The path's {parent} has a slash in it, which OpenAPI cannot say.",
        mend: ({ paths }) => {
          paths['/v1/projects/{project}/messages:send'] = JSON.parse(
            JSON.stringify(paths['/v1/{parent}/messages:send']).replaceAll('"parent"', '"project"'),
          )
        },
      },
      { why: "Names may be written with '_', as FCM's reference writes them (JSON mapping of protobuf).", mend: camelAndSnake },
    ],
    vendor: (http) => fcm(http) as Vendor,
    config: {},
    secrets: { serviceAccount: google.keyFile },
    calls: [
      { action: 'send_push', fields: { to: 'token:0123456789abcdefghij', ...push } },
      { action: 'send_push', fields: { to: 'token:0123456789abcdefghij', title: 'Hello' } },
      { action: 'send_to_topic', fields: { topic: 'news', ...push } },
      { action: 'send_to_topic', fields: { topic: 'news', title: 'Hello' } },
    ],
    aside: { is: google.aside, answer: google.token },
  },
  {
    type: 'telegram',
    file: 'telegram.org.json',
    paths: ['/sendMessage', '/getMe'],
    mends: [
      {
        why: 'A message has messages in it, and Prism makes no example of what has no end.',
        mend: ({ components: { schemas } }) => {
          for (const name of ['reply_to_message', 'pinned_message']) delete schemas['Message']!.properties![name]
        },
      },
    ],
    vendor: (http) => telegram(http) as Vendor,
    config: {},
    secrets: { token: '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11' },
    calls: [
      { action: 'send_message', fields: { to: '42', text: 'Hello <b>Ada</b>', parseMode: 'HTML' } },
      { action: 'send_message', fields: { to: '@example', text: 'Hello' } },
    ],
  },
  {
    type: 'braze',
    file: 'braze.com.json',
    paths: ['/campaigns/list'],
    vendor: (http) => braze(http) as Vendor,
    config: { endpoint: 'https://rest.iad-01.braze.com' },
    secrets: { apiKey: 'key' },
    calls: [],
    only: 'the connection test',
  },
]
