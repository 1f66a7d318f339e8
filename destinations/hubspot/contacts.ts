import { z } from 'zod'
import { jsonObject, line, objectOf } from '../fields.js'
import type { Http } from '../outbound/http.js'
import { together } from '../outbound/together.js'
import { SendError, type SendCall, type SendResult, type VendorAction } from '../vendor.js'
import { API, codeOf, explain, headersOf, type Config, type HubSpotError, type Secrets } from './account.js'

/** HubSpot takes 100, and answers with each contact as it is then: of more than these the answer could be larger than what is read of one. */
const MOST = 40

export const contactFields = z.strictObject({
  id: line
    .min(1, 'Give the value of the unique property.')
    .max(320)
    .meta({ title: 'Contact', description: 'The value of the unique property: an email address, unless the destination says otherwise.' }),
  properties: jsonObject
    .refine((text) => Object.values(objectOf(text) ?? {}).every(isValue), { error: 'Give texts, numbers, yes or no, or lists of these.' })
    .meta({ title: 'Properties', description: 'A JSON object of internal names and values; null clears one.' }),
})

interface Input {
  id: string
  idProperty: string
  properties: Record<string, string>
}

/** Creates contacts, or updates those that are there. */
export const upserts = (http: Http): Required<Pick<VendorAction<Config, Secrets>, 'send' | 'gather'>> =>
  together<Config, Secrets, Input>({
    most: MOST,
    perRequest: true,
    part: ({ config, fields }) => ({
      id: fields.id!,
      idProperty: config.idProperty,
      properties: Object.fromEntries(Object.entries(objectOf(fields.properties) ?? {}).map(([name, value]) => [name, textOf(value)])),
    }),
    room: MOST,
    weight: () => 1,
    // A contact that is twice in a batch is refused.
    apart: ({ id }) => id.trim().toLowerCase(),
    post: (inputs, call) => post(http, inputs, call),
  })

async function post(http: Http, inputs: readonly Input[], call: SendCall<Config, Secrets>): Promise<(SendResult | SendError)[]> {
  const url = `${API}/crm/objects/2026-09/contacts/batch/upsert`
  const traced = inputs.map((input, index) => ({ ...input, objectWriteTraceId: String(index) }))
  const { json } = await http(call, { url, headers: headersOf(call.secrets), json: { inputs: traced } }, explain)
  const { results = [], errors = [] } = (json ?? {}) as {
    results?: { id?: string; objectWriteTraceId?: string }[]
    errors?: HubSpotError[]
  }
  return traced.map(({ objectWriteTraceId: trace }, index) => {
    const result = results.find((each) => each.objectWriteTraceId === trace) ?? (errors.length === 0 ? results[index] : undefined)
    // One that cannot be told whose it is may be of each.
    const error = errors.find(({ context }) => context?.objectWriteTraceId?.includes(trace) ?? inputs.length === 1)
    if (error) return new SendError('permanent', codeOf(error), `HubSpot did not take it: ${error.message ?? ''}`, { answer: error })
    if (errors.length > 0 && !result)
      return new SendError('ambiguous', 'hubspot_refused', 'HubSpot did not take all of a batch, and not which.')
    return { ...(result?.id !== undefined && { vendorId: result.id }), answer: { id: result?.id } }
  })
}

const isScalar = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value)
const isValue = (value: unknown): boolean => isScalar(value) || (Array.isArray(value) && value.every(isScalar))

/** Values as HubSpot has them: texts; several of a choice with semicolons between; an empty one clears. */
const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(';') : value === null ? '' : String(value))
