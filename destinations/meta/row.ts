import { z } from 'zod'
import { AUDIENCE, countryCode, hashed, person, phoneDigits, plainEmail } from '../audience.js'
import { line } from '../fields.js'

const some = line.max(500).optional()

export const fields = z.strictObject({
  [AUDIENCE]: z
    .string()
    .regex(/^\d{1,30}$/, { error: 'Give the ID of the custom audience: digits only.' })
    .meta({ title: 'Audience ID' }),
  ...person,
  externalId: some.meta({ title: 'External ID', description: 'Your own; it is sent as it is.' }),
  city: some.meta({ title: 'City' }),
  state: some.meta({ title: 'State', description: 'In the USA its two letters.' }),
  dateOfBirth: some.meta({ title: 'Date of birth', description: '1990-12-31.' }),
  gender: some.meta({ title: 'Gender', description: 'f or m.' }),
  advertisingId: some.meta({ title: 'Advertising ID', description: "Of a phone: Apple's IDFA or Android's." }),
})

/** Values by the name of their column; columns without a value are left out. */
export type Row = Record<string, string>

/** Columns that alone say who it is; the others narrow it down. */
const TELLING = ['EMAIL', 'PHONE', 'EXTERN_ID', 'MADID']

/** A row, each value normalised and hashed as Meta asks; undefined when none of them is left, or not enough to know anybody by. */
export function rowOf(given: Record<string, string>): Row | undefined {
  const { email, phone, firstName, lastName, city, state, zip, country, dateOfBirth, gender, externalId = '', advertisingId = '' } = given
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec((dateOfBirth ?? '').trim()) ?? []
  const land = countryCode(country)
  const plain = {
    EMAIL: plainEmail(email),
    PHONE: phoneDigits(phone),
    FN: name(firstName),
    LN: name(lastName),
    FI: name(firstName).slice(0, 1),
    CT: letters(city),
    ST: letters(state),
    ZIP: postalCode(zip, land),
    COUNTRY: land,
    DOBY: year,
    DOBM: month,
    DOBD: day,
    GEN: /^[fm]/.exec((gender ?? '').trim().toLowerCase())?.[0] ?? '',
  }
  const row = Object.entries(plain).map(([column, value]): [string, string] => [column, hashed(value)])
  const asItIs: [string, string][] = [
    ['EXTERN_ID', externalId.trim()],
    ['MADID', advertisingId.trim().toLowerCase()],
  ]
  const known = Object.fromEntries([...row, ...asItIs].filter(([, value]) => value !== ''))
  const told = TELLING.some((column) => known[column]) || (known.FN && known.LN && (known.ZIP || known.CT || known.DOBY))
  return told ? known : undefined
}

/** In lower case, without punctuation. */
const name = (text = ''): string =>
  text
    .toLowerCase()
    .replace(/[\p{P}\p{S}]/gu, '')
    .trim()

/** In lower case, without punctuation and spaces. */
const letters = (text = ''): string => name(text).replace(/\s/g, '')

/** In lower case, without spaces; in the USA its first five digits. */
function postalCode(text = '', country: string): string {
  const code = text.toLowerCase().replace(/\s/g, '')
  return country === 'us' ? code.slice(0, 5) : code
}
