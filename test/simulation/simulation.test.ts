import type { Case, Happening } from './case.js'
import { compared } from './compare.js'
import type { Walked } from './reference.js'

/*
 * Random orchestrations and random lives: the engine on the virtual clock against a plain reference interpreter. SEED= reproduces a run,
 * CASES= sets how many.
 */

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const CASES = Number(process.env.CASES ?? 10_000)

/** What the cases must come to, so that they are worth something; each at least so many times in 10,000 cases. */
const WANTED: Record<string, number> = {
  'wait duration': 1000,
  'wait time': 1000,
  'wait date': 1000,
  'wait trait': 1000,
  'wait event met': 500,
  'wait event timeout': 500,
  'wait condition met': 500,
  'wait condition timeout': 500,
  'branch condition': 1000,
  'branch percentage': 1000,
  'branch time': 1000,
  'action failed': 200,
  'webhook failed': 100,
  updateProfile: 1000,
  exit: 1000,
  'exited by goal event': 100,
  'exited by goal when': 100,
  'exited by goal after': 100,
  'exited by criterion event': 100,
  'exited by criterion when': 100,
  'exited by criterion after': 100,
  parked: 500,
  'held at the end': 50,
  'traits timezone': 1000,
  'traits renewal': 1000,
  audience: 1000,
  'event twice': 500,
  'event late': 1000,
  'pause run': 1000,
  'pause freeze': 1000,
  'sent skipped': 50,
  'sent failed': 1000,
  'sent unknown': 200,
  'exited by failure': 50,
}

function kindsOf({ canvas, happenings }: Case, { visits, deliveries, exitReason, parked, held }: Walked): string[] {
  const kinds = visits.map(({ tileId, port }) => {
    const tile = canvas.tiles.find(({ id }) => id === tileId)!
    const outcome = ['met', 'timeout', 'failed'].find((name) => name === port)
    return [tile.type, tile.config.kind, outcome].filter(Boolean).join(' ')
  })
  kinds.push(...happenings.flatMap(kindsOfHappening))
  for (const { outcome } of deliveries) kinds.push(`sent ${outcome}`)
  if (exitReason === 'failed') kinds.push('exited by failure')
  if (parked) kinds.push('parked')
  if (held) kinds.push('held at the end')
  const { goal, exitCriteria = [] } = canvas.settings
  const criterion = [goal, ...exitCriteria].find((each) => each && each.name === exitReason)
  if (criterion) {
    const how = ['event', 'when', 'after'].find((kind) => kind in criterion)
    kinds.push(`exited by ${criterion === goal ? 'goal' : 'criterion'} ${how}`)
  }
  return kinds
}

function kindsOfHappening(happening: Happening, index: number, all: readonly Happening[]): string[] {
  switch (happening.do) {
    case 'traits':
      return Object.keys(happening.traits).map((name) => `traits ${name}`)
    case 'pause':
      return [`pause ${happening.clocks}`]
    case 'event': {
      const twice = all.slice(0, index).some((each) => each.do === 'event' && each.messageId === happening.messageId)
      return [...(twice ? ['event twice'] : []), ...(happening.timestamp === undefined ? [] : ['event late'])]
    }
    default:
      return [happening.do]
  }
}

test(`${CASES} random orchestrations, SEED=${SEED}`, async () => {
  const seen = new Map<string, number>()
  for (let index = 0; index < CASES; index++) {
    const { life, walked } = await compared(SEED + index)
    for (const kind of kindsOf(life, walked)) seen.set(kind, (seen.get(kind) ?? 0) + 1)
  }
  if (process.env.SHOW) console.log(Object.fromEntries([...seen].sort()))
  const missing = Object.entries(WANTED).filter(([kind, times]) => (seen.get(kind) ?? 0) < (times * CASES) / 10_000)
  if (CASES >= 1000) expect(missing.map(([kind, times]) => ({ kind, times, seen: seen.get(kind) ?? 0 }))).toEqual([])
}, 600_000)
