import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { line } from './fields.js'
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

/** The field that says which audience it is. */
export const AUDIENCE = 'audienceId'

/** An action that changes an audience, for one or for many together. Who cannot be told from anybody fails alone. */
export function audienceAction<C, S, R>({ title, fields, most, row, post }: AudienceChange<C, S, R>): VendorAction<C, S> {
  const together = async (calls: readonly SendCall<C, S>[]): Promise<Outcome[]> => {
    const outcomes = new Map<SendCall<C, S>, Outcome>()
    const audiences = new Map<string, { call: SendCall<C, S>; row: R }[]>()
    for (const call of calls) {
      const one = row(call)
      const audience = call.fields[AUDIENCE]!
      if (one === undefined) outcomes.set(call, nobody())
      else if (!audiences.get(audience)?.push({ call, row: one })) audiences.set(audience, [{ call, row: one }])
    }
    for (const members of [...audiences.values()].flatMap((all) => chunks(all, most))) {
      const rows = members.map((member) => member.row)
      const found = await post(members[0]!.call, rows).catch((error: unknown) => rows.map(() => ownError(error)))
      for (const [index, { call }] of members.entries()) outcomes.set(call, found[index]!)
    }
    return calls.map((call) => outcomes.get(call)!)
  }
  const send = async (call: SendCall<C, S>): Promise<SendResult> => {
    const [outcome] = await together([call])
    if (outcome instanceof SendError) throw outcome
    return outcome!
  }
  return { title, fields, send, gather: { most, send: together } }
}

const nobody = (): SendError =>
  new SendError(
    'permanent',
    'bad_recipient',
    'None of the values says who it is: there is no usable email, phone number or other identifier.',
  )

function chunks<T>(all: T[], most: number): T[][] {
  const parts: T[][] = []
  for (let from = 0; from < all.length; from += most) parts.push(all.slice(from, from + most))
  return parts
}

function ownError(error: unknown): SendError {
  if (error instanceof SendError) return error
  throw error
}
