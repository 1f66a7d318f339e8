import { buildPage } from '../../activities/build.js'
import { slideWindows } from '../../ingest/audience-clock.js'
import { routeBatch } from '../../ingest/batch.js'
import { conditionReads, evaluate, EventTally, type Condition, type Facts } from '../../model/condition.js'
import { AudienceIndex, type Definition } from '../../model/audiences.js'
import { newId } from '../../model/ids.js'
import { resolveZone } from '../../model/zone.js'
import { changeAudience, createAudience, getAudience } from '../../store/audiences.js'
import { changeMembers } from '../../store/audiences-members.js'
import { mergeTraits } from '../../store/customers.js'
import { insertEvents, noteChanges } from '../../store/events.js'
import { DEFAULT_WORKSPACE as WORKSPACE } from '../../store/workspaces.js'
import { seeded } from '../simulation/generate.js'
import { startIngest, type Ingest } from '../support/ingest.js'

/*
 * Random customers, events and definitions that change while both come: in the end, who is in an audience is who a plain evaluation says. Two
 * routers, two clocks and the builds work at the same time, and some of them are cut off half-way.
 */

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const ROUNDS = 12
const CUSTOMERS = Array.from({ length: 12 }, (_, n) => `c${n}`)
const HOUR = 3_600_000

/** A customer as the reference keeps them. */
interface Known {
  traits: Record<string, unknown>
  events: { at: number; event: string; properties: Record<string, unknown> }[]
  lists: Set<string>
}

function learn(known: Known, traits: Record<string, unknown>): void {
  known.traits = Object.fromEntries(Object.entries({ ...known.traits, ...traits }).filter(([, value]) => value !== null))
}

class World {
  readonly known = new Map<string, Known>()
  readonly definitions: Definition[] = []
  readonly generations = new Map<string, number>()
  /** Audience to the note after which each join and leave is told: its first build tells nobody. */
  readonly toldFrom = new Map<string, string>()
  readonly lists: string[] = []
  ahead = 0
  /** When the clock was stopped, ms. */
  stopped: number | undefined

  constructor(
    readonly ingest: Ingest,
    readonly random: () => number,
  ) {}

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)]!
  }
  whole = (below: number): number => Math.floor(this.random() * below)
  now = (): number => this.stopped ?? Date.now() + this.ahead
  deps = () => ({ db: this.ingest.db, temporal: this.ingest.temporal, now: () => Promise.resolve(new Date(this.now())) })

  date(): string {
    return new Date(this.now() + (this.whole(200) - 100) * HOUR).toISOString().slice(0, this.pick([10, 16, 24]))
  }

  customer(id: string): Known {
    let known = this.known.get(id)
    if (!known) this.known.set(id, (known = { traits: {}, events: [], lists: new Set() }))
    return known
  }

  /** @param below only audiences that were made before this one: no circles */
  condition(depth: number, below: number, inWhere = false): Condition {
    const part = () => this.condition(depth - 1, below, inWhere)
    const kind = this.whole(depth > 0 ? 9 : 6)
    if (kind === 0 && inWhere) return { property: 'total', op: 'gte', value: this.whole(10) }
    if (kind <= 1) return { trait: this.pick(['a', 'b', 'c']), op: this.pick(['eq', 'ne', 'gt'] as const), value: this.whole(3) }
    if (kind === 2)
      return { trait: 'when', op: this.pick(['withinLast', 'withinNext'] as const), value: this.pick(['P2D', 'PT30H', 'P1M']) }
    if (kind === 3 && (below > 0 || this.lists.length > 0)) {
      const named = [...this.lists, ...this.definitions.slice(0, below).map(({ id }) => id)]
      return { audience: this.pick(named), op: this.pick(['in', 'notIn'] as const) }
    }
    if (kind <= 5)
      return {
        event: this.pick(['bought', 'seen']),
        op: this.pick(['performed', 'notPerformed'] as const),
        count: { atLeast: 1 + this.whole(3) },
        ...(this.random() < 0.6 && { within: this.pick(['P2D', 'PT50H', 'P1W']) }),
        ...(this.random() < 0.3 && !inWhere && { where: this.condition(1, below, true) }),
      }
    if (kind === 6) return { not: part() }
    const parts = Array.from({ length: 2 + this.whole(2) }, part)
    return kind === 7 ? { all: parts } : { any: parts }
  }

  async happen(): Promise<void> {
    const id = this.pick(CUSTOMERS)
    const had = this.known.has(id)
    const known = this.customer(id)
    const { db } = this.ingest
    const kind = this.whole(10)
    if (kind <= 2) {
      const traits = {
        [this.pick(['a', 'b'])]: this.pick([0, 1, 2, null]),
        ...(this.random() < 0.4 && { when: this.date() }),
        ...(this.random() < 0.1 && { timezone: this.pick(['Asia/Kathmandu', 'America/New_York']) }),
      }
      learn(known, traits)
      await this.ingest.keep({ customerId: id, type: 'identify', event: '$identify', properties: traits })
    } else if (kind === 3) {
      // A trait that only the API sets: it is set at once, those of events when they are routed.
      const traits = { c: this.pick([0, 1, 2, null]) }
      learn(known, traits)
      await db.tx(async (tx) => noteChanges(tx, WORKSPACE, [{ customerId: id, traits: await mergeTraits(tx, WORKSPACE, id, traits) }]))
    } else if (kind <= 8) {
      const [event, properties, at] = [this.pick(['bought', 'seen', 'other']), { total: this.whole(10) }, this.now()]
      await db.tx(async (tx) => {
        const kept = {
          messageId: newId('evt'),
          customerId: id,
          type: 'track' as const,
          event,
          properties,
          context: {},
          timestamp: new Date(at),
        }
        await insertEvents(tx, WORKSPACE, [kept])
        await tx.query('update event set received_at = to_timestamp($1::float8 / 1000) where message_id = $2', [at, kept.messageId])
      })
      known.events.push({ at, event, properties })
    } else {
      const list = this.pick(this.lists)
      const inside = this.random() < 0.6
      await changeMembers(db, WORKSPACE, list, inside ? { add: [id], remove: [] } : { add: [], remove: [id] })
      if (inside) known.lists.add(list)
      else known.lists.delete(list)
      // To take out somebody who is unknown makes no profile.
      if (!inside && !had) this.known.delete(id)
    }
  }

  async define(): Promise<void> {
    const { db } = this.ingest
    if (this.definitions.length < 8) {
      const when = this.condition(2, this.definitions.length)
      const { id } = await createAudience(db, WORKSPACE, `A${this.definitions.length}`, when)
      this.definitions.push({ id, name: id, when })
      this.generations.set(id, 1)
      return
    }
    const place = this.whole(this.definitions.length)
    const [{ id }, when] = [this.definitions[place]!, this.condition(2, place)]
    this.definitions[place] = { id, name: id, when }
    const changed = await changeAudience(db, WORKSPACE, id, { name: id, when })
    if (changed) this.generations.set(id, changed.generation)
  }

  async route(): Promise<void> {
    const state = { stopping: false, unexplained: new Map<string, number>() }
    while ((await routeBatch(this.deps(), state)) > 0);
  }

  /** @param pages of each build at the most: the rest is left undone, as by a worker that is killed */
  async build(pages: number): Promise<void> {
    for (const [audienceId, generation] of this.generations) {
      for (let page = 0; page < pages; page++)
        if (!(await buildPage(this.deps(), { workspaceId: WORKSPACE, audienceId, generation }, 3))) break
      if (generation === 1) this.toldFrom.set(audienceId, (await this.lastNote())!)
    }
  }

  private async lastNote(): Promise<string | undefined> {
    return (await this.ingest.db.one<{ last: string }>('select last_value::text as last from event_id_seq'))?.last
  }

  /** Who is in each audience by a plain evaluation. */
  expected(now: number): Map<string, string[]> {
    const result = new Map<string, string[]>(this.definitions.map(({ id }) => [id, []]))
    const { inOrder } = new AudienceIndex(this.definitions)
    for (const [customerId, { traits, events, lists }] of this.known) {
      const audiences: Record<string, boolean> = Object.fromEntries([...lists].map((id) => [id, true]))
      for (const { id, when } of inOrder) {
        const facts: Facts = { now, customerId, traits, audiences, journeyId: '', tileId: '', enteredAt: 0, entry: {}, outputs: {}, events: {}, zone: resolveZone(undefined, traits, undefined) } // prettier-ignore
        for (const query of conditionReads(when).events) {
          const tally = new EventTally(query, facts)
          for (const each of events.toReversed()) if (each.event === query.event) tally.add(each.at, each.properties)
          facts.events[query.key] = tally.count
        }
        audiences[id] = evaluate(when, facts).holds
        if (audiences[id]) result.get(id)!.push(customerId)
      }
    }
    for (const ids of result.values()) ids.sort()
    return result
  }
}

async function play(ingest: Ingest, seed: number): Promise<void> {
  const world = new World(ingest, seeded(seed))
  for (const name of ['L1', 'L2']) world.lists.push((await createAudience(ingest.db, WORKSPACE, name)).id)
  for (let round = 0; round < ROUNDS; round++) {
    world.ahead += (1 + world.whole(40)) * HOUR + world.whole(HOUR)
    for (let n = world.whole(3); n >= 0; n--) await world.define()
    const during = async () => {
      for (let n = 0; n < 12; n++) await world.happen()
    }
    await Promise.all([during(), world.route(), world.route(), world.build(2), slideWindows(world.deps()), slideWindows(world.deps())])
  }
  world.stopped = world.now()
  await world.build(Infinity)
  await world.route()
  await slideWindows(world.deps())
  const expected = world.expected(world.now())
  for (const [place, { id, when }] of world.definitions.entries()) {
    const rows = await ingest.db.query<{ id: string }>('select customer_id as id from audience_member where audience_id = $1 order by 1', [
      id,
    ])
    const { status, size } = await getAudience(ingest.db, WORKSPACE, id)
    const found = { place, when, status, size, members: rows.map((row) => row.id) }
    expect(found).toEqual({ place, when, status: 'ready', size: rows.length, members: expected.get(id) })
  }
  // Joins and leaves take turns, as they were noted.
  const outOfTurn = await ingest.db.query(
    `select * from (
       select id, customer_id, audience, joined, lag(joined) over (partition by customer_id, audience order by id) as before from (
         select id, customer_id, properties ? 'joined' as joined,
           coalesce(properties #>> '{joined,audienceId}', properties #>> '{left,audienceId}') as audience
         from event where type = 'change' and (properties ? 'joined' or properties ? 'left')) noted
       where id > coalesce(($1::jsonb ->> audience)::bigint, 0)) turns
     where joined = before`,
    [JSON.stringify(Object.fromEntries(world.toldFrom))],
  )
  expect(outOfTurn).toEqual([])
}

test.each(Array.from({ length: Number(process.env.CASES ?? 6) }, (_, n) => SEED + n))(
  'SEED=%d',
  async (seed) => {
    const ingest = await startIngest()
    await play(ingest, seed).finally(() => ingest.stop())
  },
  60_000,
)
