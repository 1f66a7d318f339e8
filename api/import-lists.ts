import { CHANNELS, normalAddress, type Channel } from '../model/channels.js'
import { readInstant } from '../model/zone.js'
import type { ImportOf, ImportRow, SubscriptionRow, SuppressionRow } from '../store/imports.js'
import { SUBSCRIPTION_STATES } from '../store/subscriptions.js'
import { SUPPRESSIONS } from '../store/suppressions.js'
import { idProblem } from './customer-ids.js'
import { shown, wrong, type Header } from './import-rows.js'
import { Counts, type Contents } from './import-upload.js'
import { VIA } from './schemas/consent.js'

/* Lists that come from elsewhere: what customers said, and addresses that are not written to. */

/** How much later than our clock an instant may be: clocks differ. */
const AHEAD_MS = 5 * 60_000
/** Longest address, in bytes: what an index holds. */
const MAX_ADDRESS = 2_048
/** Longest word of what a row comes from, in characters. */
const MAX_SOURCE = 200
/** What a row comes from that does not say. */
const IMPORT = 'import'

/** The cells of a row by their columns; empty where there is none. */
type Cells<Name extends string> = (name: Name) => string

/**
 * A header of named columns, in any order and case.
 * @param names those that there are, the needed ones first
 * @param needed how many of them are needed
 * @param key the one that an error shows
 */
const columnsOf =
  <Name extends string, Row>(
    names: readonly Name[],
    needed: number,
    key: Name,
    read: (row: number, cell: Cells<Name>) => Row,
  ): Header<Row> =>
  (header) => {
    const given = header.map((name) => aliased(name.toLowerCase()))
    const all = `The columns are ${names.slice(0, needed).join(', ')}, and if you like ${names.slice(needed).join(', ')}.`
    const unknown = header.find((_, at) => !names.includes(given[at] as Name))
    if (unknown !== undefined) throw wrong(`There is no column '${shown(unknown)}': rename it, or leave it out. ${all}`)
    const twice = given.find((name, at) => given.indexOf(name) !== at)
    if (twice !== undefined) throw wrong(`Two columns are called '${twice}'. Rename one.`)
    const missing = names.slice(0, needed).find((name) => !given.includes(name))
    if (missing !== undefined) throw wrong(`The column '${missing}' is missing. The first row names the columns. ${all}`)
    const places = new Map(given.map((name, at) => [name, at]))
    return {
      shown: places.get(key)!,
      read: (row, cells) => read(row, (name) => textOf(name, cells[places.get(name) ?? -1] ?? '')),
    }
  }

const aliased = (name: string): string => (name === 'customerid' ? 'id' : name)

function textOf(name: string, cell: string): string {
  if (cell.includes('\uFFFD')) throw wrong(`'${name}' is not valid UTF-8. Save the file as UTF-8.`)
  if (/[\p{Cc}\p{Surrogate}]/u.test(cell)) throw wrong(`'${name}' holds a control character. Take it out.`)
  return cell
}

/** One of some words, in any case. */
function oneOf<Word extends string>(name: string, cell: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === cell.toLowerCase())
  if (found === undefined) throw wrong(`'${name}': '${shown(cell)}' is none of ${words.join(', ')}. Write one of them.`)
  return found
}

/** An instant, in UTC unless it says otherwise; null of an empty cell. */
function instantOf(cell: string): string | null {
  if (cell === '') return null
  const ms = readInstant(cell, 'UTC')
  if (ms === undefined)
    throw wrong(`'at': '${shown(cell)}' is no date such as 2026-12-24 or 2026-12-24T09:00:00Z. Write it so, or leave the cell empty.`)
  if (ms > Date.now() + AHEAD_MS) throw wrong(`'at': '${shown(cell)}' is yet to come. Give the instant at which it was said.`)
  return new Date(ms).toISOString()
}

/** @param topics id to name of those that there are */
export function subscriptionColumns(topics: ReadonlyMap<string, string>): Header<SubscriptionRow> {
  const byName = new Map([...topics].map(([id, name]) => [name.toLowerCase(), id]))
  const topicOf = (cell: string): string => {
    const id = cell === '' || topics.has(cell) ? cell : byName.get(cell.toLowerCase())
    if (id === undefined) throw wrong(`'topic': there is no topic '${shown(cell)}'. Make it in Settings › Topics, or give the name or the id of another.`)
    return id
  } // prettier-ignore
  return columnsOf(['id', 'channel', 'state', 'topic', 'at', 'via'], 3, 'id', (row, cell) => {
    const problem = idProblem(cell('id'))
    if (problem !== undefined) throw wrong(`'id': ${problem}`)
    const via = cell('via') || IMPORT
    if (!VIA.test(via)) throw wrong(`'via': '${shown(via)}' is not made of 1 to 64 letters, digits, '_', '.', ':' and '-'. Write it so, or leave it out.`) // prettier-ignore
    return [
      row,
      cell('id'),
      oneOf('channel', cell('channel'), CHANNELS),
      topicOf(cell('topic')),
      oneOf('state', cell('state'), SUBSCRIPTION_STATES),
      instantOf(cell('at')),
      via,
    ]
  })
}

/** What addresses look like once they are normalised, and what to write. */
const ADDRESSES: Partial<Record<Channel, readonly [RegExp, string]>> = {
  email: [/^[^\s@,<>"]{1,64}@[^\s@,<>"]{1,255}$/, 'no email address such as ada@example.com'],
  sms: [/^\+?\d{4,20}$/, 'no number such as +34600111222'],
  whatsapp: [/^\+?\d{4,20}$/, 'no number such as +34600111222'],
}

function addressOf(channel: Channel, cell: string): string {
  const address = normalAddress(channel, cell)
  if (address === '') throw wrong("'address' is empty. Give it.")
  if (Buffer.byteLength(address) > MAX_ADDRESS) throw wrong(`'address' is longer than ${MAX_ADDRESS} bytes.`)
  const [form, says] = ADDRESSES[channel] ?? []
  if (form?.test(address) === false) throw wrong(`'address': '${shown(cell)}' is ${says}. Mend it, or the channel.`)
  return address
}

export const suppressionColumns: Header<SuppressionRow> = columnsOf(
  ['channel', 'address', 'reason', 'at', 'source'],
  3,
  'address',
  (row, cell) => {
    const channel = oneOf('channel', cell('channel'), CHANNELS)
    const source = cell('source') || IMPORT
    if (source.length > MAX_SOURCE) throw wrong(`'source' is longer than ${MAX_SOURCE} characters. Shorten it, or leave it out.`)
    return [row, channel, addressOf(channel, cell('address')), oneOf('reason', cell('reason'), SUPPRESSIONS), instantOf(cell('at')), source]
  },
)

/** A list, with what is counted of its rows: column to value to how many have it; of `at` whether it is given. */
function listIn<Row extends ImportRow>(of: ImportOf, valuesOf: (row: Row) => Record<string, string>): Contents<Row> {
  const counts = new Counts()
  return {
    of,
    counts: counts.all,
    take: (row) => {
      for (const [name, value] of Object.entries(valuesOf(row))) counts.add(name, value)
      return 0
    },
    keep: () => Promise.resolve(),
  }
}

const given = (at: string | null): string => (at === null ? 'absent' : 'given')

/** @param topics id to name of those that there are */
export const subscriptionsIn = (topics: ReadonlyMap<string, string>): Contents<SubscriptionRow> =>
  listIn('subscriptions', ([, , channel, topic, state, at]) => ({
    channel,
    ...(topic !== '' && { topic: topics.get(topic)! }),
    state,
    at: given(at),
  }))

export const suppressionsIn = (): Contents<SuppressionRow> =>
  listIn('suppressions', ([, channel, , reason, at]) => ({ channel, reason, at: given(at) }))
