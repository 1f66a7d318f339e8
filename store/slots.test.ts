import { CHANNELS, type Channel } from '../model/channels.js'
import { cappedBy, type Slot } from '../model/frequency-caps.js'
import { newId } from '../model/ids.js'
import { seeded } from '../test/simulation/generate.js'
import { entry, exit, row } from '../test/support/canvas.js'
import { launch } from '../test/support/launch.js'
import { freshDatabase } from '../test/setup/db.js'
import { openDb, type Db } from './db.js'
import { capsOf, createFrequencyCap, deleteFrequencyCap, slotsOf, type FrequencyCapInput } from './frequency-caps.js'
import { forgetSlots } from './retention.js'
import { createTopic } from './topics.js'
import { DEFAULT_WORKSPACE as WORKSPACE, ensureDefaultWorkspace } from './workspaces.js'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Db
/** Two orchestrations, so that one can be paused. */
let journeys: string[]
let topic: string
beforeAll(async () => {
  database = await freshDatabase()
  db = openDb(database.url, { max: 20 })
  await ensureDefaultWorkspace(db)
  journeys = [await launch(db, row([entry(), exit()])), await launch(db, row([entry(), exit()]))]
  topic = (await createTopic(db, WORKSPACE, { name: 'News', description: '', optIn: false })).id
})
afterAll(async () => {
  await db.close()
  await database.drop()
})
afterEach(() => db.query('delete from frequency_cap'))

const START = Date.parse('2027-01-04T09:00:00Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR

const cap = (input: Partial<FrequencyCapInput> = {}) =>
  createFrequencyCap(db, WORKSPACE, { name: newId('cap'), channel: null, topic: null, most: 1, per: 'P1D', otherwise: 'skip', ...input })

/** A message of a customer, as the ledger has it while it asks. */
interface Message {
  key: string
  member: string
  customer: string
  journey: string
  channel: string
  topic: string | null
  priority: number
}

let made = 0
async function message(customer: string, more: Partial<Message> = {}): Promise<Message> {
  const member = `mem_${++made}`
  const one = { key: `${member}:mail:1`, member, customer, journey: journeys[0]!, channel: 'email', topic: null, priority: 1, ...more }
  await db.query(
    `insert into member (id, workspace_id, journey_id, version, customer_id, trigger_id, tile_id, visit, arrived_at)
     values ($1, $2, $3, 1, $4, $1, 'mail', 1, now())`,
    [member, WORKSPACE, one.journey, customer],
  )
  await db.query(
    `insert into delivery (key, member_id, tile_id, visit, workspace_id, journey_id, customer_id, action, state, attempts)
     values ($1, $2, 'mail', 1, $3, $4, $5, 'send_email', 'sending', 1)`,
    [one.key, member, WORKSPACE, one.journey, customer],
  )
  return one
}

interface Reply {
  do: 'send' | 'skip' | 'later'
  at?: number
  had?: number
  kept?: number
  cap?: { name: string }
}

/** @param at ms; the database's clock when absent */
async function ask({ customer, member, key, channel, topic: about, priority }: Message, at?: number, on = db): Promise<Reply> {
  const [answer] = await on.hot<{ reply: Reply | null }>(`select tw_take_slot($1, $2, $3, $4, $5, $6, $7::int, $8::timestamptz) as reply`, [
    WORKSPACE, customer, member, key, channel, about, priority, at === undefined ? null : new Date(at),
  ]) // prettier-ignore
  return answer!.reply ?? { do: 'send' }
}

/** How the attempt ends, as `tw_deliver_end` has it. */
const end = (one: Message, state: 'sent' | 'failed' | 'unknown' | 'pending' | 'later' | 'skipped', at = START) =>
  db.query(
    `select tw_deliver_end($1, 'mail', 1, (select attempts from delivery where key = $2), $3, null, null, 'x', 'x', null, null, $4::jsonb, $5::timestamptz)::text`,
    [one.member, one.key, state, state === 'pending' || state === 'later' ? null : '{"do":"go","port":"next"}', new Date(at)],
  )
const begin = (one: Message) => db.query(`update delivery set state = 'sending', attempts = attempts + 1 where key = $1`, [one.key])

/** Asks, and ends the attempt as it goes. */
async function tries(one: Message, at: number): Promise<Reply> {
  const reply = await ask(one, at)
  await end(one, reply.do === 'send' ? 'sent' : reply.do === 'skip' ? 'skipped' : 'later', at)
  return reply
}

let customers = 0
const customer = (): string => `customer-${++customers}`

it('slides: a slot is free again when the window is over, to the millisecond', async () => {
  await cap({ most: 2 })
  const who = customer()
  expect((await tries(await message(who), START)).do).toBe('send')
  expect((await tries(await message(who), START + HOUR)).do).toBe('send')
  expect((await tries(await message(who), START + DAY - 1)).do).toBe('skip')
  expect((await tries(await message(who), START + DAY)).do).toBe('send')
  expect((await tries(await message(who), START + DAY)).do).toBe('skip')
  expect((await tries(await message(who), START + DAY + HOUR)).do).toBe('send')
})

it('counts from when a message was sent, not from when it asked', async () => {
  await cap()
  const who = customer()
  const first = await message(who)
  await ask(first, START)
  await end(first, 'sent', START + 30_000)
  expect((await tries(await message(who), START + DAY)).do).toBe('skip')
  expect((await tries(await message(who), START + DAY + 30_000)).do).toBe('send')
})

it('is of its channel or its topic, and of one customer', async () => {
  await cap({ channel: 'sms' })
  await cap({ topic })
  const who = customer()
  for (const [channel, about, does] of [
    ['email', null, 'send'],
    ['email', null, 'send'],
    ['email', topic, 'send'],
    ['push', topic, 'skip'],
    ['sms', null, 'send'],
    ['sms', null, 'skip'],
  ] as const)
    expect((await tries(await message(who, { channel, topic: about }), START)).do).toBe(does)
  expect((await tries(await message(customer(), { channel: 'sms', topic }), START)).do).toBe('send')
})

it('says what it counted', async () => {
  const { id, name } = await cap({ topic, most: 3, per: 'P7D' })
  const who = customer()
  for (let n = 0; n < 3; n++) await tries(await message(who, { topic }), START)
  expect(await ask(await message(who, { topic }), START)).toEqual({
    do: 'skip',
    had: 3,
    kept: 0,
    cap: { id, name, channel: null, topic: 'News', most: 3, per: 'P7D' },
  })
})

it.each([
  ['sent', 'skip'],
  ['unknown', 'skip'],
  ['pending', 'skip'],
  ['failed', 'send'],
  ['skipped', 'send'],
] as const)('one that ends as %s leaves the next one: %s', async (state, next) => {
  await cap()
  const [who, first] = [customer(), await message(`customer-${customers}`)]
  await ask(first, START)
  await end(first, state)
  expect((await ask(await message(who), START)).do).toBe(next)
})

it('keeps the slot of one that is tried again, and no second one; not when its member has gone', async () => {
  await cap({ most: 2 })
  const who = customer()
  const [first, second, third] = [await message(who), await message(who), await message(who)]
  await ask(first, START)
  await end(first, 'pending')
  await tries(second, START + HOUR)
  await begin(first)
  expect((await ask(first, START + 2 * HOUR)).do).toBe('send')
  expect((await ask(third, START + 2 * HOUR)).do).toBe('skip')
  await end(first, 'pending')
  await db.query(`update member set status = 'exited' where id = $1`, [first.member])
  expect((await ask(third, START + 2 * HOUR)).do).toBe('send')
})

it('an operator who retries one that had failed gets a slot like any other', async () => {
  await cap()
  const who = customer()
  const [first, second] = [await message(who), await message(who)]
  await ask(first, START)
  await end(first, 'failed')
  await tries(second, START)
  await begin(first)
  expect((await ask(first, START)).do).toBe('skip')
})

it('counts what was sent before there was a cap', async () => {
  const who = customer()
  await tries(await message(who), START)
  await cap()
  expect((await ask(await message(who), START)).do).toBe('skip')
})

describe('of messages that want one slot', () => {
  const LOW = 0
  const [NORMAL, HIGH] = [1, 2]
  /** Everything is taken until a day after the start; then these wait, in this order. */
  async function waiting(...priorities: number[]): Promise<Message[]> {
    await cap({ otherwise: 'delay' })
    const who = customer()
    await tries(await message(who), START)
    const queue: Message[] = []
    for (const [index, priority] of priorities.entries()) {
      const one = await message(who, { priority })
      expect((await tries(one, START + HOUR + index)).do).toBe('later')
      queue.push(one)
    }
    return queue
  }
  /** Asks again at an instant. */
  const again = async (one: Message, at: number): Promise<Reply> => {
    await begin(one)
    return tries(one, at)
  }
  /** Has them ask every hour, as they do, until the slot is free. */
  async function until(queue: readonly Message[], at: number): Promise<void> {
    for (let hour = START + 2 * HOUR; hour < at; hour += HOUR) for (const one of queue) await again(one, hour)
  }

  it.each([
    ['the higher one, however late it came', [LOW, NORMAL, HIGH], 2],
    ['the first of the same', [NORMAL, NORMAL, NORMAL], 0],
    ['normal before low', [LOW, NORMAL], 1],
    ['high before normal', [HIGH, NORMAL], 0],
  ])('%s takes it', async (_, priorities, first) => {
    const queue = await waiting(...priorities)
    await until(queue, START + DAY)
    for (const [index, one] of queue.entries()) if (index !== first) expect((await again(one, START + DAY)).do).toBe('later')
    expect((await again(queue[first]!, START + DAY)).do).toBe('send')
  })

  it('tells each when to ask again: in an hour, or when the slot is free', async () => {
    await cap({ otherwise: 'delay', per: 'PT90M' })
    const who = customer()
    await tries(await message(who), START)
    const one = await message(who)
    expect(await tries(one, START)).toMatchObject({ do: 'later', at: START + HOUR, had: 1, kept: 0 })
    expect(await again(one, START + HOUR)).toMatchObject({ do: 'later', at: START + 1.5 * HOUR })
    expect(await again(one, START + 1.5 * HOUR)).toEqual({ do: 'send' })
  })

  it('one that has not waited does not pass one that has', async () => {
    const [low] = await waiting(LOW)
    await until([low!], START + DAY)
    const [same, higher] = [await message(low!.customer, { priority: LOW }), await message(low!.customer, { priority: HIGH })]
    expect((await tries(same, START + DAY)).do).toBe('later')
    expect((await tries(higher, START + DAY)).do).toBe('send')
  })

  it.each([
    ['exits', (one: Message) => db.query(`update member set status = 'exited' where id = $1`, [one.member])],
    ['is held', (one: Message) => db.query(`update member set status = 'held' where id = $1`, [one.member])],
    ['moves on', (one: Message) => db.query(`update member set tile_id = 'other' where id = $1`, [one.member])],
    ['is erased', (one: Message) => db.query('delete from member where id = $1', [one.member])],
    ['is skipped', (one: Message) => db.query(`update delivery set state = 'skipped' where key = $1`, [one.key])],
  ])('one that %s leaves the queue', async (_, leaves) => {
    const [high, low] = await waiting(HIGH, LOW)
    await until([high!, low!], START + DAY)
    await leaves(high!)
    expect((await again(low!, START + DAY)).do).toBe('send')
  })

  it('and so do those of an orchestration that is paused', async () => {
    const [high, low] = await waiting(HIGH, LOW)
    await until([high!, low!], START + DAY)
    await db.query('update member set journey_id = $2 where id = $1', [high!.member, journeys[1]])
    await db.query(`update journey set status = 'paused' where id = $1`, [journeys[1]])
    const reply = await again(low!, START + DAY)
    await db.query(`update journey set status = 'active' where id = $1`, [journeys[1]])
    expect(reply.do).toBe('send')
  })

  it('one that does not come keeps its place for ten minutes', async () => {
    const [high, low] = await waiting(HIGH, LOW)
    await until([high!, low!], START + DAY)
    expect((await again(low!, START + DAY + 599_000)).do).toBe('later')
    expect((await again(low!, START + DAY + 600_000)).do).toBe('send')
  })

  it('is kept for none that another cap holds back', async () => {
    await cap({ channel: 'sms', otherwise: 'delay', per: 'P2D' })
    await cap({ otherwise: 'delay' })
    const who = customer()
    await tries(await message(who, { channel: 'sms' }), START)
    const [high, low] = [await message(who, { channel: 'sms', priority: HIGH }), await message(who, { priority: LOW })]
    for (let hour = 1; hour < 24; hour++)
      for (const one of [high, low]) {
        await begin(one)
        expect((await tries(one, START + hour * HOUR)).do).toBe('later')
      }
    expect((await again(low, START + DAY)).do).toBe('send')
  })

  it('is kept by a cap that skips for a higher one that waits', async () => {
    await cap({ most: 2, per: 'P1D' })
    await cap({ channel: 'sms', otherwise: 'delay', per: 'PT2H' })
    const who = customer()
    await tries(await message(who, { channel: 'sms' }), START)
    const high = await message(who, { channel: 'sms', priority: HIGH })
    await tries(high, START + HOUR)
    // The higher one can have the second slot of the day only when its own cap lets it.
    const before = await message(who)
    expect((await ask(before, START + 2 * HOUR - 1)).do).toBe('send')
    await end(before, 'failed')
    expect(await ask(await message(who), START + 2 * HOUR)).toMatchObject({ do: 'skip', had: 1, kept: 1 })
  })
})

it('200 that ask at once over 20 connections take as many slots as there are', async () => {
  await cap({ most: 7, per: 'P7D' })
  const who = customer()
  const all = await Promise.all(Array.from({ length: 200 }, (_, n) => message(who, { journey: journeys[n % 2]! })))
  const replies = await Promise.all(
    all.map((one) =>
      db.tx(async (tx) => {
        const reply = await ask(one, undefined, tx)
        // What has asked and has not committed is what the next one must not pass by.
        await tx.query('select pg_sleep(0.003)::text')
        return reply
      }),
    ),
  )
  expect(replies.filter((reply) => reply.do === 'send')).toHaveLength(7)
})

it('are of one who is two customers no more', async () => {
  await cap()
  const [one, other] = [customer(), customer()]
  await tries(await message(one), START)
  await db.query('select tw_merge_members($1, $2, $3)::text', [WORKSPACE, one, other])
  expect((await ask(await message(other), START)).do).toBe('skip')
})

it('are forgotten with their customer, and when no window reaches back to them', async () => {
  const who = customer()
  await db.query('insert into customer (workspace_id, id) values ($1, $2)', [WORKSPACE, who])
  const slots = async () => Number((await db.one<{ n: string }>('select count(*) as n from message_slot where customer_id = $1', [who]))!.n)
  for (const days of [1, 33, 60]) await ask(await message(who), Date.now() - days * DAY)
  const wide = await cap({ per: 'P40D' })
  await forgetSlots(db)
  expect(await slots()).toBe(2)
  await deleteFrequencyCap(db, WORKSPACE, wide.id)
  await forgetSlots(db)
  expect(await slots()).toBe(1)
  await db.query('delete from customer where id = $1', [who])
  expect(await slots()).toBe(0)
})

it('count by an index, however long the ledger is', async () => {
  await db.query(
    `insert into message_slot (key, workspace_id, customer_id, channel, at)
    select 'x' || n, $1, 'c' || n % 5000, 'email', now() - n * interval '1 second' from generate_series(1, 50000) n`,
    [WORKSPACE],
  )
  await db.query('analyze message_slot')
  const plan = await db.query<Record<string, string>>(
    `explain select * from frequency_cap c, tw_slots(c, 'c77', '', now()) where c.workspace_id = '${WORKSPACE}'`,
  )
  const text = plan.map((line) => Object.values(line)[0]).join('\n')
  expect(text).toContain('message_slot_of')
  expect(text).not.toContain('Seq Scan on message_slot')
})

/* The same, written plainly. */

interface Known extends Message {
  state: 'sending' | 'sent' | 'unknown' | 'failed' | 'pending' | 'skipped'
  here: boolean
  /** When it was let go. */
  at?: number | undefined
  sentAt?: number
  waits?: { since: number; asksAt: number } | undefined
}
interface Rule extends FrequencyCapInput {
  length: number
  id: string
}

class Plain {
  messages: Known[] = []
  rules: Rule[] = []
  paused = new Set<string>()

  #about = (rule: Rule, one: Known): boolean =>
    (rule.channel === null || rule.channel === one.channel) && (rule.topic === null || rule.topic === one.topic)
  #counts = ({ state, here, at }: Known): boolean =>
    at !== undefined && (['sent', 'sending', 'unknown'].includes(state) || (state === 'pending' && here))

  ask(one: Known, now: number): Reply {
    const rank = (each: Known): [number, number, string] => [-each.priority, each.waits?.since ?? now, each.key]
    const others = this.messages.filter((each) => each !== one)
    const taken = new Map(
      this.rules.map((rule) => [
        rule.id,
        others
          .filter((each) => this.#counts(each) && this.#about(rule, each))
          .map((each) => Math.max(each.at!, each.sentAt ?? 0) + rule.length)
          .filter((free) => free > now)
          .sort((a, b) => a - b),
      ]),
    )
    const kept = new Map(this.rules.map(({ id }) => [id, 0]))
    const full = (rule: Rule): boolean => taken.get(rule.id)!.length + kept.get(rule.id)! >= rule.most
    const ahead = others
      .filter(
        (each) =>
          each.waits &&
          each.waits.asksAt > now - 600_000 &&
          each.here &&
          ['pending', 'sending'].includes(each.state) &&
          !this.paused.has(each.journey),
      )
      .filter((each) => compare(rank(each), rank(one)) < 0)
      .sort((a, b) => compare(rank(a), rank(b)))
    for (const each of ahead) {
      const its = this.rules.filter((rule) => this.#about(rule, each))
      if (!its.some(full)) for (const { id } of its) kept.set(id, kept.get(id)! + 1)
    }
    const blocking = this.rules.filter(
      (rule) => this.#about(rule, one) && full(rule) && !(one.at !== undefined && one.at > now - rule.length),
    )
    const told = ({ id, name }: Rule) => ({ cap: { name }, had: taken.get(id)!.length, kept: kept.get(id)! })
    const skips = blocking.find((rule) => rule.otherwise === 'skip')
    if (skips) {
      delete one.waits
      return { do: 'skip', ...told(skips) }
    }
    const free = (rule: Rule): number =>
      taken.get(rule.id)![taken.get(rule.id)!.length + kept.get(rule.id)! - rule.most] ?? now + rule.length
    const latest = [...blocking].sort((a, b) => free(b) - free(a))[0]
    if (latest) {
      const asksAt = Math.min(free(latest), now + HOUR)
      one.waits = { since: one.waits?.since ?? now, asksAt }
      return { do: 'later', at: asksAt, ...told(latest) }
    }
    delete one.waits
    one.at = now
    return { do: 'send' }
  }
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const index = a.findIndex((each, n) => each !== b[n])
  return index < 0 ? 0 : a[index]! < b[index]! ? -1 : 1
}

it('agrees with the same written plainly, whatever happens in whatever order', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
  const random = seeded(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const verdicts = { send: 0, skip: 0, later: 0 }
  for (let round = 0; round < 250; round++) {
    const plain = new Plain()
    const who = customer()
    let now = START
    for (let n = Math.floor(random() * 4) + 1; n > 0; n--) {
      const [channel, about] = pick([
        [null, null],
        ['email', null],
        ['sms', null],
        [null, topic],
      ] as const)
      const [per, length] = pick([
        ['PT3H', 3 * HOUR],
        ['PT8H', 8 * HOUR],
        ['P1D', DAY],
      ] as const)
      const input = {
        channel,
        topic: about,
        per,
        most: pick([1, 1, 2, 3]),
        otherwise: pick(['skip', 'delay', 'delay', 'delay', 'delay'] as const),
        name: `cap ${n}`,
      }
      plain.rules.push({ ...input, length, id: (await cap(input)).id })
    }
    plain.rules.sort((a, b) => (a.id < b.id ? -1 : 1))
    const asks = async (one: Known, what: string): Promise<void> => {
      const reply = await ask(one, now)
      const expected = plain.ask(one, now)
      const told = `seed ${seed}, round ${round}, ${what} ${one.key} at ${(now - START) / HOUR} h`
      expect([told, reply]).toEqual([told, expected.cap ? { ...expected, cap: expect.objectContaining(expected.cap) } : expected])
      verdicts[reply.do]++
      if (reply.do === 'send') return
      one.state = reply.do === 'skip' ? 'skipped' : 'pending'
      if (reply.do === 'skip') one.at = undefined
      await end(one, reply.do === 'skip' ? 'skipped' : 'later', now)
    }
    for (let act = 0; act < 40; act++) {
      now += pick([0, 1, 60_000, HOUR / 2, HOUR, 3 * HOUR])
      const here = plain.messages.filter((each) => each.here)
      const sending = here.filter(({ state }) => state === 'sending')
      const pending = here.filter(({ state, journey }) => state === 'pending' && !plain.paused.has(journey))
      const one = { fresh: undefined, ends: pick(sending), again: pick(pending), leaves: pick(here), pauses: undefined }
      const what = pick(['fresh', 'fresh', 'fresh', 'ends', 'ends', 'again', 'again', 'again', 'again', 'leaves', 'pauses'] as const)
      if (what === 'fresh') {
        const known: Known = {
          ...(await message(who, {
            channel: pick(['email', 'sms']),
            topic: pick([null, topic]),
            priority: pick([0, 1, 2]),
            journey: pick(journeys),
          })),
          state: 'sending',
          here: true,
        }
        plain.messages.push(known)
        await asks(known, what)
      } else if (what === 'pauses') {
        const journey = pick(journeys)
        plain.paused[plain.paused.has(journey) ? 'delete' : 'add'](journey)
        await db.query('update journey set status = $2 where id = $1', [journey, plain.paused.has(journey) ? 'paused' : 'active'])
      } else {
        const known = one[what]
        if (!known) continue
        if (what === 'ends') {
          known.state = pick(['sent', 'sent', 'unknown', 'failed', 'pending'])
          if (known.state === 'failed') known.at = undefined
          // No attempt takes longer.
          const at = Math.min(now, (known.at ?? now) + HOUR - 1)
          if (known.state === 'sent') known.sentAt = at
          await end(known, known.state as 'sent', at)
        } else if (what === 'again') {
          known.state = 'sending'
          await begin(known)
          await asks(known, what)
        } else if (random() < 0.3) {
          known.here = false
          await db.query(`update member set status = 'exited' where id = $1`, [known.member])
        }
      }
    }
    await db.query(`update journey set status = 'active'`)
    await db.query('delete from frequency_cap')
  }
  expect(Math.min(...Object.values(verdicts))).toBeGreaterThan(50)
}, 120_000)

describe('agrees with the judgement on a virtual clock', () => {
  const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

  it(`of random messages and caps, SEED=${SEED}`, async () => {
    const random = seeded(SEED)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
    const seen = { send: 0, skip: 0, later: 0 }
    for (let round = 0; round < 12; round++) {
      await db.query('delete from frequency_cap')
      for (let n = Math.ceil(random() * 3); n > 0; n--) {
        const about = pick([{}, { channel: pick(CHANNELS) }, { topic }])
        await cap({
          ...about,
          most: 1 + Math.floor(random() * 3),
          per: pick(['PT5H', 'P1D', 'P2D', 'PT90M']),
          otherwise: pick(['skip', 'delay'] as const),
        })
      }
      const caps = await capsOf(db, WORKSPACE)
      const who = customer()
      const slots = new Map<string, Slot>()
      const tried: Message[] = []
      for (let at = START, n = 0; n < 40; n++, at += Math.floor(random() * 6 * HOUR)) {
        const again = tried.length > 0 && random() < 0.2
        const one = again ? pick(tried) : await message(who, { channel: pick(CHANNELS), topic: pick([null, topic]) })
        if (again) await begin(one)
        else tried.push(one)
        const kind = { channel: one.channel as Channel, topic: one.topic }
        const others = [...slots].filter(([key]) => key !== one.key).map(([, slot]) => slot)
        const model = cappedBy(caps, others, slots.get(one.key)?.at, kind, at)
        const { do: does, ...told } = await ask(one, at)
        expect({ round, n, do: does, ...told }).toEqual({ round, n, do: 'send', ...model })
        seen[does]++
        if (does === 'send') slots.set(one.key, { ...kind, at })
        // Nobody waits: what those who do are kept is not the model's.
        await db.query('delete from slot_wait')
        const ends = does !== 'send' ? (does === 'skip' ? 'skipped' : 'later') : pick(['sent', 'sent', 'unknown', 'failed'] as const)
        await end(one, ends, at)
        if (ends === 'failed' || ends === 'skipped') slots.delete(one.key)
        const counted = await slotsOf(db, WORKSPACE, who, new Date(START - 1))
        const mine = [...slots].filter(([key]) => key !== one.key || ends !== 'later').map(([, slot]) => slot.at)
        expect(counted.map((slot) => slot.at).sort()).toEqual(expect.arrayContaining(mine.sort()))
      }
    }
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(10)
  })
})
