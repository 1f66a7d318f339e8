import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { held } from '../../api/test-run/held.js'
import { simulate, type SimNote, type SimResult } from '../../engine/simulator.js'
import { durationMs } from '../../model/duration.js'
import type { Cap } from '../../model/frequency-caps.js'
import { VirtualLimits, type Limits } from '../../sending/virtual.js'
import { compile } from '../../tiles/compile.js'
import { canvasSchema } from '../../tiles/index.js'
import { parseDraft } from '../../tiles/parse.js'
import { validate, type Lookups } from '../../tiles/validate.js'
import type { Canvas, Case } from './case.js'
import { AUDIENCES, FORGETFUL, generate, seeded, TOPIC } from './generate.js'
import { reference, type Walked } from './reference.js'

/** How long a case goes on after it has begun, ms. */
const HORIZON_MS = 60 * 86_400_000
const ids = { journeyId: 'jrn_sim', customerId: 'ada' }
const lookups: Lookups = {
  destinations: new Map(
    ['sandbox', FORGETFUL].map((id) => [
      id,
      { type: 'sandbox', actions: { send_email: { known: ['to', 'subject'], required: ['to', 'subject'] } } },
    ]),
  ),
  audiences: new Set<string>(AUDIENCES),
  journeys: new Map(),
  secrets: new Map(),
  topics: new Set<string>([TOPIC]),
  templates: new Map(),
  selfId: 'jrn_sim',
  eventMonths: 13,
}

/** Walks the case of a seed with the engine and with the reference. @throws when they differ, or the case is not valid; the message names the seed */
export async function compared(seed: number): Promise<{ life: Case; walked: Walked }> {
  const life = generate(seeded(seed))
  const fail = (why: string): never => {
    throw new Error(`SEED=${seed} CASES=1 reproduces this: ${why}\n${JSON.stringify(life)}`)
  }
  for (const canvas of [life.canvas, ...life.published.map((version) => version.canvas)]) {
    const problems = problemsOf(canvas)
    if (problems) fail(`the canvas is not valid: ${problems}`)
  }
  const ours = await engine(life).catch((error: Error) => fail(error.message))
  const walked = reference(life, ids, life.startAt + HORIZON_MS)
  try {
    assert.deepEqual(ours, walked)
  } catch (error) {
    fail(`the engine (+) and the reference (-) differ\n${(error as Error).message}`)
  }
  return { life, walked }
}

function problemsOf(canvas: Canvas): string | undefined {
  const draft = parseDraft(canvas)
  const errors = 'errors' in draft ? draft.errors : validate(draft.canvas, lookups).errors
  return errors.length > 0 ? JSON.stringify(errors) : undefined
}

export async function engine(life: Case) {
  const canvas = canvasSchema.parse(life.canvas)
  const notes: SimNote[] = []
  const limits = new VirtualLimits(limitsOf(life))
  const {
    endedAt: _,
    parked,
    ...result
  } = await simulate({
    ...ids,
    canvas,
    route: compile(canvas),
    versions: life.published.map((version) => {
      const next = canvasSchema.parse(version.canvas)
      return { canvas: next, route: compile(next), plan: version.plan }
    }),
    traits: life.traits,
    audiences: life.audiences,
    startAt: life.startAt,
    happenings: life.happenings,
    until: life.startAt + HORIZON_MS,
    note: (note) => void notes.push(note),
    stands: ({ tileId, visit }, standing) => limits.stands(`${tileId}:${visit}`, standing),
    send: (tile, visit, attempt, { settings, traits, now }) => {
      if (tile.type === 'action') {
        const { topic, transactional = false, quietHours } = tile.config
        const reach = { channel: 'email' as const, topic, transactional, quietHours }
        const kept = held(limits.ask({ ...reach, key: `${tile.id}:${visit}`, settings, traits, now }))
        if (kept) return kept
      }
      const failure = life.failures[`${tile.id}:${visit}:${attempt}`]
      const dedupes = tile.type !== 'action' || tile.config.destinationId !== FORGETFUL
      return failure === undefined ? { ok: true } : { ok: false, kind: failure, code: 'sim', dedupes }
    },
  })
  checkNotes(notes, result)
  return { ...result, ...limitsIn(notes, result.deliveries), ...(parked !== undefined && { parked: true }) }
}

function limitsOf({ quietHours, caps }: Case): Limits {
  return {
    quietHours: quietHours as Limits['quietHours'],
    caps: caps.map(({ channel = null, topic = null, ...cap }) => {
      return { id: cap.name, ...cap, channel: channel as Cap['channel'], topic, topicName: topic, perMs: durationMs(cap.per) }
    }),
    sent: [],
  }
}

/** What limits did, as noted: why a message was left out, and when one was put off for the first time, for each reason. */
function limitsIn(notes: readonly SimNote[], deliveries: SimResult['deliveries']) {
  const whyOf = (event: SimNote['event']) =>
    notes.flatMap(({ tileId, visit, at, reason, ...note }) => (note.event === event && reason ? [{ tileId, visit, at, reason }] : []))
  const out = new Map(whyOf('skipped').map(({ tileId, visit, reason }) => [`${tileId}:${visit}`, reason]))
  const put = whyOf('waiting')
  return {
    deliveries: deliveries.map((each) => {
      const reason = each.outcome === 'skipped' ? out.get(`${each.tileId}:${each.visit}`) : undefined
      return { ...each, ...(reason !== undefined && { reason }) }
    }),
    putOff: put.filter((each, index) => put.findIndex((other) => isDeepStrictEqual({ ...other, at: each.at }, each)) === index),
  }
}

/** What is noted on the way is what the result says. */
function checkNotes(notes: SimNote[], { visits, deliveries, exitReason }: Pick<SimResult, 'visits' | 'deliveries' | 'exitReason'>): void {
  const of = (event: SimNote['event']) => notes.filter((note) => note.event === event)
  const places = (all: readonly { tileId: string; visit: number; at: number }[]) =>
    all.map(({ tileId, visit, at }) => ({ tileId, visit, at }))
  assert.deepEqual(places(of('arrived')), places(visits), 'arrivals are noted as they are')
  assert.deepEqual(places(of('sent')), places(deliveries.filter(({ outcome }) => outcome === 'sent')), 'sends are noted as they are')
  assert.deepEqual(
    of('exited').map(({ reason }) => reason),
    exitReason === undefined ? [] : [exitReason],
    'the exit is noted, once',
  )
}
