import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { line } from './fields.js'
import { inPortions, ownError, portions, type Part } from './outbound/together.js'
import { SendError, type SendCall, type SendResult, type VendorAction } from './vendor.js'

/* What the audiences of advertisers share: who somebody is, how that is hashed, and how many go together. */

const some = line.max(500).optional()

/** Who somebody is, by any of these. */
export const person = {
  email: some.meta({ title: 'Email' }),
  phone: some.meta({ title: 'Phone', description: 'With its country: +34600111222.' }),
  firstName: some.meta({ title: 'First name' }),
  lastName: some.meta({ title: 'Last name' }),
  zip: some.meta({ title: 'Postal code' }),
  country: some.meta({ title: 'Country', description: 'Two letters: ES.' }),
}

/** SHA-256 in hexadecimal; nothing of nothing. */
export const hashed = (value: string): string => (value === '' ? '' : createHash('sha256').update(value).digest('hex'))

/** Digits of a phone number with its country; nothing when it cannot be one. */
export function phoneDigits(text = ''): string {
  const digits = text.replace(/\D/g, '').replace(/^0+/, '')
  return digits.length >= 7 && digits.length <= 15 ? digits : ''
}

/** An address in lower case, without spaces; nothing when it is none. */
export function plainEmail(text = ''): string {
  const email = text.replace(/\s/g, '').toLowerCase()
  return /^[^@]+@[^@]+\.[^@]+$/.test(email) ? email : ''
}

/** Two letters; nothing when they are not two. */
export function countryCode(text = ''): string {
  const code = text.trim().toLowerCase()
  return /^[a-z]{2}$/.test(code) ? code : ''
}

type Outcome = SendResult | SendError

/** How an audience is changed. */
export interface AudienceChange<C, S, R> {
  title: string
  fields: z.ZodObject
  /** Most rows of one request. */
  most: number
  /** Who somebody is, as the vendor takes it; undefined when nothing of it can be used. */
  row(call: SendCall<C, S>): R | undefined
  /**
   * One request, all for one audience.
   * @returns what became of each row, in their order
   * @throws SendError when the request as a whole failed
   */
  post(call: SendCall<C, S>, rows: readonly R[]): Promise<Outcome[]>
}

/** What all audiences promise of a change that comes again. */
export const SET = {
  dedupes: true,
  idempotency: 'An audience is a set: whoever is added or removed again is in it, or not, as before.',
}

/** The field that says which audience it is. */
export const AUDIENCE = 'audienceId'

/** An action that changes an audience, for one or for many together. Who cannot be told from anybody fails alone. */
export function audienceAction<C, S, R>({ title, fields, most, row, post }: AudienceChange<C, S, R>): VendorAction<C, S> {
  const together = (calls: readonly SendCall<C, S>[]): Promise<Outcome[]> =>
    inPortions(
      calls,
      (call) => row(call) ?? nobody(),
      (parts) => byAudience(parts).flatMap((all) => portions(all, most, () => 1)),
      (members) =>
        post(
          members[0]!.call,
          members.map(({ part }) => part),
        ).catch((error: unknown) => members.map(() => ownError(error))),
    )
  const send = async (call: SendCall<C, S>): Promise<SendResult> => {
    const [outcome] = await together([call])
    if (outcome instanceof SendError) throw outcome
    return outcome!
  }
  return { title, fields, send, gather: { most, send: together } }
}

function nobody(): never {
  throw new SendError(
    'permanent',
    'bad_recipient',
    'None of the values says who it is: there is no usable email, phone number or other identifier.',
  )
}

/** Those of one audience together, in their order. */
function byAudience<C, S, R>(parts: readonly Part<C, S, R>[]): Part<C, S, R>[][] {
  const audiences = new Map<string, Part<C, S, R>[]>()
  for (const each of parts) {
    const audience = each.call.fields[AUDIENCE]!
    if (!audiences.get(audience)?.push(each)) audiences.set(audience, [each])
  }
  return [...audiences.values()]
}
