import { compared } from './compare.js'
import { kindsOf, WANTED } from './kinds.js'

/*
 * Random orchestrations and random lives: the engine on the virtual clock against a plain reference interpreter. SEED= reproduces a run,
 * CASES= sets how many.
 */

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const CASES = Number(process.env.CASES ?? 10_000)

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
