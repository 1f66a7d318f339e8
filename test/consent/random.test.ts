import { CHANNELS, type Channel } from '../../model/channels.js'
import { admissible } from '../../sending/admit.js'
import { mergeTraits } from '../../store/customers.js'
import { openDb, type Db } from '../../store/db.js'
import { listSubscriptions, setSubscriptions, subscriptionHistory } from '../../store/subscriptions.js'
import { suppress, SUPPRESSIONS, unsuppress } from '../../store/suppressions.js'
import { createTopic, deleteTopic, replaceTopic } from '../../store/topics.js'
import { DEFAULT_WORKSPACE as WORKSPACE, ensureDefaultWorkspace } from '../../store/workspaces.js'
import { freshDatabase, type FreshDatabase } from '../setup/db.js'
import { seeded } from '../simulation/generate.js'

/* Random words, topics, suppressions, merges and deletions: who may be written to is who a plain model says. SEED= reproduces a run, STEPS= sets its length. */

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const STEPS = Number(process.env.STEPS ?? 1_500)

let database: FreshDatabase
let db: Db
beforeAll(async () => {
  database = await freshDatabase()
  db = openDb(database.url)
  await ensureDefaultWorkspace(db)
})
afterAll(async () => {
  await db?.close()
  await database?.drop()
})

/** Everything by plain values, as docs/consent.md tells it. */
class Model {
  /** `customer channel topic` to yes or no. */
  words = new Map<string, boolean>()
  optIn = new Map<string, boolean>()
  /** `channel address` to the reason. */
  barred = new Map<string, string>()
  alias = new Map<string, string>()
  living = new Set<string>()

  who = (id: string): string => this.alias.get(id) ?? id

  say(id: string, channel: string, topic: string, word: boolean | null): void {
    const key = `${this.who(id)} ${channel} ${topic}`
    if (!this.living.has(this.who(id))) return
    if (word === null) this.words.delete(key)
    else this.words.set(key, word)
  }

  merge(from: string, into: string): void {
    for (const [key, word] of [...this.words]) {
      if (!key.startsWith(`${from} `)) continue
      const other = into + key.slice(from.length)
      this.words.set(other, word && this.words.get(other) !== false)
      this.words.delete(key)
    }
    for (const [id, means] of this.alias) if (means === from) this.alias.set(id, into)
    this.alias.set(from, into)
    if (this.living.delete(from)) this.living.add(into)
  }

  forget(matches: (key: string) => boolean): void {
    for (const key of [...this.words.keys()]) if (matches(key)) this.words.delete(key)
  }

  verdict(id: string, channel: string, topic: string, transactional: boolean, address: string): string {
    const reason = this.barred.get(`${channel} ${address}`)
    if (reason && (reason !== 'manual' || !transactional)) return `suppressed_${reason}`
    if (transactional) return 'send'
    const word = (of: string): boolean | undefined => this.words.get(`${this.who(id)} ${channel} ${of}`)
    if (word('') === false || (topic !== '' && word(topic) === false)) return 'unsubscribed'
    if (topic === '' || word(topic) === true) return 'send'
    return this.optIn.get(topic) === false ? 'send' : 'not_subscribed'
  }
}

/** Ways to write one address, by channel; the first is how it is kept. */
const ADDRESSES: Record<Channel, string[][]> = {
  email: [['ada@example.com', 'Ada <ADA@Example.com>', ' ada@EXAMPLE.com '], ['bob@xn--bcher-kva.example', 'Bob@bücher.example', '"B" <bob@BÜCHER.example>']],
  sms: [['+34600111222', '0034 600 111-222', '+34 (600) 111.222'], ['+44207946', 'tel:+44 20 7946']],
  whatsapp: [['+34600111222', 'whatsapp:+34600111222'], ['+44207946', 'whatsapp:+44 20 7946']],
  push: [['Tok:A', ' Tok:A '], ['tok:a']],
  chat: [['#general'], ['C123']],
} // prettier-ignore

test(`${STEPS} random steps, SEED=${SEED}`, async () => {
  const random = seeded(SEED)
  const whole = (below: number): number => Math.floor(random() * below)
  const pick = <T>(items: readonly T[]): T => items[whole(items.length)]!
  const model = new Model()
  const ids = Array.from({ length: 8 }, (_, n) => `c${n}`)
  const topics: string[] = []
  const sups = new Map<string, string>()
  let journalled = 0
  for (const id of ids) {
    await mergeTraits(db, WORKSPACE, id, {})
    model.living.add(id)
  }
  const steps: (readonly [weight: number, step: () => Promise<void>])[] = [
    [40, async () => {
      const id = pick(ids)
      const said = Array.from({ length: 1 + whole(3) }, () => ({ channel: pick(CHANNELS), topic: pick(['', ...topics]), word: pick([true, false, null]) }))
      const state = (word: boolean | null) => (word === null ? null : word ? ('subscribed' as const) : ('unsubscribed' as const))
      const made = await setSubscriptions(db, { workspaceId: WORKSPACE, customerId: id, via: 'test' }, said.map(({ channel, topic, word }) => ({ channel, topic, state: state(word) })))
      expect(made === undefined).toBe(!model.living.has(model.who(id)))
      journalled += made?.length ?? 0
      for (const { channel, topic, word } of said) model.say(id, channel, topic, word)
    }],
    [8, async () => {
      const optIn = random() < 0.5
      const { id } = await createTopic(db, WORKSPACE, { name: `T${topics.length} ${random()}`, description: '', optIn })
      topics.push(id)
      model.optIn.set(id, optIn)
    }],
    [4, async () => {
      const id = pick(topics)
      if (id === undefined || !model.optIn.has(id)) return
      const optIn = random() < 0.5
      await replaceTopic(db, WORKSPACE, id, { name: `R${random()}`, description: '', optIn })
      model.optIn.set(id, optIn)
    }],
    [2, async () => {
      const id = pick(topics)
      if (id === undefined || !model.optIn.has(id)) return
      await deleteTopic(db, WORKSPACE, id)
      model.optIn.delete(id)
      model.forget((key) => key.endsWith(` ${id}`))
    }],
    [10, async () => {
      const channel = pick(CHANNELS)
      const forms = pick(ADDRESSES[channel])
      const [key, reason] = [`${channel} ${forms[0]}`, pick(SUPPRESSIONS)]
      const { id, reason: now } = await suppress(db, { workspaceId: WORKSPACE, channel, address: pick(forms), reason })
      sups.set(key, id)
      const before = model.barred.get(key)
      const weight = (each: string) => (SUPPRESSIONS as readonly string[]).indexOf(each)
      model.barred.set(key, before === undefined || weight(reason) > weight(before) ? reason : before)
      expect(now).toBe(model.barred.get(key))
    }],
    [8, async () => {
      const key = pick([...sups.keys()])
      if (key === undefined) return
      await unsuppress(db, WORKSPACE, sups.get(key)!)
      sups.delete(key)
      model.barred.delete(key)
    }],
    [0.5, async () => {
      const [from, into] = [pick(ids), pick(ids)]
      if (model.who(from) !== from || model.who(into) === from) return
      await db.query('select tw_merge_customers($1, $2, $3, $4, 1)::text as merged', [WORKSPACE, from, into, 'alias'])
      model.merge(from, model.who(into))
    }],
    [0.5, async () => {
      const id = model.who(pick(ids))
      await db.query('delete from customer where workspace_id = $1 and id = $2', [WORKSPACE, id])
      model.living.delete(id)
      model.forget((key) => key.startsWith(`${id} `))
    }],
    [1, async () => {
      const id = pick(ids)
      await mergeTraits(db, WORKSPACE, id, {})
      model.living.add(model.who(id))
    }],
  ] // prettier-ignore
  const total = steps.reduce((sum, [weight]) => sum + weight, 0)
  const verdicts = new Map<string, number>()
  for (let step = 0; step < STEPS; step++) {
    let at = random() * total
    await steps.find(([weight]) => (at -= weight) < 0)![1]()
    for (let n = 0; n < 4; n++) {
      const channel = pick(CHANNELS)
      const forms = pick(ADDRESSES[channel])
      const asked = { customerId: pick(ids), channel, topic: pick(['', ...topics]), transactional: random() < 0.3 }
      const leave = await admissible(db, { ...asked, topic: asked.topic || undefined, workspaceId: WORKSPACE, address: pick(forms) })
      const found = leave.do === 'skip' ? leave.reason : leave.do
      const wanted = model.verdict(asked.customerId, channel, asked.topic, asked.transactional, forms[0]!)
      if (found !== wanted) throw new Error(`SEED=${SEED}, step ${step}: ${JSON.stringify(asked)} is ${found} and should be ${wanted}`)
      verdicts.set(wanted, (verdicts.get(wanted) ?? 0) + 1)
    }
  }
  const kept = await Promise.all([...new Set(ids.map(model.who))].map(async (id) =>
    (await listSubscriptions(db, WORKSPACE, id)).map(({ channel, topic, state }) => `${id} ${channel} ${topic ?? ''} ${state === 'subscribed'}`))) // prettier-ignore
  expect(kept.flat().sort()).toEqual([...model.words].map(([key, word]) => `${key} ${word}`).sort())
  // Each journal leads to what is said now; a topic that was deleted leaves its journal behind.
  for (const id of new Set(ids.map(model.who))) {
    const last = new Map<string, string | null>()
    for (let cursor: string | undefined, more = true; more;) {
      const page = await subscriptionHistory(db, WORKSPACE, id, { limit: 200, ...(cursor && { cursor }) })
      for (const { channel, topic, new: now } of page.data) if (!last.has(`${channel} ${topic}`)) last.set(`${channel} ${topic}`, now)
      cursor = page.nextCursor ?? undefined
      more = cursor !== undefined
    }
    for (const { channel, topic, state } of await listSubscriptions(db, WORKSPACE, id)) expect(last.get(`${channel} ${topic}`)).toBe(state)
  }
  // It was about something: every verdict came.
  expect(journalled).toBeGreaterThan(STEPS / 10)
  expect([...verdicts.keys()].sort()).toEqual(['not_subscribed', 'send', 'suppressed_complaint', 'suppressed_hard_bounce', 'suppressed_manual', 'unsubscribed']) // prettier-ignore
}, 120_000)
