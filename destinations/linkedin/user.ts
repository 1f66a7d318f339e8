import { z } from 'zod'
import { AUDIENCE, countryCode, hashed, person, plainEmail } from '../audience.js'
import { line } from '../fields.js'

const { email, firstName, lastName, country } = person
const some = line.max(500).optional()

export const fields = z.strictObject({
  [AUDIENCE]: z
    .string()
    .regex(/^\d{1,30}$/, { error: 'Give the ID of the segment: digits only.' })
    .meta({ title: 'Segment ID', description: 'Of a DMP segment for users.' }),
  email,
  firstName,
  lastName,
  company: some.meta({ title: 'Company' }),
  jobTitle: some.meta({ title: 'Job title' }),
  country,
  advertisingId: some.meta({ title: 'Advertising ID', description: "Android's." }),
})

/** Who somebody is, as LinkedIn takes it. */
export interface User {
  userIds?: { idType: 'SHA256_EMAIL' | 'GOOGLE_AID'; idValue: string }[]
  firstName?: string
  lastName?: string
  company?: string
  title?: string
  country?: string
}

/** The address hashed, the rest as it is; undefined when there is neither an identifier nor a whole name. */
export function userOf(given: Record<string, string>): User | undefined {
  const [first, last, company, title, advertisingId] = [given.firstName, given.lastName, given.company, given.jobTitle, given.advertisingId].map((text = '') => text.trim()) // prettier-ignore
  const address = hashed(plainEmail(given.email))
  const land = countryCode(given.country).toUpperCase()
  const userIds: User['userIds'] = [
    ...(address ? [{ idType: 'SHA256_EMAIL' as const, idValue: address }] : []),
    ...(advertisingId ? [{ idType: 'GOOGLE_AID' as const, idValue: advertisingId.toLowerCase() }] : []),
  ]
  if (userIds.length === 0 && !(first && last)) return undefined
  return {
    ...(userIds.length > 0 && { userIds }),
    ...(first && { firstName: first }),
    ...(last && { lastName: last }),
    ...(company && { company }),
    ...(title && { title }),
    ...(land && { country: land }),
  }
}
