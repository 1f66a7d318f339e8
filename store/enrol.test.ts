import { entry, exit, row, wait } from '../test/support/canvas.js'
import { startIngest, type Ingest } from '../test/support/ingest.js'
import { DEFAULT_WORKSPACE } from './workspaces.js'
import { mergeTraits } from './customers.js'
import { openDb } from './db.js'
import { enrol, type Enrolled, type Enrolment } from './enrol.js'
import { journeyStats } from './stats.js'
import { leaveMember } from './steps.js'
import { memberTimeline } from './timeline.js'

let ingest: Ingest
beforeAll(async () => {
  ingest = await startIngest()
})
afterAll(() => ingest.stop())

const launch = (settings: Record<string, unknown> = {}) =>
  ingest.launch(row([entry(), wait('w', { kind: 'duration', duration: 'P1D' }), exit()], [], settings))

let serial = 0
const enter = (journeyId: string, more: Partial<Enrolment> = {}): Promise<Enrolled> =>
  enrol(ingest.db, { workspaceId: DEFAULT_WORKSPACE, journeyId, customerId: 'ada', triggerId: `t${serial++}`, ...more })

const outcome = (enrolled: Enrolled): string => ('refused' in enrolled ? enrolled.refused : 'entered')

async function memberId(enrolling: Promise<Enrolled>): Promise<string> {
  const enrolled = await enrolling
  if ('refused' in enrolled) throw new Error(enrolled.refused)
  return enrolled.memberId
}

const refusals = async (journeyId: string) => (await journeyStats(ingest.db, DEFAULT_WORKSPACE, journeyId)).refused

const DAY = 86_400_000
const T0 = Date.parse('2026-06-01T12:00:00Z')
const at = (days: number): Date => new Date(T0 + days * DAY)

describe('re-entry: who entered on day 0 and, if they did, left on day 2, tries again', () => {
  const modes = ['never', 'afterExit', 'always'] as const
  const states = ['new', 'inside', 'left'] as const
  const keys = [
    ['', ''],
    ['a', 'a'],
    ['a', 'b'],
    ['a', ''],
  ] as const
  const cooldowns = [undefined, 'P7D'] as const
  const days = [6.9, 7, 8.9, 9] as const
  const cases = modes.flatMap((mode) =>
    states.flatMap((state) =>
      keys.flatMap((key) => cooldowns.flatMap((cooldown) => days.map((day) => ({ mode, state, key, cooldown, day })))),
    ),
  )

  /** Written from the documentation, not from the statement. */
  function expected({ mode, state, key: [before, now], cooldown, day }: (typeof cases)[number]): string {
    if (state === 'new') return 'entered'
    if (mode === 'never') return 'already_entered'
    if (state === 'inside' && (mode === 'afterExit' || (now !== '' && before === now))) return 'in_orchestration'
    if (cooldown && day < 7 + (mode === 'afterExit' ? 2 : 0)) return 'cooldown'
    return 'entered'
  }

  test('every combination', async () => {
    const journeys = new Map<string, string>()
    for (const mode of modes)
      for (const cooldown of cooldowns)
        journeys.set(`${mode} ${cooldown}`, await launch({ reentry: { mode, ...(cooldown && { cooldown }) } }))
    const seen: unknown[] = []
    const wanted: unknown[] = []
    for (const [index, each] of cases.entries()) {
      const { mode, state, key, cooldown, day } = each
      const journeyId = journeys.get(`${mode} ${cooldown}`)!
      const customerId = `c${index}`
      if (state !== 'new') {
        const first = await memberId(enter(journeyId, { customerId, entryKey: key[0], now: at(0) }))
        if (state === 'left') await leaveMember(ingest.db, first, { reason: 'test' }, at(2))
      }
      seen.push([each, outcome(await enter(journeyId, { customerId, entryKey: key[1], now: at(day) }))])
      wanted.push([each, expected(each)])
    }
    expect(seen).toEqual(wanted)
    // Every refusal is counted, by its reason.
    const counted: Record<string, number> = {}
    for (const journeyId of journeys.values())
      for (const [reason, n] of Object.entries(await refusals(journeyId))) counted[reason] = (counted[reason] ?? 0) + n
    const reasons = cases.map(expected).filter((reason) => reason !== 'entered')
    const tally = Object.fromEntries([...new Set(reasons)].map((reason) => [reason, reasons.filter((each) => each === reason).length]))
    expect(counted).toEqual(tally)
    expect(Object.keys(tally).sort()).toEqual(['already_entered', 'cooldown', 'in_orchestration'])
  }, 60_000)
})

describe('a cool-down follows the calendar of the time zone in force', () => {
  test.each([
    // The clocks went forward in Madrid on 29 March 2026, back on 25 October.
    ['a day of 23 hours', 'P1D', 'Europe/Madrid', undefined, '2026-03-28T11:00:00Z', '2026-03-29T10:00:00Z'],
    ['a day of 25 hours', 'P1D', 'Europe/Madrid', undefined, '2026-10-24T10:00:00Z', '2026-10-25T11:00:00Z'],
    ['hours are exact', 'PT24H', 'Europe/Madrid', undefined, '2026-03-28T11:00:00Z', '2026-03-29T11:00:00Z'],
    ['the zone of the customer', 'P1D', 'Europe/Madrid', 'UTC', '2026-03-28T11:00:00Z', '2026-03-29T11:00:00Z'],
    ['a zone that is none', 'P1D', 'Europe/Madrid', 'Nowhere', '2026-03-28T11:00:00Z', '2026-03-29T10:00:00Z'],
    ['a time that is skipped', 'P1D', 'Europe/Madrid', undefined, '2026-03-28T01:30:00Z', '2026-03-29T01:30:00Z'],
    ['a time that is repeated', 'P1D', 'Europe/Madrid', undefined, '2026-10-24T00:30:00Z', '2026-10-25T00:30:00Z'],
    ['the end of a short month', 'P1M', undefined, undefined, '2026-01-31T12:00:00Z', '2026-02-28T12:00:00Z'],
    ['a month, by the date there', 'P1M', 'Asia/Kathmandu', undefined, '2026-01-31T20:00:00Z', '2026-02-28T20:00:00Z'],
  ])('%s', async (name, cooldown, timezone, trait, entered, over) => {
    const journeyId = await launch({ reentry: { mode: 'always', cooldown }, ...(timezone && { timezone }) })
    const customerId = `zone ${name}`
    if (trait) await mergeTraits(ingest.db, DEFAULT_WORKSPACE, customerId, { timezone: trait })
    await enter(journeyId, { customerId, now: new Date(entered) })
    const before = await enter(journeyId, { customerId, now: new Date(Date.parse(over) - 1) })
    expect([outcome(before), outcome(await enter(journeyId, { customerId, now: new Date(over) }))]).toEqual(['cooldown', 'entered'])
  })
})

describe('exactly once', () => {
  test.each(['never', 'afterExit', 'always'])('under re-entry %s, for eight connections with the same triggers at once', async (mode) => {
    const journeyId = await launch({ reentry: { mode } })
    const connections = Array.from({ length: 8 }, () => openDb(ingest.databaseUrl, { max: 1 }))
    try {
      const triggers = ['same', 'other', 'third']
      const answers = await Promise.all(
        connections.flatMap((db, n) =>
          // Each in another order.
          triggers.map((_, index) => {
            const triggerId = triggers[(index + n) % triggers.length]!
            return enrol(db, { workspaceId: DEFAULT_WORKSPACE, journeyId, customerId: 'many', triggerId, entryKey: triggerId }).then(
              (answer) => ({ triggerId, answer }),
            )
          }),
        ),
      )
      const starts = answers.filter(({ answer }) => 'fresh' in answer && answer.fresh)
      expect(starts).toHaveLength(mode === 'always' ? 3 : 1)
      for (const trigger of triggers) {
        const told = answers
          .filter(({ triggerId }) => triggerId === trigger)
          .map(({ answer }) => ('refused' in answer ? answer : answer.memberId))
        expect(told).toHaveLength(8)
        for (const each of told) expect(each).toEqual(told[0])
      }
      const reason = mode === 'never' ? 'already_entered' : 'in_orchestration'
      expect(await refusals(journeyId)).toEqual(mode === 'always' ? {} : { [reason]: 2 })
    } finally {
      await Promise.all(connections.map((db) => db.close()))
    }
  })

  test('a trigger that was refused stays refused, and is counted once', async () => {
    const journeyId = await launch({ reentry: { mode: 'afterExit' } })
    const first = await memberId(enter(journeyId, { customerId: 'eve' }))
    const again = { customerId: 'eve', triggerId: 'again' }
    expect(outcome(await enter(journeyId, again))).toBe('in_orchestration')
    await leaveMember(ingest.db, first, { reason: 'test' })
    expect(outcome(await enter(journeyId, again))).toBe('in_orchestration')
    expect(await refusals(journeyId)).toEqual({ in_orchestration: 1 })
  })
})

test('ten orchestrations deep and no deeper; the histories link both ways', async () => {
  const journeys = await Promise.all(Array.from({ length: 12 }, () => launch()))
  let parent: Enrolment['parent']
  const members: string[] = []
  for (const journeyId of journeys.slice(0, 11)) {
    const id = await memberId(enter(journeyId, { customerId: 'deep', ...(parent && { parent }) }))
    members.push(id)
    parent = { memberId: id, tileId: 'entry', visit: 1 }
  }
  expect(outcome(await enter(journeys[11]!, { customerId: 'deep', parent: parent! }))).toBe('too_deep')
  expect(await refusals(journeys[11]!)).toEqual({ too_deep: 1 })
  const above = await memberTimeline(ingest.db, DEFAULT_WORKSPACE, members[3]!, {})
  expect(above.data.find(({ event }) => event === 'entered')).toMatchObject({
    tileId: 'entry',
    visit: 1,
    childMemberId: members[4],
    orchestrationId: journeys[4],
  })
  const below = await memberTimeline(ingest.db, DEFAULT_WORKSPACE, members[4]!, {})
  expect(below.data[0]).toMatchObject({
    event: 'arrived',
    parentMemberId: members[3],
    parentOrchestrationId: journeys[3],
    parentTileId: 'entry',
  })
})
