import { simulate } from '../../engine/simulator.js'
import { compile } from '../../tiles/compile.js'
import { canvasSchema } from '../../tiles/index.js'
import { parseDraft } from '../../tiles/parse.js'
import { validate } from '../../tiles/validate.js'
import type { Case } from './case.js'
import { generate, seeded } from './generate.js'
import { reference } from './reference.js'

/*
 * Random orchestrations and random lives: the engine on the virtual clock against a plain reference interpreter. SEED= reproduces a run,
 * CASES= sets how many.
 */

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const CASES = Number(process.env.CASES ?? 2000)
/** How long a case goes on after it has begun, ms. */
const HORIZON_MS = 60 * 86_400_000
const ids = { journeyId: 'jrn_sim', customerId: 'ada' }
const lookups = {
  destinations: new Map([
    ['sandbox', { type: 'sandbox', actions: { send_email: { known: ['to', 'subject'], required: ['to', 'subject'] } } }],
  ]),
  audiences: new Set<string>(),
  journeys: new Map(),
  secrets: new Map(),
}

async function engine(life: Case) {
  const canvas = canvasSchema.parse(life.canvas)
  const {
    endedAt: _,
    parked,
    ...result
  } = await simulate({
    ...ids,
    canvas,
    route: compile(canvas),
    traits: life.traits,
    startAt: life.startAt,
    happenings: life.happenings,
    until: life.startAt + HORIZON_MS,
    send: (tile, visit, attempt) => {
      const failure = life.failures[`${tile.id}:${visit}:${attempt}`]
      return failure === undefined ? { ok: true } : { ok: false, again: failure === 'retry', code: 'sim' }
    },
  })
  return { ...result, ...(parked !== undefined && { parked: true }) }
}

test(`${CASES} random orchestrations, SEED=${SEED}`, async () => {
  const seen = new Map<string, number>()
  for (let index = 0; index < CASES; index++) {
    const life = generate(seeded(SEED + index))
    const draft = parseDraft(life.canvas)
    if ('errors' in draft) throw new Error(`SEED=${SEED + index} CASES=1: ${JSON.stringify(draft.errors)}`)
    const { errors } = validate(draft.canvas, lookups as never)
    if (errors.length > 0) throw new Error(`SEED=${SEED + index} CASES=1: the canvas is not valid: ${JSON.stringify(errors)}`)
    const [ours, plain] = [await engine(life), reference(life, ids, life.startAt + HORIZON_MS)]
    try {
      expect(ours).toEqual(plain)
    } catch (error) {
      throw new Error(`SEED=${SEED + index} CASES=1 reproduces this.\n${(error as Error).message}\n${JSON.stringify(life.canvas)}`)
    }
    for (const { tileId, port } of ours.visits) {
      const tile = life.canvas.tiles.find(({ id }) => id === tileId)!
      const outcome = ['met', 'timeout', 'failed'].find((name) => name === port)
      const kind = [tile.type, tile.config.kind, outcome].filter(Boolean).join(' ')
      seen.set(kind, (seen.get(kind) ?? 0) + 1)
    }
  }
  // The cases are worth something only if they come to every kind of tile and ending.
  if (CASES >= 1000) {
    for (const kind of [
      'wait duration',
      'wait time',
      'wait date',
      'wait event met',
      'wait event timeout',
      'wait condition met',
      'wait condition timeout',
    ]) {
      expect([kind, seen.get(kind) ?? 0]).toEqual([kind, expect.any(Number)])
      expect(seen.get(kind) ?? 0).toBeGreaterThan(20)
    }
    for (const kind of ['branch condition', 'branch percentage', 'action failed', 'webhook failed', 'updateProfile', 'exit']) {
      expect(seen.get(kind) ?? 0).toBeGreaterThan(20)
    }
  }
}, 300_000)
