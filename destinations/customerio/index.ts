import { z } from 'zod'
import { address, jsonObject, line, objectOf } from '../fields.js'
import type { Http } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'
import { APP, appAuth, config, explain, identifiersOf, person, secrets, TRACK, trackAuth, type Config, type Secrets } from './account.js'
import { identifies, identifyFields, trackFields, tracks } from './track.js'

const transactionalFields = z.strictObject({
  ...person,
  to: address,
  message: line.min(1).max(200).meta({ title: 'Transactional message', description: 'Its ID or its trigger name.' }),
  data: jsonObject.optional().meta({ title: 'Message data', description: 'A JSON object that the message uses as trigger.' }),
})

/**
 * Customer.io: people and events over its Track API (docs.customer.io/integrations/api/track: batch of version 2, account region), transactional email
 * over its App API (docs.customer.io/journeys/send/transactional/api-examples). Its errors: docs.customer.io/journeys/invalid-api-requests.
 */
export function customerio(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'customerio',
    title: 'Customer.io',
    docs: 'https://docs.customer.io/integrations/api/track/',
    config,
    secrets,
    dedupes: false,
    idempotency: 'Customer.io does not recognise a transactional email that comes again. When its answer is lost, onAmbiguous decides.',
    perSecond: 100,
    actions: {
      identify: {
        title: 'Identify',
        fields: identifyFields,
        dedupes: true,
        idempotency: 'Attributes that come again are set to what they are already.',
        ...identifies(http),
      },
      track: {
        title: 'Track event',
        fields: trackFields,
        dedupes: true,
        idempotency: 'Customer.io ignores an event whose ULID, made of the delivery’s key, it has had before.',
        ...tracks(http),
      },
      send_transactional: {
        title: 'Send transactional email',
        channel: 'email',
        fields: transactionalFields,
        send: (call) => transactional(http, call),
      },
    },
    test: (call) => test(http, call),
  }
}

async function transactional(http: Http, call: SendCall<Config, Secrets>): Promise<SendResult> {
  const { to, message, data } = call.fields
  const request = {
    url: `${APP[call.config.region]}/v1/send/email`,
    headers: appAuth(call.secrets),
    json: {
      transactional_message_id: /^\d+$/.test(message!) ? Number(message) : message,
      to,
      identifiers: identifiersOf(call),
      ...(data && { message_data: objectOf(data) }),
    },
  }
  const { json } = await http(call, request, explain)
  const { delivery_id: id } = (json ?? {}) as { delivery_id?: string }
  return { ...(id !== undefined && { vendorId: id }), answer: json }
}

/** Tries each key that there is, and the region. */
async function test(http: Http, call: Parameters<Vendor<Config, Secrets>['test']>[0]): Promise<void> {
  const { region } = call.config
  const asked = { method: 'GET', url: `${TRACK[region]}/api/v1/accounts/region`, headers: trackAuth(call.secrets) } as const
  const { data_center: found } = ((await http(call, asked, explain)).json ?? {}) as { data_center?: string }
  if (found !== undefined && found !== region)
    throw new SendError('permanent', 'customerio_wrong_region', `The account is in the region '${found}'. Change it in the destination.`)
  if (call.secrets.appKey)
    await http(call, { method: 'GET', url: `${APP[region]}/v1/transactional`, headers: appAuth(call.secrets) }, explain)
}
