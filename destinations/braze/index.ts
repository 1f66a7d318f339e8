import { z } from 'zod'
import { jsonObject, line, objectOf } from '../fields.js'
import type { Http } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'
import { config, externalId, headersOf, secrets, userOf, type Config, type Secrets } from './account.js'
import { explain } from './errors.js'
import { feedback } from './feedback.js'
import { sendIdOf } from './send-id.js'
import { trackFields, trackUser, updateFields, updateProfile } from './track.js'

const properties = jsonObject.optional()
const id = line.min(1).max(100)
const campaignFields = z.strictObject({
  externalId,
  campaignId: id.meta({ title: 'Campaign ID', description: 'Of a campaign that is triggered by the API.' }),
  properties: properties.meta({ title: 'Trigger properties' }),
})
const canvasFields = z.strictObject({
  externalId,
  canvasId: id.meta({ title: 'Canvas ID', description: 'Of a canvas that is triggered by the API.' }),
  properties: properties
    .refine((text) => Buffer.byteLength(text ?? '') <= 50_000, { error: 'At most 50 KB.' })
    .meta({ title: 'Entry properties', description: 'At most 50 KB.' }),
})
const messageFields = z.strictObject({
  externalId,
  messages: jsonObject.meta({ title: 'Messages', description: 'By channel, as Braze writes them: {"email": {…}, "sms": {…}}.' }),
  campaignId: id.optional().meta({ title: 'Campaign ID', description: 'Of an API campaign that the figures are counted in.' }),
  subscribers: z
    .enum(['opted_in', 'subscribed', 'all'])
    .optional()
    .meta({ title: 'Subscribers', description: 'Those who get it: opted_in, subscribed (unless told) or all.' }),
})

const ONCE_PER_CALL = 'Braze does not recognise a message that comes again. When its answer is lost, onAmbiguous decides.'

/**
 * Braze over its REST API: braze.com/docs/api/endpoints/user_data/post_user_track and, under /api/endpoints/messaging/send_messages/, the pages
 * post_send_triggered_campaigns, post_send_triggered_canvases, post_send_messages and post_send_transactional_message; errors: /api/errors; rates:
 * /api/api_limits.
 */
export function braze(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'braze',
    title: 'Braze',
    docs: 'https://www.braze.com/docs/api/home',
    config,
    secrets,
    dedupes: false,
    idempotency: ONCE_PER_CALL,
    feedback,
    // 250,000 an hour for all that sends; users/track takes more.
    perSecond: 69,
    actions: {
      track_user: { title: 'Track user', fields: trackFields, ...trackUser(http) },
      update_profile: { title: 'Update profile', fields: updateFields, ...updateProfile(http) },
      trigger_campaign: {
        title: 'Trigger campaign',
        fields: campaignFields,
        send: (call) => {
          const { campaignId, properties } = call.fields
          const recipient = { external_user_id: userOf(call), ...(properties && { trigger_properties: objectOf(properties) }) }
          return post(http, call, '/campaigns/trigger/send', { campaign_id: campaignId, recipients: [recipient] })
        },
      },
      trigger_canvas: {
        title: 'Trigger canvas',
        fields: canvasFields,
        send: (call) => {
          const { canvasId, properties } = call.fields
          const recipient = { external_user_id: userOf(call), ...(properties && { canvas_entry_properties: objectOf(properties) }) }
          return post(http, call, '/canvas/trigger/send', { canvas_id: canvasId, recipients: [recipient] })
        },
      },
      send_message: {
        title: 'Send message',
        fields: messageFields,
        send: (call) => {
          const { messages, campaignId, subscribers } = call.fields
          return post(http, call, '/messages/send', {
            external_user_ids: [userOf(call)],
            ...(campaignId && { campaign_id: campaignId }),
            ...(subscribers && { recipient_subscription_state: subscribers }),
            messages: objectOf(messages),
          })
        },
      },
      send_transactional: {
        title: 'Send transactional email',
        channel: 'email',
        fields: campaignFields,
        dedupes: true,
        idempotency: 'Braze takes a transactional email once per external_send_id, which is the delivery’s key, within 24 hours.',
        send: (call) => {
          const { campaignId, properties } = call.fields
          return post(http, call, `/transactional/v1/campaigns/${encodeURIComponent(campaignId!)}/send`, {
            external_send_id: sendIdOf(call.key),
            ...(properties && { trigger_properties: objectOf(properties) }),
            recipient: { external_user_id: userOf(call) },
          })
        },
      },
    },
    test: async (call) => {
      const url = `${call.config.endpoint}/campaigns/list`
      const asked = http(call, { method: 'GET', url, headers: headersOf(call.secrets) }, explain)
      await asked.catch((error: unknown) => {
        // A key that may not list campaigns is told so here, and that is enough to know that it is one.
        if (!(error instanceof SendError && error.code === 'braze_no_permission')) throw error
      })
    },
  }
}

async function post(http: Http, call: SendCall<Config, Secrets>, path: string, json: unknown): Promise<SendResult> {
  const answer = await http(call, { url: call.config.endpoint + path, headers: headersOf(call.secrets), json }, explain)
  const { dispatch_id: id } = (answer.json ?? {}) as { dispatch_id?: string }
  return { ...(id !== undefined && { vendorId: id }), answer: answer.json }
}
