import { uuidOf } from '../derived.js'
import { z } from 'zod'
import { address, instant, jsonObject, line, objectOf } from '../fields.js'
import type { Http } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'
import { API, config, explain, headersOf, secrets, type Config, type Secrets } from './account.js'
import { contactFields, upserts } from './contacts.js'

const eventFields = z.strictObject({
  email: address,
  event: line
    .regex(/^pe\d+_[a-z0-9_-]+$/, { error: 'Give the full name of the event, such as pe1234567_renewed.' })
    .meta({ title: 'Event', description: 'The full name of a custom event that is defined: pe1234567_renewed.' }),
  properties: jsonObject.optional().meta({ title: 'Event properties', description: 'A JSON object.' }),
  timestamp: instant.optional().meta({ title: 'Time', description: 'When it happened; now unless told.' }),
})

/**
 * HubSpot with the token of a private app: developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide (upsert),
 * /latest/events/send-event-data/send-event-occurrence, /latest/error-handling, /docs/developer-tooling/platform/usage-guidelines.
 */
export function hubspot(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'hubspot',
    title: 'HubSpot',
    docs: 'https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide',
    config,
    secrets,
    dedupes: false,
    idempotency: 'HubSpot does not say that it recognises an event that comes again. When its answer is lost, onAmbiguous decides.',
    // 100 in 10 seconds, of the smallest accounts.
    perSecond: 10,
    actions: {
      upsert_contact: {
        title: 'Create or update contact',
        fields: contactFields,
        dedupes: true,
        idempotency: 'Properties that come again are set to what they are already.',
        ...upserts(http),
      },
      track: { title: 'Send custom event', fields: eventFields, send: (call) => sendEvent(http, call) },
    },
    test: async (call) => {
      const asked = http(call, { method: 'GET', url: `${API}/account-info/v3/details`, headers: headersOf(call.secrets) }, explain)
      await asked.catch((error: unknown) => {
        // A token without this scope is told so here, and that is enough to know that it is one.
        if (!(error instanceof SendError && error.code === 'hubspot_missing_scopes')) throw error
      })
    },
  }
}

/** Its answer, 204, is empty. */
async function sendEvent(http: Http, call: SendCall<Config, Secrets>): Promise<SendResult> {
  const { email, event, properties, timestamp } = call.fields
  // Of version 8: made of something. By it the event can be found again.
  const uuid = uuidOf(call.key, 8)
  const json = {
    eventName: event,
    email,
    uuid,
    ...(timestamp && { occurredAt: timestamp }),
    ...(properties && { properties: objectOf(properties) }),
  }
  await http(call, { url: `${API}/events/2026-03/send`, headers: headersOf(call.secrets), json }, explain)
  return { vendorId: uuid }
}
