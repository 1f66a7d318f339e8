import { createVendors, type Vendors } from '../../destinations/index.js'
import { createHttp } from '../../destinations/outbound/http.js'
import { closeAgents } from '../../destinations/outbound/guard.js'
import { createCipher } from '../../store/cipher.js'
import { createDestination } from '../../store/destinations.js'
import type { Db } from '../../store/db.js'
import { entry, eventually, exit, row, send } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'
import { INSTANTS, mortality, type Instant } from './mortal.js'
import { countingMailServer, countingVendors } from './vendors.js'

/*
 * Processes that end at any instant around a vendor's answer: a vendor that dedupes has sent each delivery once, and its members have gone on; with
 * others, one by HTTP and a real SMTP server, nothing goes out a second time by itself, and what nobody knows of is `unknown`. CASES= sets how many,
 * SEED= reproduces them.
 */

const CASES = Number(process.env.CASES ?? 210)
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

/** To whom tells the mail server's effects apart. */
const FIELDS = { to: '{{ customer.id }}@example.com', subject: 'Hello', text: '-' }

/** When the attempts of a member end: one of them mostly, now and then several. */
const deaths = (): Instant[] =>
  Array.from({ length: 1 + Number(below(4) === 0) + Number(below(8) === 0) }, () => INSTANTS[below(INSTANTS.length)]!)

test(`${CASES} processes that end at a random instant, SEED=${SEED}`, async () => {
  const plan = new Map<string, Instant[]>(Array.from({ length: CASES }, (_, n) => [`c${n}`, deaths()]))
  const first = new Map([...plan].map(([customerId, [instant]]) => [customerId, instant!]))
  const mortal = mortality(new Map([...plan].map(([customerId, instants]) => [customerId, [...instants]])))
  const vendor = await countingVendors()
  const mailServer = await countingMailServer()
  vendor.onTaken = mailServer.onTaken = mortal.taken
  const all = createVendors({ putSandboxMessage: () => Promise.reject(new Error('Nothing is sent to it.')), http: mortal.http(createHttp(vendor.toward), vendor.port) }) // prettier-ignore
  const vendors: Vendors = new Map([...all, ['smtp', mortal.mail(all.get('smtp')!, mailServer.port)]])
  let rig: Rig | undefined
  try {
    rig = await startRig({ vendors, interceptors: mortal.interceptors, around: mortal.db })
    const launched = async (type: string, config: object, secrets: Record<string, string>): Promise<string> => {
      const input = { name: type, type, config: { from: 'shop@example.com', ...config }, secrets, rateLimit: { perSecond: 10_000 } }
      const { id } = await createDestination(rig!.db, createCipher('a key for tests, thirty-two characters'), WORKSPACE, input)
      return rig!.launch(row([entry(), send('mail', 'Hello', { destinationId: id, retry: RETRY, fields: FIELDS }), exit()]), type)
    }
    const key = { apiKey: 'key' }
    const journeys = {
      resend: await launched('resend', {}, key),
      sendgrid: await launched('sendgrid', { region: 'global' }, key),
      smtp: await launched('smtp', { host: '127.0.0.1', port: mailServer.port, secure: false }, {}),
    }
    const ids = Object.values(journeys)
    const members = new Map<string, string>()
    for (let n = 0; n < CASES; n++) {
      const customerId = `c${n}`
      members.set(await rig.enter({ journeyId: ids[n % ids.length]!, customerId }), customerId)
    }
    const rows = await eventually(
      () => ledgerOf(rig!.db),
      (all) => all.length === CASES && all.every(({ status }) => status === 'exited' || status === 'parked'),
      Number(process.env.WAIT ?? 240_000),
    )
    const of = (type: keyof typeof journeys) => rows.filter(({ journeyId }) => journeyId === journeys[type])
    const seen = ({ key, memberId }: Row): number => vendor.effects.get(key) ?? mailServer.effects.get(members.get(memberId)!) ?? 0
    // A vendor that dedupes: once each, and all have gone on.
    expect(tally(of('resend').map((each) => `${each.state}, ${each.status}, ${seen(each)}`))).toEqual({
      'sent, exited, 1': of('resend').length,
    })
    const instantOf = ({ memberId }: Row): Instant => first.get(members.get(memberId)!)!
    for (const type of ['sendgrid', 'smtp'] as const) {
      const theirs = of(type)
      // Others: never twice.
      expect([type, theirs.filter((each) => seen(each) > 1)]).toEqual([type, []])
      const unknown = theirs.filter(({ state }) => state === 'unknown')
      const sent = theirs.filter(({ state }) => state === 'sent')
      expect([type, unknown.length + sent.length]).toEqual([type, theirs.length])
      expect([type, sent.filter((each) => seen(each) !== 1)]).toEqual([type, []])
      // Every one that the vendor took, and that was not committed, and no other that it took.
      const uncommitted = theirs.filter((each) => seen(each) === 1 && each.state !== 'sent')
      expect(unknown.filter((each) => seen(each) === 1).map(({ key }) => key)).toEqual(uncommitted.map(({ key }) => key))
      for (const each of theirs) {
        const instant = instantOf(each)
        if (TAKEN.has(instant)) expect([type, instant, each.state, seen(each)]).toEqual([type, instant, 'unknown', 1])
        if (NOT_TAKEN.has(instant)) expect([type, instant, each.state, seen(each)]).toEqual([type, instant, 'unknown', 0])
        if (instant === 'after the commit') expect([type, instant, each.state, seen(each)]).toEqual([type, instant, 'sent', 1])
      }
    }
    if (process.env.SHOW) {
      const figures = (type: keyof typeof journeys) => {
        const theirs = of(type)
        const unknown = theirs.filter(({ state }) => state === 'unknown')
        const took = (some: Row[]): number => some.reduce((sum, each) => sum + seen(each), 0)
        return { members: theirs.length, effects: took(theirs), sent: theirs.length - unknown.length, unknown: unknown.length, takenAndUnknown: took(unknown) } // prettier-ignore
      }
      console.log({
        cases: CASES, seed: SEED, ended: Object.fromEntries(mortal.ended), requests: { http: vendor.requests, smtp: mailServer.requests },
        resend: figures('resend'), sendgrid: figures('sendgrid'), smtp: figures('smtp'),
      }) // prettier-ignore
    }
    expect([...mortal.ended.values()].reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(CASES)
  } finally {
    await rig?.stop()
    await closeAgents()
    for (const each of vendors.values()) each.close?.()
    await vendor.stop()
    await mailServer.stop()
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
