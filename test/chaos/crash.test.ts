import { createVendors } from '../../destinations/index.js'
import { createHttp } from '../../destinations/outbound/http.js'
import { closeAgents } from '../../destinations/outbound/guard.js'
import { createCipher } from '../../store/cipher.js'
import { createDestination } from '../../store/destinations.js'
import { putMessage } from '../../store/sandbox.js'
import type { Db } from '../../store/db.js'
import { entry, eventually, exit, row, send } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'
import { INSTANTS, mortality, type Instant } from './mortal.js'
import { countingVendors } from './vendors.js'

/*
 * Processes that end at any instant around a vendor's answer: a vendor that dedupes has sent each delivery once, and its members have gone on; with
 * another one nothing goes out a second time by itself, and what nobody knows of is `unknown`. CASES= sets how many, SEED= reproduces them.
 */

const CASES = Number(process.env.CASES ?? 160)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
let state = SEED || 1
const below = (limit: number): number => {
  state = (Math.imul(state, 48_271) + 11) >>> 0
  return (state >>> 8) % limit
}

/** With which an attempt may have reached the vendor, and is on no record. */
const TAKEN = new Set<Instant>(['before the answer', 'after the answer', 'before the commit'])
const NOT_TAKEN = new Set<Instant>(['after the ledger', 'before the request', 'while the request is written'])
const RETRY = { maxAttempts: 9, initialInterval: 'PT0.1S', backoff: 1, maxInterval: 'PT0.1S' }

/** When the attempts of a member end: one of them mostly, now and then several. */
const deaths = (): Instant[] =>
  Array.from({ length: 1 + Number(below(4) === 0) + Number(below(8) === 0) }, () => INSTANTS[below(INSTANTS.length)]!)

test(`${CASES} processes that end at a random instant, SEED=${SEED}`, async () => {
  const plan = new Map<string, Instant[]>(Array.from({ length: CASES }, (_, n) => [`c${n}`, deaths()]))
  const first = new Map([...plan].map(([customerId, [instant]]) => [customerId, instant!]))
  const mortal = mortality(new Map([...plan].map(([customerId, instants]) => [customerId, [...instants]])))
  const vendor = await countingVendors()
  vendor.onTaken = mortal.taken
  const vendors = (db: Db) => createVendors({ putSandboxMessage: (message) => putMessage(db, message), http: mortal.http(createHttp(vendor.toward), vendor.port) }) // prettier-ignore
  let rig: Rig | undefined
  try {
    rig = await startRig({ vendors: vendors(undefined as unknown as Db), interceptors: mortal.interceptors, around: mortal.db })
    const launched = async (type: string): Promise<string> => {
      const input = {
        name: type,
        type,
        config: { from: 'shop@example.com', region: 'global' },
        secrets: { apiKey: 'key' },
        rateLimit: { perSecond: 10_000 },
      }
      const { id } = await createDestination(rig!.db, createCipher('a key for tests, thirty-two characters'), WORKSPACE, input)
      return rig!.launch(row([entry(), send('mail', 'Hello', { destinationId: id, retry: RETRY }), exit()]), type)
    }
    const [dedupes, others] = [await launched('resend'), await launched('sendgrid')]
    const members = new Map<string, string>()
    for (let n = 0; n < CASES; n++) {
      const customerId = `c${n}`
      members.set(await rig.enter({ journeyId: n % 2 === 0 ? dedupes : others, customerId }), customerId)
    }
    const rows = await eventually(
      () => ledgerOf(rig!.db),
      (all) => all.length === CASES && all.every(({ status }) => status === 'exited' || status === 'parked'),
      Number(process.env.WAIT ?? 240_000),
    )
    const of = (journeyId: string) => rows.filter((each) => each.journeyId === journeyId)
    // A vendor that dedupes: once each, and all have gone on.
    expect(tally(of(dedupes).map(({ state, status }) => `${state}, ${status}`))).toEqual({ 'sent, exited': of(dedupes).length })
    expect(tally(of(dedupes).map(({ key }) => vendor.effects.get(key)))).toEqual({ 1: of(dedupes).length })
    // One that does not: never twice.
    const seen = (key: string): number => vendor.effects.get(key) ?? 0
    expect(of(others).filter(({ key }) => seen(key) > 1)).toEqual([])
    const instantOf = ({ memberId }: Row): Instant => first.get(members.get(memberId)!)!
    const unknown = of(others).filter(({ state }) => state === 'unknown')
    const sent = of(others).filter(({ state }) => state === 'sent')
    expect(unknown.length + sent.length).toBe(of(others).length)
    expect(sent.filter(({ key }) => seen(key) !== 1)).toEqual([])
    // Every one that the vendor took, and that was not committed, and no other that it took.
    const uncommitted = of(others).filter(({ key, state }) => seen(key) === 1 && state !== 'sent')
    expect(unknown.filter(({ key }) => seen(key) === 1).map(({ key }) => key)).toEqual(uncommitted.map(({ key }) => key))
    for (const each of of(others)) {
      const instant = instantOf(each)
      if (TAKEN.has(instant)) expect([instant, each.state, seen(each.key)]).toEqual([instant, 'unknown', 1])
      if (NOT_TAKEN.has(instant)) expect([instant, each.state, seen(each.key)]).toEqual([instant, 'unknown', 0])
      if (instant === 'after the commit') expect([instant, each.state, seen(each.key)]).toEqual([instant, 'sent', 1])
    }
    if (process.env.SHOW)
      console.log({
        cases: CASES, ended: Object.fromEntries(mortal.ended),
        resend: { members: of(dedupes).length, requests: vendor.requests - of(others).reduce((sum, { key }) => sum + seen(key), 0), effects: of(dedupes).reduce((sum, { key }) => sum + seen(key), 0) },
        sendgrid: { members: of(others).length, requests: of(others).reduce((sum, { key }) => sum + seen(key), 0), sent: sent.length, unknown: unknown.length, takenAndUnknown: uncommitted.length },
      }) // prettier-ignore
    expect([...mortal.ended.values()].reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(CASES)
  } finally {
    await rig?.stop()
    await closeAgents()
    await vendor.stop()
  }
}, 300_000)

interface Row {
  key: string
  memberId: string
  journeyId: string
  state: string
  status: string
}

const ledgerOf = (db: Db): Promise<Row[]> =>
  db.query(
    `select d.key, d.member_id as "memberId", d.journey_id as "journeyId", d.state, m.status from delivery d join member m on m.id = d.member_id`,
  )

const tally = (values: unknown[]): Record<string, number> =>
  values.reduce<Record<string, number>>((counts, value) => ({ ...counts, [String(value)]: (counts[String(value)] ?? 0) + 1 }), {})
