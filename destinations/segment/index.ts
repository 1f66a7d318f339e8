import { z } from 'zod'
import { forwards, writeKeyAuth } from '../forwarding.js'
import type { Explain, Http } from '../outbound/http.js'
import type { Vendor } from '../vendor.js'

const ORIGINS = { us: 'https://api.segment.io', eu: 'https://events.eu1.segmentapis.com' }

const config = z.strictObject({
  region: z
    .enum(['us', 'eu'])
    .default('us')
    .meta({ title: 'Region', description: 'Where the workspace is: in the other, events are lost without an error.' }),
})
const secrets = z.strictObject({
  writeKey: z
    .string()
    .regex(/^[A-Za-z0-9]{1,100}$/, { error: 'Give the write key of a source: letters and digits.' })
    .meta({ title: 'Write key', description: 'Of a source of the kind HTTP API.' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

/**
 * Events forwarded to Segment: twilio.com/docs/segment/connections/sources/catalog/libraries/server/http-api; regions:
 * /docs/segment/guides/regional-segment; repeats: /docs/segment/guides/duplicate-data. Segment takes whatever is JSON and not too large, and says what it
 * did not use in its debugger.
 */
export function segment(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'segment',
    title: 'Segment',
    docs: 'https://www.twilio.com/docs/segment/connections/sources/catalog/libraries/server/http-api',
    config,
    secrets,
    dedupes: true,
    idempotency: 'Segment drops a message whose messageId, the delivery’s key, came within the last 24 hours; of 99 in 100, as it says.',
    perSecond: 1000,
    actions: forwards<Config, Secrets>({
      http,
      origin: ({ region }) => ORIGINS[region],
      headers: ({ writeKey }) => writeKeyAuth(writeKey),
      explain,
      batchBytes: 480 * 1024,
    }),
    test: async (call) => {
      // What takes events answers to any key; the settings that a source's libraries read are only there for one that exists.
      const url = `https://cdn.segment.com/v1/projects/${call.secrets.writeKey}/settings`
      await http(call, { method: 'GET', url }, ({ status }) =>
        status >= 400 && status < 500 && status !== 429 ? { code: 'bad_credentials' } : undefined,
      )
    },
  }
}

/** A 400 is for what is no JSON or too large. Once too fast, X-RateLimit-Reset has the seconds to wait, as Retry-After does. */
const explain: Explain = ({ status, headers, json, text }) => {
  if (status < 300) return undefined
  const { message = text } = (json ?? {}) as { message?: string }
  const said = message ? { message } : {}
  const wait = Number(headers['x-ratelimit-reset'])
  if (status === 429 && headers['retry-after'] === undefined && wait > 0) return { ...said, retryAfterMs: wait * 1000 }
  return status === 400 ? { ...said, code: 'segment_refused' } : said
}
