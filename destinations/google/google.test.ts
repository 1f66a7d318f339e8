import { webcrypto } from 'node:crypto'
import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { googleAccount } from '../../test/vendors/google.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { closeAgents } from '../outbound/guard.js'
import { createHttp } from '../outbound/http.js'
import { SendError } from '../vendor.js'
import { google } from './index.js'

/*
 * Rules: developers.google.com/data-manager/api/reference/rest/v1/audienceMembers/{ingest,remove}, …/devguides/concepts/formatting,
 * …/devguides/limits.
 */

const account = googleAccount('https://www.googleapis.com/auth/datamanager')
const sha256 = async (text: string): Promise<string> =>
  Buffer.from(await webcrypto.subtle.digest('SHA-256', Buffer.from(text))).toString('hex')

const error = (code: number, status: string, message: string, details: unknown[] = []): Reply => ({
  status: code,
  json: { error: { code, status, message, details } },
})
const violation = (field: string, description: string): Reply =>
  error(400, 'INVALID_ARGUMENT', 'There was a problem with the request.', [
    { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'INVALID_ARGUMENT', domain: 'datamanager.googleapis.com' },
    { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description }] },
  ])

interface Body {
  destinations: { operatingAccount: Record<string, string>; loginAccount?: Record<string, string>; productDestinationId: string }[]
  audienceMembers: { userData: { userIdentifiers: Record<string, unknown>[] }; consent?: Record<string, string> }[]
  encoding?: string
  termsOfService?: { customerMatchTermsOfServiceStatus?: string }
}
const HEX = /^[0-9a-f]{64}$/
const CONSENT = ['CONSENT_GRANTED', 'CONSENT_DENIED']

const rules =
  (audience = new Set<string>()): Rules =>
  async (seen) => {
    const { method, path, host, headers } = seen
    if (account.aside(seen)) return account.token(seen)
    if (host !== 'datamanager.googleapis.com') return { status: 421 }
    if (!account.given.some((token) => headers.authorization === `Bearer ${token}`)) return error(401, 'UNAUTHENTICATED', 'Invalid credentials.') // prettier-ignore
    if (method === 'GET' && path === '/v1/requestStatus:retrieve') return error(400, 'INVALID_ARGUMENT', 'The request ID is not valid.')
    const verb = /^\/v1\/audienceMembers:(ingest|remove)$/.exec(path)?.[1]
    if (method !== 'POST' || !verb) return error(404, 'NOT_FOUND', 'Not found.')
    const known = ['destinations', 'audienceMembers', 'encoding', 'encryptionInfo', 'validateOnly', ...(verb === 'ingest' ? ['consent', 'termsOfService'] : [])] // prettier-ignore
    const extra = Object.keys(seen.json).find((name) => !known.includes(name))
    if (extra) return error(400, 'INVALID_ARGUMENT', `Unknown name "${extra}"`)
    const { destinations, audienceMembers, encoding, termsOfService } = seen.json as unknown as Body
    const [destination] = destinations
    if (!/^\d+$/.test(destination?.operatingAccount.accountId ?? '')) return violation('destinations[0].operating_account', 'Not a number.')
    if (destination?.productDestinationId !== '8192') return violation('destinations[0].product_destination_id', 'No such audience.')
    if (encoding !== 'HEX') return violation('encoding', 'Required.')
    if (verb === 'ingest' && termsOfService?.customerMatchTermsOfServiceStatus !== 'ACCEPTED') return violation('terms_of_service', 'Not accepted.') // prettier-ignore
    if (audienceMembers.length > 10_000) return violation('audience_members', 'Too many.')
    for (const [i, { userData, consent }] of audienceMembers.entries()) {
      const at = `audience_members[${i}].user_data.user_identifiers`
      if (userData.userIdentifiers.length < 1 || userData.userIdentifiers.length > 10) return violation(at, 'One to ten.')
      for (const identifier of userData.userIdentifiers) {
        const { emailAddress, phoneNumber, address } = identifier as { emailAddress?: string; phoneNumber?: string; address?: Record<string, string> } // prettier-ignore
        if (Object.keys(identifier).length !== 1) return violation(at, 'Exactly one of.')
        if (!address && !HEX.test(emailAddress ?? phoneNumber ?? '')) return violation(at, 'Not hexadecimal SHA-256.')
        if (address && !(HEX.test(address.givenName!) && HEX.test(address.familyName!) && /^[A-Z]{2}$/.test(address.regionCode!) && address.postalCode)) return violation(at, 'Not an address.') // prettier-ignore
      }
      if (Object.values(consent ?? {}).some((status) => !CONSENT.includes(status))) return violation(`audience_members[${i}].consent`, 'No such status.') // prettier-ignore
      if (JSON.stringify(userData).includes(await refused)) return violation(at, 'Refused.')
    }
    for (const { userData } of audienceMembers) audience[verb === 'ingest' ? 'add' : 'delete'](JSON.stringify(userData))
    return { status: 200, json: { requestId: 'r1' } }
  }
/** Whom the stub does not take. */
const refused = sha256('refused@example.com')

const shared = {
  vendor: google,
  config: { accountType: 'GOOGLE_ADS' as const, accountId: '123-456-7890', loginAccountId: '987-654-3210', termsAccepted: true },
  secrets: { serviceAccount: account.keyFile },
  fields: { audienceId: '8192', email: 'ada@example.com' },
  aside: account.aside,
  errors: {
    400: violation('destinations[0].product_destination_id', 'No such audience.'),
    401: error(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
    404: error(404, 'NOT_FOUND', 'Requested entity was not found.'),
    429: error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.'),
    500: error(500, 'INTERNAL', 'Internal error encountered.'),
  },
}
const add = conformance({ ...shared, rules: rules(), action: 'add_to_audience' })
const remove = conformance({ ...shared, rules: rules(), action: 'remove_from_audience' })

conforms('destinations/google', add)
conforms('destinations/google', remove)

describe('a request', () => {
  let stub: Stub
  let audience: Set<string>
  const vendor = () => google(createHttp(stub.toward))
  const calls = (all: Record<string, string>[]) =>
    all.map((fields, i) => callOf({ ...add, fields: { audienceId: '8192', ...fields } }, { key: `k${i}`, customerId: `c${i}` }))
  const bodies = () => stub.seen.filter((seen) => !account.aside(seen)).map(({ json }) => json as unknown as Body)
  beforeEach(async () => (stub = await startStub(rules((audience = new Set())), account.aside)))
  afterEach(async () => {
    await closeAgents()
    await stub.stop()
  })

  test('the whole of it: values normalised and hashed as documented, and consent', async () => {
    const who = { email: ' Cloudy.SanFrancisco+shopping@Gmail.com ', phone: '+1 (800) 555-0100', firstName: ' Ada ', lastName: 'Lovelace', country: 'us', zip: ' 94045 ', adUserData: 'granted', adPersonalization: 'denied' } // prettier-ignore
    const { vendorId } = await vendor().actions.add_to_audience!.send(calls([who])[0]!)
    expect(vendorId).toBe('r1')
    expect(bodies()[0]).toEqual({
      destinations: [
        {
          operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '1234567890' },
          loginAccount: { accountType: 'GOOGLE_ADS', accountId: '9876543210' },
          productDestinationId: '8192',
        },
      ],
      encoding: 'HEX',
      termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' },
      audienceMembers: [
        {
          userData: {
            userIdentifiers: [
              { emailAddress: await sha256('cloudysanfrancisco@gmail.com') },
              { phoneNumber: await sha256('+18005550100') },
              { address: { givenName: await sha256('ada'), familyName: await sha256('lovelace'), regionCode: 'US', postalCode: '94045' } },
            ],
          },
          consent: { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_DENIED' },
        },
      ],
    })
  })

  test('dots and pluses of other domains stay', async () => {
    await vendor().actions.add_to_audience!.send(calls([{ email: 'user.name+NYC@Example.com' }])[0]!)
    expect(bodies()[0]!.audienceMembers[0]!.userData.userIdentifiers).toEqual([{ emailAddress: await sha256('user.name+nyc@example.com') }])
  })

  test('added twice is there once; removed twice is gone', async () => {
    const { add_to_audience: adds, remove_from_audience: removes } = vendor().actions
    for (const action of [adds, adds]) await action!.send(callOf(add))
    expect(audience.size).toBe(1)
    for (const action of [removes, removes]) await action!.send(callOf(remove))
    expect(audience.size).toBe(0)
  })

  test('many go together, at most 10,000 in a request; who has no usable value is dropped alone', async () => {
    const many = Array.from({ length: 10_001 }, (_, i) => ({ email: `${i}@example.com` }))
    const outcomes = await vendor().actions.add_to_audience!.gather!.send(calls([{ phone: '?', firstName: 'Ada' }, ...many]))
    expect(bodies().map(({ audienceMembers }) => audienceMembers.length)).toEqual([10_000, 1])
    expect(audience.size).toBe(10_001)
    expect(outcomes.filter((outcome) => outcome instanceof SendError)).toHaveLength(1)
    expect(outcomes[0]).toMatchObject({ kind: 'permanent', code: 'bad_recipient' })
  })

  test('whom Google names fails alone, and the others go again without them', async () => {
    const all = calls(['a@example.com', 'refused@example.com', 'b@example.com'].map((email) => ({ email })))
    const outcomes = await vendor().actions.add_to_audience!.gather!.send(all)
    expect(outcomes.map((outcome) => (outcome instanceof SendError ? outcome.code : 'ok'))).toEqual(['ok', 'bad_recipient', 'ok'])
    expect(audience.size).toBe(2)
    await expect(vendor().actions.add_to_audience!.send(all[1]!)).rejects.toMatchObject({ kind: 'permanent', code: 'bad_recipient' })
  })

  test('an audience that is not there fails all of it, once', async () => {
    const all = calls(['a@example.com', 'b@example.com'].map((email) => ({ audienceId: '1', email })))
    const outcomes = await vendor().actions.add_to_audience!.gather!.send(all)
    expect(outcomes.map((outcome) => (outcome as SendError).code)).toEqual(['google_INVALID_ARGUMENT', 'google_INVALID_ARGUMENT'])
    expect(bodies()).toHaveLength(1)
  })

  test('the connection is tested without a change', async () => {
    await vendor().test(callOf(add))
    expect(stub.seen.map(({ path }) => path)).toEqual(['/token', '/v1/requestStatus:retrieve'])
    stub.trouble.push(shared.errors[401])
    await expect(vendor().test(callOf(add))).rejects.toMatchObject({ code: 'bad_credentials' })
  })
})

test('without the terms nothing is set up', () => {
  expect(google(createHttp()).config.safeParse({ ...shared.config, termsAccepted: false }).success).toBe(false)
})
