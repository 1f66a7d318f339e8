import fc from 'fast-check'
import { addDuration } from '../zone.js'
import { conditionReads, evaluate, EventTally, nextChange, type Condition, type Facts } from '../condition.js'

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const at = (text: string): number => Date.parse(text)
const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString())

interface Received {
  at: number
  event: string
  properties: Record<string, unknown>
}

/** A customer: fixed data, looked at later and later. */
interface Life {
  zone: string
  traits: Record<string, unknown>
  events: Received[]
}

/** The facts at an instant; events are counted as the store and the simulator do. */
function factsAt(now: number, { zone, traits, events }: Life, condition: Condition): Facts {
  const facts: Facts = {
    now,
    zone,
    traits,
    customerId: 'ada',
    journeyId: 'jrn_1',
    tileId: 'w',
    enteredAt: now,
    entry: { event: 'signed_up', properties: traits },
    outputs: {},
    audiences: { aud_in: true },
    events: {},
    changes: {},
  }
  for (const query of conditionReads(condition).events) {
    const tally = new EventTally(query, facts)
    for (const each of events) if (each.event === query.event) tally.add(each.at, each.properties)
    facts.events[query.key] = tally.count
    if (tally.changes !== undefined) facts.changes![query.key] = tally.changes
  }
  return facts
}

const MADRID: Life = { zone: 'Europe/Madrid', traits: { renewal: '2026-04-01', seen: '2026-03-20T12:00:00Z' }, events: [] }
const change = (now: string, condition: Condition, life: Partial<Life> = {}): string | undefined =>
  iso(nextChange(condition, factsAt(at(now), { ...MADRID, ...life }, condition)))

const soon = { trait: 'renewal', op: 'withinNext', value: 'P7D' } as const
const recent = { trait: 'seen', op: 'withinLast', value: 'P10D' } as const
const gold = { trait: 'plan', op: 'eq', value: 'gold' } as const

describe('a date and its window', () => {
  test.each<[string, string, Condition, string | undefined]>([
    // The clocks of Madrid go forward on 29 March.
    ['begins, by the calendar of the zone', '2026-03-01T00:00:00Z', soon, '2026-03-24T23:00:00.000Z'],
    ['ends with the date', '2026-03-26T00:00:00Z', soon, '2026-03-31T22:00:00.001Z'],
    ['is over', '2026-04-01T00:00:00Z', soon, undefined],
    ['a past one ends', '2026-03-21T00:00:00Z', recent, '2026-03-30T11:00:00.001Z'],
    ['one to come begins with the date', '2026-03-01T00:00:00Z', recent, '2026-03-20T12:00:00.000Z'],
    ['hours are exact', '2026-03-21T00:00:00Z', { ...recent, value: 'PT240H' }, '2026-03-30T12:00:00.001Z'],
    ['no date', '2026-03-21T00:00:00Z', { trait: 'plan', op: 'withinNext', value: 'P7D' }, undefined],
    [
      'a property of what entered',
      '2026-03-01T00:00:00Z',
      { ...soon, property: 'renewal', of: 'entry' } as never,
      '2026-03-24T23:00:00.000Z',
    ],
  ])('%s', (_, now, condition, expected) => {
    expect(change(now, condition)).toBe(expected)
  })

  test.each<[string, Condition]>([
    ['before and after compare with a fixed date', { trait: 'renewal', op: 'before', value: '2026-05-01' }],
    ['a value', gold],
    ['an audience', { audience: 'aud_in', op: 'in' }],
    ['events of all time', { event: 'bought', op: 'performed' }],
  ])('%s: never by time alone', (_, condition) => {
    const events = [{ at: at('2026-02-01T00:00:00Z'), event: 'bought', properties: {} }]
    expect(change('2026-03-01T00:00:00Z', condition, { events })).toBeUndefined()
  })
})

describe('several conditions', () => {
  test('the first part to turn ends what holds', () => {
    expect(change('2026-03-26T00:00:00Z', { all: [soon, recent] })).toBe('2026-03-30T11:00:00.001Z')
  })
  test('the last part to turn makes it hold', () => {
    expect(change('2026-03-01T00:00:00Z', { all: [soon, recent] })).toBe('2026-03-24T23:00:00.000Z')
  })
  test('a part that time does not turn keeps it from holding', () => {
    expect(change('2026-03-01T00:00:00Z', { all: [soon, gold] })).toBeUndefined()
    expect(change('2026-03-01T00:00:00Z', { not: { any: [{ not: gold }, soon] } })).toBeUndefined()
  })
  test('any, and not', () => {
    expect(change('2026-03-01T00:00:00Z', { not: { any: [soon, recent, gold] } })).toBe('2026-03-20T12:00:00.000Z')
  })
})

describe('events in a sliding window', () => {
  const bought = (...days: string[]) =>
    days.map((day) => ({ at: at(`${day}T10:00:00Z`), event: 'bought', properties: { total: Number(day.slice(-2)) } }))
  const twice = { event: 'bought', op: 'performed', count: { atLeast: 2 }, within: 'P30D' } as const
  const events = bought('2026-03-10', '2026-03-05', '2026-03-01')

  test('ends when one too few is left, by the calendar of the zone', () => {
    expect(change('2026-03-12T00:00:00Z', twice, { events })).toBe('2026-04-04T09:00:00.001Z')
    expect(change('2026-03-12T00:00:00Z', { ...twice, op: 'notPerformed' }, { events })).toBe('2026-04-04T09:00:00.001Z')
    expect(change('2026-03-12T00:00:00Z', { ...twice, within: 'PT720H' }, { events })).toBe('2026-04-04T10:00:00.001Z')
  })
  test('months of which the later event leaves first', () => {
    const two = ['2026-01-29T01:00:00Z', '2026-01-28T23:00:00Z'].map((text) => ({ at: at(text), event: 'bought', properties: {} }))
    const life = { zone: 'UTC', events: two }
    expect(change('2026-02-01T00:00:00Z', { ...twice, within: 'P1M' }, life)).toBe('2026-02-28T01:00:00.001Z')
  })
  test('too few stay too few', () => {
    expect(change('2026-04-12T00:00:00Z', twice, { events })).toBeUndefined()
  })
  test('only those that match count', () => {
    const where = { property: 'total', op: 'lt', value: 6 } as const
    expect(change('2026-03-12T00:00:00Z', { ...twice, where }, { events })).toBe('2026-03-31T09:00:00.001Z')
  })
  test('a date of the event comes into its window', () => {
    const trips = [{ at: at('2026-03-01T00:00:00Z'), event: 'booked', properties: { departs: '2026-04-01T12:00:00Z' } }]
    const where = { property: 'departs', op: 'withinNext', value: 'P3D' } as const
    expect(change('2026-03-12T00:00:00Z', { event: 'booked', op: 'performed', where }, { events: trips })).toBe('2026-03-29T12:00:00.000Z')
  })
  test('events in the where of events', () => {
    const inner = { event: 'bought', op: 'performed', within: 'P30D' } as const
    const condition = { event: 'signed_up', op: 'performed', where: inner } as const
    const life = { events: [...events, { at: at('2026-01-01T00:00:00Z'), event: 'signed_up', properties: {} }] }
    expect(evaluate(condition, factsAt(at('2026-03-12T00:00:00Z'), { ...MADRID, ...life }, condition)).holds).toBe(true)
    expect(change('2026-03-12T00:00:00Z', condition, life)).toBe('2026-04-09T09:00:00.001Z')
  })
})

const START = at('2026-01-20T00:00:00Z')
const zone = fc.constantFrom('UTC', 'Europe/Madrid', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia')
const span = fc.constantFrom('P1M', 'P3D', 'P1D', 'PT36H', 'P1W', 'P1M2D', 'P1Y', 'P2DT3H', 'PT90M')
const instant = fc.integer({ min: -400, max: 100 * 24 * 60 }).map((minutes) => START + minutes * 60_000)
const date = fc.oneof(
  instant.map((ms) => new Date(ms).toISOString()),
  instant.map((ms) => new Date(ms).toISOString().slice(0, 16)),
  instant.map((ms) => new Date(ms).toISOString().slice(0, 10)),
  fc.constant('never'),
)
const comparison = fc.record({ op: fc.constantFrom('withinLast' as const, 'withinNext' as const), value: span })
const trait = fc.constantFrom('a', 'b', 'plan')
const dateLeaf = fc.oneof(
  fc.tuple(trait, comparison).map(([name, rest]) => ({ trait: name, ...rest })),
  fc.tuple(trait, comparison).map(([name, rest]) => ({ property: name, ...rest })),
)
const constantLeaf = fc.constantFrom<Condition>(
  { trait: 'plan', op: 'eq', value: 'never' },
  { trait: 'a', op: 'before', value: '2026-02-10' },
  { audience: 'aud_in', op: 'in' },
)
const eventLeaf = fc.record(
  {
    event: fc.constantFrom('x', 'y'),
    op: fc.constantFrom('performed' as const, 'notPerformed' as const),
    count: fc.record({ atLeast: fc.integer({ min: 1, max: 4 }) }),
    within: span,
    where: fc.oneof(dateLeaf, constantLeaf),
  },
  { requiredKeys: ['event', 'op'] },
) as fc.Arbitrary<Condition>
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    dateLeaf as fc.Arbitrary<Condition>,
    eventLeaf,
    constantLeaf,
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie('condition').map((not) => ({ not })),
  ),
}))
const received = fc.record({ at: instant, event: fc.constantFrom('x', 'y'), properties: fc.record({ a: date, b: date }) })
const life = fc.record({ zone, traits: fc.record({ a: date, b: date, plan: date }), events: fc.array(received, { maxLength: 12 }) })

/** What is known at an instant: what was received by then, newest first. */
const knownAt = (now: number, all: Life): Life => ({
  ...all,
  events: all.events.filter((each) => each.at <= now).sort((a, b) => b.at - a.at),
})

/** Instants near which a window may open or close, however it is reckoned, and a grid. */
function instantsAfter(now: number, { zone, traits, events }: Life): number[] {
  const marks = [
    ...Object.values(traits),
    ...events.flatMap(({ at, properties }) => [new Date(at).toISOString(), ...Object.values(properties)]),
  ]
    .map((text) => Date.parse(String(text)))
    .filter((ms) => !Number.isNaN(ms))
  const spans = ['P1M', 'P3D', 'P1D', 'PT36H', 'P1W', 'P1M2D', 'P2DT3H', 'PT90M']
  const edges = marks.flatMap((ms) => [ms, ...spans.flatMap((each) => [addDuration(ms, each, zone), addDuration(ms, `-${each}`, zone)])])
  const near = edges.flatMap((ms) => [-3_600_000, -1, 0, 1, 3_600_000].map((by) => ms + by))
  return [...near, ...Array.from({ length: 200 }, (_, index) => now + index * 8 * 3_600_000)].filter((ms) => ms > now)
}

const RUNS = Number(process.env.CASES ?? 400)

test(`a condition stays what it is until then, SEED=${SEED}`, () => {
  fc.assert(
    fc.property(condition, life, instant, (c, all, now) => {
      const known = knownAt(now, all)
      const holds = evaluate(c, factsAt(now, known, c)).holds
      const next = nextChange(c, factsAt(now, known, c))
      if (next !== undefined && next <= now) throw new Error(`${iso(next)} is not after now.`)
      const instants = instantsAfter(now, known).filter((ms) => next === undefined || ms < next)
      for (const later of next === undefined ? instants : [...instants, next - 1]) {
        if (later >= now && evaluate(c, factsAt(later, known, c)).holds !== holds)
          throw new Error(`It changes at ${iso(later)}, not ${iso(next)}.`)
      }
    }),
    { seed: SEED, numRuns: RUNS },
  )
}, 120_000)

test(`one that looks at one date changes just then, SEED=${SEED}`, () => {
  fc.assert(
    fc.property(dateLeaf, life, instant, (c, all, now) => {
      const next = nextChange(c, factsAt(now, all, c))
      if (next === undefined) return
      expect(evaluate(c, factsAt(next, all, c)).holds).toBe(!evaluate(c, factsAt(now, all, c)).holds)
    }),
    { seed: SEED, numRuns: RUNS },
  )
})

test(`an event counts until so long after it, SEED=${SEED}`, () => {
  fc.assert(
    fc.property(zone, span, fc.array(instant, { maxLength: 10 }), instant, (where, within, instants, now) => {
      const c = { event: 'x', op: 'performed', within, count: { atLeast: 100 } } as const
      const events = instants.filter((ms) => ms <= now).map((ms) => ({ at: ms, event: 'x', properties: {} }))
      const counted = Object.values(factsAt(now, { zone: where, traits: {}, events }, c).events)[0]
      expect(counted).toBe(events.filter((each) => addDuration(each.at, within, where) >= now).length)
    }),
    { seed: SEED, numRuns: RUNS * 5 },
  )
})
