import type { Case } from './case.js'
import { generate, seeded } from './generate.js'
import { kindsOf } from './kinds.js'
import { WHO } from './real/alike.js'
import { play } from './real/play.js'
import { read } from './real/read.js'
import { Overtaken, startSimulationRig, type SimulationRig } from './real/rig.js'
import { reference, type Walked } from './reference.js'

/*
 * The random cases of the simulation, played by all the real parts (API, intake, router, workflows, activities, PostgreSQL) on Temporal's time-skipping
 * server, against the reference interpreter. SEED= and CASES= reproduce a run; START= is when its first case begins.
 */

const DAY = 86_400_000
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const CASES = Number(process.env.CASES ?? 50)
/** The server's clock cannot go back. A Monday, as of the other cases. */
const START = process.env.START ? Date.parse(process.env.START) : Date.parse('2040-01-02T10:00:00Z')
/** How long a case goes on at the most. The half minute: not just then is anything due. */
const HORIZON_MS = 60 * DAY + 30_000
/** From one case to the next: a Monday again. */
const EVERY_MS = 40 * 7 * DAY
/** Of so many cases one is played. */
const CHOICE = 10
/** The same case again. */
const AGAIN_MS = 10 * 7 * DAY
/** A member that goes round and round for weeks tells no more than one that does so for days. */
const MOST_VISITS = 60

let rig: SimulationRig
beforeAll(async () => {
  rig = await startSimulationRig()
}, 120_000)
afterAll(() => rig?.stop())

test(`${CASES} random orchestrations on the real parts, SEED=${SEED}`, async () => {
  const failures: string[] = []
  for (let index = 0; index < CASES; index++) {
    const startAt = START + index * EVERY_MS
    const seed = CASES === 1 ? SEED : richest(SEED + index * CHOICE, startAt)
    try {
      await compare(seed, startAt)
    } catch (error) {
      const reproduce = `SEED=${seed} CASES=1 START=${new Date(startAt).toISOString()} reproduces this.`
      failures.push(`${reproduce}\n${(error as Error).message}\n${JSON.stringify(generate(seeded(seed), startAt))}`)
    }
  }
  if (failures.length > 0) throw new Error(failures.join('\n\n'))
}, 600_000)

/** Of the next seeds the one at which most different things happen: the real parts take their time. */
function richest(first: number, startAt: number): number {
  const seeds = Array.from({ length: CHOICE }, (_, n) => first + n)
  const riches = new Map(seeds.map((seed) => [seed, richesOf(generate(seeded(seed), startAt))]))
  return seeds.reduce((best, seed) => (riches.get(seed)! > riches.get(best)! ? seed : best))
}

const richesOf = (life: Case): number => new Set(kindsOf(life, reference(life, WHO, endOf(life)))).size

/** Until when a case is played: not at an instant at which the member goes on. */
function endOf(life: Case): number {
  const end = life.startAt + HORIZON_MS
  const { visits } = reference(life, WHO, end)
  const later = visits.slice(MOST_VISITS).findIndex(({ at }, index) => at - visits[MOST_VISITS + index - 1]!.at > 60_000)
  return later < 0 ? end : visits[MOST_VISITS + later]!.at - 30_000
}

/** @throws when the real parts and the reference differ */
async function compare(seed: number, startAt: number, tries = 3): Promise<void> {
  const life = generate(seeded(seed), startAt)
  const until = endOf(life)
  try {
    const memberId = await play(rig, life, until)
    expect(readable(asTold(life, await read(rig, memberId)))).toEqual(readable(asTold(life, reference(life, WHO, until))))
  } catch (error) {
    if (!(error instanceof Overtaken) || tries === 1) throw error
    await compare(seed, startAt + AGAIN_MS, tries - 1)
  }
}

/** What the real parts tell in another way than the reference. */
function asTold({ canvas, published }: Case, { parked, held, deliveries, ...walked }: Walked): Walked {
  const tiles = [canvas, ...published.map((version) => version.canvas)].flatMap((each) => each.tiles)
  const webhooks = new Set(tiles.filter(({ type }) => type === 'webhook').map(({ id }) => id))
  const here = walked.exitReason === undefined
  return {
    ...walked,
    // No webhook is unknown: its receiver dedupes, so one that did not answer has failed. Nor is it asked which version the tile was of.
    deliveries: deliveries.map((each) => (each.outcome === 'unknown' && webhooks.has(each.tileId) ? { ...each, outcome: 'failed' } : each)),
    // Of a member, these are states that it leaves with its exit.
    ...(parked && here && { parked }),
    ...(held && here && { held }),
  }
}

/** Instants that a person can read. */
function readable<T>(value: T): unknown {
  return JSON.parse(JSON.stringify(value), (key, each: unknown) => (key === 'at' ? new Date(each as number).toISOString() : each))
}
