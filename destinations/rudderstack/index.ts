import { z } from 'zod'
import { forwards, writeKeyAuth } from '../forwarding.js'
import type { Explain, Http } from '../outbound/http.js'
import { SendError, type Vendor } from '../vendor.js'

const config = z.strictObject({
  dataPlane: z
    .string()
    .max(300)
    .regex(/^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?$/i, {
      error: 'Give the data plane URL without a path, such as https://example.dataplane.rudderstack.com.',
    })
    .meta({ title: 'Data plane URL', description: 'From Connections: https://example.dataplane.rudderstack.com, or that of your own.' }),
})
const secrets = z.strictObject({
  writeKey: z.string().min(1, 'Give the write key.').max(100).meta({ title: 'Write key', description: 'Of a source of the kind HTTP.' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

/**
 * Events forwarded to RudderStack: rudderstack.com/docs/api/http-api; the statuses: gateway/openapi.yaml of rudderlabs/rudder-server; repeats:
 * rudderstack.com/docs/user-guides/administrators-guide/deduplication.
 */
export function rudderstack(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'rudderstack',
    title: 'RudderStack',
    docs: 'https://www.rudderstack.com/docs/api/http-api/',
    config,
    secrets,
    dedupes: true,
    idempotency:
      'RudderStack drops an event whose messageId, the delivery’s key, it processed within the last 7 days; a data plane of your own only if Dedup.enableDedup is on.',
    actions: forwards<Config, Secrets>({
      http,
      origin: ({ dataPlane }) => dataPlane,
      headers: ({ writeKey }) => writeKeyAuth(writeKey),
      explain,
      batchBytes: 4_000_000,
    }),
    test: async (call) => {
      const request = { url: `${call.config.dataPlane}/v1/batch`, headers: writeKeyAuth(call.secrets.writeKey), json: { batch: [] } }
      await http(call, request, explain).catch((error: unknown) => {
        // A batch of nothing is refused, and only of a key that is known.
        if (!(error instanceof SendError && error.code === 'rudderstack_refused')) throw error
      })
    },
  }
}

/** Sentences in plain text. 404 is of a source that is switched off. */
const explain: Explain = ({ status, text }) => {
  if (status < 300) return undefined
  const said = text ? { message: text.trim() } : {}
  if (status === 404) return { ...said, code: 'rudderstack_source_disabled' }
  return status === 400 || status === 413 ? { ...said, code: 'rudderstack_refused' } : said
}
