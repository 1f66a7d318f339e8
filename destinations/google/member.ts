import { z } from 'zod'
import { AUDIENCE, countryCode, hashed, person, phoneDigits, plainEmail } from '../audience.js'

const audience = z
  .string()
  .regex(/^\d{1,30}$/, { error: 'Give the ID of the audience: digits only.' })
  .meta({ title: 'Audience ID' })
const consent = z.enum(['granted', 'denied']).optional()

export const removeFields = z.strictObject({ [AUDIENCE]: audience, ...person })
export const addFields = z.strictObject({
  [AUDIENCE]: audience,
  ...person,
  adUserData: consent.meta({
    title: 'Consent to use of data',
    description: 'granted or denied, for advertising. In the EEA Google asks for it.',
  }),
  adPersonalization: consent.meta({ title: 'Consent to personal ads', description: 'granted or denied.' }),
})

/** AudienceMember: developers.google.com/data-manager/api/reference/rest/v1/AudienceMember. */
export interface Member {
  userData: { userIdentifiers: Record<string, unknown>[] }
  consent?: Record<string, string>
}

/** Who somebody is, normalised and hashed as Google asks; undefined when no value of it can be used. */
export function memberOf(given: Record<string, string>): Member | undefined {
  const email = gmail(plainEmail(given.email))
  const phone = phoneDigits(given.phone)
  const address = addressOf(given)
  const userIdentifiers = [
    ...(email ? [{ emailAddress: hashed(email) }] : []),
    ...(phone ? [{ phoneNumber: hashed(`+${phone}`) }] : []),
    ...(address ? [{ address }] : []),
  ]
  if (userIdentifiers.length === 0) return undefined
  const { adUserData, adPersonalization } = given
  const said = {
    ...(adUserData && { adUserData: status(adUserData) }),
    ...(adPersonalization && { adPersonalization: status(adPersonalization) }),
  }
  return { userData: { userIdentifiers }, ...(Object.keys(said).length > 0 && { consent: said }) }
}

const status = (word: string): string => `CONSENT_${word.toUpperCase()}`

/** Google's own addresses are the same with and without dots, and with anything behind a plus. */
function gmail(email: string): string {
  const [local = '', domain = ''] = email.split('@')
  return domain === 'gmail.com' || domain === 'googlemail.com' ? `${local.replace(/\+.*$/, '').replaceAll('.', '')}@${domain}` : email
}

/** All four or nothing: names hashed, country and postal code as they are. */
function addressOf({ firstName = '', lastName = '', country, zip = '' }: Record<string, string>): Record<string, string> | undefined {
  const [given, family] = [firstName, lastName].map((name) => hashed(name.trim().toLowerCase()))
  const regionCode = countryCode(country).toUpperCase()
  const postalCode = zip.trim()
  return given && family && regionCode && postalCode ? { givenName: given, familyName: family, regionCode, postalCode } : undefined
}
