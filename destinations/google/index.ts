import { z } from 'zod'
import { AUDIENCE, audienceAction, SET } from '../audience.js'
import type { Http } from '../outbound/http.js'
import { googleTokens, serviceAccount, type WithToken } from '../service-account.js'
import { SendError, type SendCall, type SendResult, type Vendor, type VendorAction } from '../vendor.js'
import { explain, explainRows } from './explain.js'
import { addFields, memberOf, removeFields, type Member } from './member.js'

const API = 'https://datamanager.googleapis.com/v1'
const SCOPE = 'https://www.googleapis.com/auth/datamanager'
/** Most people of one request. */
const MOST = 10_000

const customer = z.string().regex(/^(\d{3}-?\d{3}-?\d{4}|\d{1,20})?$/, { error: 'Give the number of the account, such as 123-456-7890.' })
const config = z.strictObject({
  accountType: z
    .enum(['GOOGLE_ADS', 'DISPLAY_VIDEO_ADVERTISER', 'DISPLAY_VIDEO_PARTNER'])
    .default('GOOGLE_ADS')
    .meta({ title: 'Product', description: 'Whose account it is.' }),
  accountId: customer.min(1, 'Give the number of the account.').meta({ title: 'Account', description: 'That has the audience.' }),
  loginAccountId: customer.optional().meta({ title: 'Manager account', description: 'When the service account has access through it.' }),
  termsAccepted: z
    .boolean()
    .refine((accepted) => accepted, { error: 'Google takes nobody before the terms are accepted.' })
    .meta({ title: 'Terms accepted', description: 'The terms of Customer Match are accepted.' }),
})
const secrets = z.strictObject({ serviceAccount })
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>
type Method = 'ingest' | 'remove'

/**
 * Audiences of Google Ads and Display & Video 360, through the Data Manager API. Adding: developers.google.com/data-manager/api/reference/rest/v1/audienceMembers/ingest;
 * removing: …/audienceMembers/remove; values: …/api/devguides/concepts/formatting; limits: …/api/devguides/limits; errors:
 * …/api/devguides/concepts/errors.
 * @param now ms since 1970; tests have a clock of their own
 */
export function google(http: Http, now: () => number = Date.now): Vendor<Config, Secrets> {
  const withToken = googleTokens(http, SCOPE, now)
  const action = (title: string, fields: z.ZodObject, method: Method): VendorAction<Config, Secrets> =>
    audienceAction({
      title,
      fields,
      most: MOST,
      row: ({ fields: given }) => memberOf(given),
      post: (call, members) => change(http, withToken, method, call, members),
    })
  return {
    type: 'google',
    title: 'Google audiences',
    docs: 'https://developers.google.com/data-manager/api/reference/rest/v1/audienceMembers/ingest',
    config,
    secrets,
    ...SET,
    actions: {
      add_to_audience: action('Add to audience', addFields, 'ingest'),
      remove_from_audience: action('Remove from audience', removeFields, 'remove'),
    },
    test: async (call) => {
      const url = `${API}/requestStatus:retrieve?requestId=tilework`
      const asked = withToken(call, (token) => http(call, { method: 'GET', url, headers: { authorization: `Bearer ${token}` } }, explain))
      await asked.catch((error: unknown) => {
        // It has let us in, and there is no such request.
        if (!(error instanceof SendError && /^google_(INVALID_ARGUMENT|NOT_FOUND)/.test(error.code))) throw error
      })
    },
  }
}

type Outcome = SendResult | SendError

async function change(
  http: Http,
  withToken: WithToken,
  method: Method,
  call: SendCall<Config, Secrets>,
  members: readonly Member[],
): Promise<Outcome[]> {
  const wrong = new Set<number>()
  const json = { ...setting(call, method), audienceMembers: members }
  try {
    const answer = await withToken(call, (token) =>
      http(call, { url: `${API}/audienceMembers:${method}`, headers: { authorization: `Bearer ${token}` }, json }, explainRows(wrong)),
    )
    const { requestId } = (answer.json ?? {}) as { requestId?: string }
    return members.map(() => ({ ...(requestId !== undefined && { vendorId: requestId }), answer: answer.json }))
  } catch (error) {
    if (!(error instanceof SendError) || wrong.size === 0) throw error
    // It names whom it cannot take, and took nobody: the others go again without them.
    const bad = new SendError('permanent', 'bad_recipient', error.message, { answer: error.answer })
    const others = members.filter((_, index) => !wrong.has(index))
    const rest = others.length > 0 && others.length < members.length ? await change(http, withToken, method, call, others) : []
    return members.map((_, index) => (wrong.has(index) ? bad : rest.shift()!))
  }
}

function setting({ config: c, fields }: SendCall<Config, Secrets>, method: Method): Record<string, unknown> {
  const account = (id: string): Record<string, string> => ({ accountType: c.accountType, accountId: id.replaceAll('-', '') })
  const destination = {
    operatingAccount: account(c.accountId),
    ...(c.loginAccountId && { loginAccount: account(c.loginAccountId) }),
    productDestinationId: fields[AUDIENCE],
  }
  const terms = method === 'ingest' ? { termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' } } : {}
  return { destinations: [destination], encoding: 'HEX', ...terms }
}
