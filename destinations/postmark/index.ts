import { replyTo } from '../email.js'
import { emailFields } from '../fields.js'
import type { Http } from '../outbound/http.js'
import type { SendResult, Vendor, VendorAction } from '../vendor.js'
import { explain, resultOf } from './answer.js'
import { API, config, headersOf, secrets, type Call, type Config, type Secrets } from './api.js'
import { sendBatch } from './batch.js'
import { feedback } from './feedback.js'
import { emails, templated, templates, type Kind } from './message.js'

/**
 * Email through Postmark. Its API: postmarkapp.com/developer/api/email-api and .../api/templates-api#send-email-with-template; its errors and statuses:
 * .../api/overview; batches: .../user-guide/send-email-with-api/batch-emails; metadata: postmarkapp.com/support/article/1125-custom-metadata-faq.
 */
export function postmark(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'postmark',
    title: 'Postmark',
    docs: 'https://postmarkapp.com/developer/api/email-api',
    config,
    secrets,
    feedback,
    dedupes: false,
    idempotency:
      'Postmark has no idempotency key: when its answer is lost, the email may have been sent. It carries the key of the delivery as the metadata tilework_key.',
    actions: {
      send_email: { title: 'Send email', channel: 'email', fields: emailFields.extend({ replyTo }), ...sending(http, emails) },
      send_template: { title: 'Send template', channel: 'email', fields: templated, ...sending(http, templates) },
    },
    test: async (call) => {
      const url = `${API}/message-streams/${call.config.messageStream}`
      await http(call, { method: 'GET', url, headers: headersOf(call) }, explain)
    },
  }
}

const sending = (http: Http, kind: Kind): Required<Pick<VendorAction<Config, Secrets>, 'send' | 'gather'>> => ({
  send: (call) => sendOne(http, kind, call),
  gather: { most: 500, send: (calls) => sendBatch(http, kind, calls) },
})

async function sendOne(http: Http, kind: Kind, call: Call): Promise<SendResult> {
  const { json } = await http(call, { url: `${API}${kind.one}`, headers: headersOf(call), json: kind.messageOf(call) }, explain)
  return resultOf(json)
}
