import fc from 'fast-check'
import { counted } from '../test/support/counted.js'
import { entry, exit, row, wait } from '../test/support/canvas.js'
import { startIngest, type Ingest } from '../test/support/ingest.js'
import type { MemberRef } from '../workflows/api.js'
import { pauseJourney, resumeJourney } from './gate.js'
import { foldTally, journeyStats, memberCounts } from './stats.js'
import { leaveMember, noteIncident } from './steps.js'
import { DEFAULT_WORKSPACE as WORKSPACE } from './workspaces.js'

/* The counters against the journal that they count. */

let ingest: Ingest
beforeAll(async () => {
  ingest = await startIngest()
}, 60_000)
afterAll(() => ingest?.stop())

const WAIT = { kind: 'duration', duration: 'P1D' }
const canvas = row([entry(), wait('a', WAIT), wait('b', WAIT), exit()], [], { reentry: { mode: 'afterExit' } })
const NEXT: Record<string, string> = { entry: 'a', a: 'b', b: 'a' }

type Happening = 'enter' | 'step' | 'moved' | 'finish' | 'leave' | 'convert' | 'fail' | 'pause' | 'fold' | 'foldFew'
const HAPPENINGS: Happening[] = ['enter', 'step', 'moved', 'finish', 'leave', 'convert', 'fail', 'pause', 'fold', 'foldFew']

/** Members of one orchestration, by customer, and where they stand. */
class Crowd {
  readonly #at = new Map<number, { member: MemberRef; tile: string; visits: Record<string, number> }>()
  paused = false
  constructor(readonly journeyId: string) {}

  async happen(what: Happening, who: number): Promise<void> {
    const here = this.#at.get(who)
    if (what === 'fold') return void (await foldTally(ingest.db))
    if (what === 'foldFew') return void (await foldTally(ingest.db, 3))
    if (what === 'pause') return this.#toggle()
    if (what === 'enter') return this.#enter(who)
    if (!here) return
    const { memberId } = here.member
    if (what === 'step' || what === 'moved') return this.#step(who, NEXT[here.tile]!, what === 'moved' ? 'moved' : 'next')
    if (what === 'finish') return this.#step(who, 'done', 'next')
    if (what === 'fail') {
      const at = { memberId, tile: here.tile, visit: here.visits[here.tile]! }
      return noteIncident(ingest.db, at, 'failed', {}, `failed:${here.tile}:${at.visit}:${Math.random()}`)
    }
    this.#at.delete(who)
    await leaveMember(ingest.db, memberId, { reason: what, converted: what === 'convert' })
  }

  async #toggle(): Promise<void> {
    await (this.paused ? resumeJourney(ingest.db, WORKSPACE, this.journeyId) : pauseJourney(ingest.db, WORKSPACE, this.journeyId, 'test'))
    this.paused = !this.paused
  }

  async #enter(who: number): Promise<void> {
    const member = await ingest.enter(this.journeyId, `c${who}`).catch(() => undefined)
    if (member) this.#at.set(who, { member, tile: 'entry', visits: { entry: 1 } })
  }

  async #step(who: number, tile: string, port: string): Promise<void> {
    const { member, tile: from, visits } = this.#at.get(who)!
    const visit = (visits[tile] ?? 0) + 1
    const arrival = { tile, visit, from: { tile: from, visit: visits[from]!, port } }
    const reply = await ingest.step(member, arrival)
    if (reply.do === 'held') return
    this.#at.set(who, { member, tile, visits: { ...visits, [tile]: visit } })
    if (tile === 'done') this.#at.delete(who)
  }
}

async function agrees(journeyId: string): Promise<void> {
  const [stats, journal] = await Promise.all([journeyStats(ingest.db, WORKSPACE, journeyId), counted(ingest.db, WORKSPACE, journeyId)])
  // One by one, by a filter that leaves all of them: the same.
  await ingest.db.query(`update journey set activated_at = now() - interval '2 hours' where id = $1`, [journeyId])
  const { asOf: _, ...oneByOne } = await journeyStats(ingest.db, WORKSPACE, journeyId, { from: new Date(Date.now() - 3_600_000) })
  expect({ ...oneByOne, asOf: stats.asOf }).toEqual(stats)
  expect({ members: stats.members, refused: stats.refused }).toEqual({ members: journal.members, refused: journal.refused ?? {} })
  for (const [id, { medianSeconds, conversionRate, here, ...tile }] of Object.entries(stats.tiles)) {
    expect(here).toBe(tile.entered - tile.left)
    if (tile.entered === 0) continue
    const { medianSeconds: median, conversionRate: rate, ...own } = journal.tiles![id]!
    expect([id, tile]).toEqual([id, own])
    expect(conversionRate).toBeCloseTo(rate, 9)
    expect(medianSeconds === null).toBe(median === null)
  }
  for (const { from, to } of canvas.edges) {
    const passed = journal.edges?.find((edge) => edge.from === from && edge.port === 'next' && edge.to === to)?.n
    expect([from, stats.edges[`${from}:next`]]).toEqual([from, passed ?? 0])
  }
  expect((await memberCounts(ingest.db, WORKSPACE, [journeyId, 'none'])).get(journeyId)).toEqual(journal.members)
}
test('whatever happens, in whatever order with the folds, the counters are what the journal says', async () => {
  const happenings = fc.array(fc.tuple(fc.constantFrom(...HAPPENINGS), fc.nat(3)), { minLength: 5, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(happenings, async (all) => {
      const crowd = new Crowd(await ingest.launch(canvas))
      for (const [what, who] of all) await crowd.happen(what, who)
      await agrees(crowd.journeyId)
      while ((await foldTally(ingest.db)) > 0);
      await agrees(crowd.journeyId)
    }),
    { numRuns: 40 },
  )
}, 120_000)

test('read while many step and two fold, entered = left + here at every tile, and nothing is lost', async () => {
  const journeyId = await ingest.launch(canvas)
  let over = false
  const fold = async (): Promise<void> => {
    while (!over) await foldTally(ingest.db, 7)
  }
  const read = async (): Promise<void> => {
    while (!over) {
      const { tiles, members } = await journeyStats(ingest.db, WORKSPACE, journeyId)
      const here = Object.values(tiles).reduce((all, tile) => all + tile.here, 0)
      expect(here).toBe(members.entered - members.exited)
      for (const tile of Object.values(tiles)) expect(tile.here).toBeGreaterThanOrEqual(0)
    }
  }
  const others = Promise.all([fold(), fold(), read()])
  await Promise.all(
    Array.from({ length: 5 }, async (_, lane) => {
      const crowd = new Crowd(journeyId)
      for (let n = 0; n < 20; n++)
        for (const what of ['enter', 'step', 'step', n % 2 ? 'convert' : 'finish'] as const) await crowd.happen(what, lane * 100 + n)
    }),
  ).finally(() => (over = true))
  await others
  await agrees(journeyId)
  expect((await journeyStats(ingest.db, WORKSPACE, journeyId)).members).toMatchObject({ entered: 100, exited: 100, converted: 50 })
}, 120_000)

test('the median is within 3 percent, also of stays from milliseconds to months', async () => {
  while ((await foldTally(ingest.db)) > 0);
  const journeyId = await ingest.launch(canvas)
  await ingest.db.query(
    `insert into step (member_id, tile_id, visit, workspace_id, journey_id, version, arrived_at, from_tile, from_visit, from_port, from_arrived_at, decision)
     select 'mem_' || n || $1, 'b', 1, $2, $1, 1, now(), case n % 2 when 0 then 'a' else 'entry' end, 1, 'next',
       now() - case n % 2 when 0 then n * n * 7.1 else n * 0.01 end * interval '1 second', '{}' from generate_series(1, 2001) n`,
    [journeyId, WORKSPACE],
  )
  const [exact] = await ingest.db.query<{ a: number; entry: number }>(
    `select percentile_cont(0.5) within group (order by s) filter (where tile = 'a') as a, percentile_cont(0.5) within group (order by s) filter (where tile = 'entry') as entry
     from (select from_tile as tile, extract(epoch from arrived_at - from_arrived_at)::float8 as s from step where journey_id = $1) d`,
    [journeyId],
  )
  for (const folded of [0, 1_000, 10_000]) {
    if (folded > 0) await foldTally(ingest.db, folded)
    const [row] = await ingest.db.query<{ n: number }>(`select count(*)::int as n from tally_change`)
    expect(row!.n).toBe(Math.max(0, 2001 - folded))
    for (const [tile, median] of Object.entries(exact!)) {
      // A tile that nobody entered is not shown: its stays are counted all the same.
      await ingest.db.query(`insert into tally values ($1, 'entered', $2, '', '', 1) on conflict do nothing`, [journeyId, tile])
      const { tiles: shown } = await journeyStats(ingest.db, WORKSPACE, journeyId)
      expect(Math.abs(shown[tile]!.medianSeconds! / median - 1)).toBeLessThan(0.03)
    }
  }
})
