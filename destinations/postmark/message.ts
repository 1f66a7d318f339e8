import { templateFields, type TemplateEmail } from '../email.js'
import { emailOf, line, objectOf } from '../fields.js'
import type { Call } from './api.js'

/** What is sent by an action, alone and with others. */
export interface Kind {
  /** Path for one. */
  one: string
  /** Path for many. */
  many: string
  /** The body for many. */
  together(messages: readonly object[]): unknown
  /** @throws SendError when it cannot be sent */
  messageOf(call: Call): object
}

/** Emails whose text is rendered here. */
export const emails: Kind = { one: '/email', many: '/email/batch', together: (messages) => messages, messageOf: emailMessage }
/** Emails by a template that is kept at Postmark. */
export const templates: Kind = {
  one: '/email/withTemplate',
  many: '/email/batchWithTemplates',
  together: (messages) => ({ Messages: messages }),
  messageOf: templateMessage,
}

/** What an email by a template is. */
export const templated = templateFields.extend({
  template: line
    .regex(/^(\d{1,15}|[A-Za-z][A-Za-z0-9_.-]{0,99})$/, { error: "Give a template's alias, such as welcome, or its id, such as 1234567." })
    .meta({ title: 'Template', description: 'Its alias or its id.' }),
})

function emailMessage(call: Call): object {
  const { to, subject, html, text, ...email } = emailOf(call.fields)
  return { ...messageOf(call, to, email.replyTo), Subject: subject, ...(html && { HtmlBody: html }), ...(text && { TextBody: text }) }
}

function templateMessage(call: Call): object {
  const { to, template, data, ...email } = call.fields as unknown as TemplateEmail
  const which = /^\d+$/.test(template) ? { TemplateId: Number(template) } : { TemplateAlias: template }
  return { ...messageOf(call, to, email.replyTo), ...which, TemplateModel: objectOf(data) ?? {} }
}

/** Longest value of metadata. */
const MAX_VALUE = 80

function messageOf({ config: { from, messageStream }, key, headers }: Call, to: string, replies: string | undefined): object {
  const more = key.slice(MAX_VALUE)
  return {
    From: from,
    To: to,
    ...(replies && { ReplyTo: replies }),
    MessageStream: messageStream,
    ...(headers && { Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })) }),
    Metadata: { tilework_key: key.slice(0, MAX_VALUE), ...(more && { tilework_key_more: more }) },
  }
}
