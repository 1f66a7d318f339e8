import { row } from '../support/canvas.js'
import type { Canvas, Case, Failure, Happening, Tile } from './case.js'

/** mulberry32: a small seeded generator. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const START = Date.parse('2026-03-02T10:00:00Z')
const HOUR = 3_600_000
const EVENTS = ['opened', 'ordered', 'visited']
const PLANS = ['free', 'pro', 'team']

type Random = () => number

/** A random case. */
export function generate(random: Random, startAt = START): Case {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const chance = (p: number): boolean => random() < p
  const int = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
  const dice: Dice = { random, startAt, pick, chance, int }
  const count = int(1, 9)
  const ids = ['entry', ...Array.from({ length: count }, (_, n) => `t${n}`), 'end', 'other']
  const tiles: Tile[] = [{ id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } }]
  const edges: Canvas['edges'] = []
  for (let n = 0; n < count; n++) {
    const tile = makeTile(`t${n}`, dice)
    tiles.push(tile)
    portsOf(tile).forEach((port, index) => {
      // The first port goes on, so that everything is reached; others jump ahead, or back through a wait.
      const back = index > 0 && tile.type === 'wait' && chance(0.3)
      const to = index === 0 ? ids[n + 2]! : back ? ids[int(1, n + 1)]! : ids[int(n + 2, ids.length - 1)]!
      edges.push({ from: tile.id, port, to })
    })
  }
  tiles.push({ id: 'end', type: 'exit', config: { reason: 'end' } }, { id: 'other', type: 'exit', config: { reason: 'other' } })
  // 'other' is reached by a last branch, so that it is never unreachable.
  const last = {
    id: 'fork',
    type: 'branch',
    config: {
      kind: 'percentage',
      paths: [
        { id: 'a', weight: 50 },
        { id: 'b', weight: 50 },
      ],
    },
  }
  tiles.splice(1, 0, last)
  edges.push(
    { from: 'entry', to: 'fork' },
    { from: 'fork', port: 'a', to: 't0' },
    { from: 'fork', port: 'b', to: chance(0.1) ? 'other' : 't0' },
  )
  if (!edges.some(({ to }) => to === 'other')) edges.find(({ from, port }) => from === 'fork' && port === 'b')!.to = 'other'
  return {
    startAt,
    canvas: { ...row([], edges), tiles },
    published: [],
    children: {},
    audiences: [],
    ...makeLife(dice, count),
  }
}

interface Dice {
  random: Random
  startAt: number
  pick<T>(list: readonly T[]): T
  chance(p: number): boolean
  int(from: number, to: number): number
}

function portsOf({ type, config }: Tile): string[] {
  if (type === 'wait') return config.kind === 'event' || config.kind === 'condition' ? ['met', 'timeout'] : ['next']
  if (type === 'branch') return [...config.paths.map(({ id }: { id: string }) => id), ...(config.kind === 'percentage' ? [] : ['else'])]
  return (type === 'action' || type === 'webhook') && config.onFailure === 'branch' ? ['next', 'failed'] : ['next']
}

function makeTile(id: string, dice: Dice): Tile {
  const { pick, int, chance } = dice
  const type = pick(['wait', 'wait', 'wait', 'branch', 'branch', 'action', 'action', 'webhook', 'updateProfile'])
  const duration = (): string => pick([`PT${int(1, 90)}M`, `PT${int(1, 50)}H`, `P${int(1, 4)}D`])
  const onFailure = pick(['park', 'continue', 'exit', 'branch'])
  const retry = { maxAttempts: int(1, 4), initialInterval: `PT${int(1, 40)}M`, backoff: pick([1, 2]), maxInterval: 'PT2H' }
  switch (type) {
    case 'wait':
      return { id, type, config: makeWait(dice, duration) }
    case 'branch':
      return { id, type, config: makeBranch(dice) }
    case 'action':
      return {
        id,
        type,
        config: {
          destinationId: 'sandbox',
          action: 'send_email',
          fields: { to: 'a@example.com', subject: id },
          onFailure,
          ...(chance(0.7) && { retry }),
        },
      }
    case 'webhook':
      return { id, type, config: { method: 'POST', url: 'https://example.com/', onFailure, ...(chance(0.7) && { retry }) } }
    default:
      return {
        id,
        type,
        config: {
          changes: [
            pick<unknown>([
              { op: 'set', trait: 'plan', value: pick(PLANS) },
              { op: 'unset', trait: 'plan' },
              { op: 'increment', trait: 'score', by: int(-3, 5) },
              { op: 'append', trait: 'tags', value: pick(PLANS) },
              { op: 'remove', trait: 'tags', value: pick(PLANS) },
            ]),
          ],
        },
      }
  }
}

function makeWait(dice: Dice, duration: () => string): unknown {
  const { pick, int, chance, startAt } = dice
  const timeout = chance(0.85) ? { timeout: duration() } : {}
  switch (pick(['duration', 'time', 'date', 'event', 'event', 'condition'])) {
    case 'duration':
      return { kind: 'duration', duration: duration() }
    case 'time':
      return {
        kind: 'time',
        time: `${String(int(0, 23)).padStart(2, '0')}:30`,
        ...(chance(0.5) && { days: [pick(['mon', 'wed', 'sat'])] }),
      }
    case 'date':
      return { kind: 'date', date: new Date(startAt + int(-48, 200) * HOUR).toISOString().slice(0, 16) }
    case 'event':
      return {
        kind: 'event',
        event: pick(EVENTS),
        ...(chance(0.5) && { where: { property: 'total', op: 'gte', value: int(0, 100) } }),
        ...timeout,
      }
    default:
      return { kind: 'condition', when: condition(dice, 0), ...timeout }
  }
}

function makeBranch(dice: Dice): unknown {
  const { pick, int } = dice
  if (pick([true, false])) {
    const first = int(0, 100)
    return {
      kind: 'percentage',
      paths: [
        { id: 'a', weight: first },
        { id: 'b', weight: 100 - first },
      ],
    }
  }
  return { kind: 'condition', paths: Array.from({ length: int(1, 2) }, (_, n) => ({ id: `p${n}`, when: condition(dice, 0) })) }
}

function condition(dice: Dice, depth: number): unknown {
  const { pick, int } = dice
  const kinds = depth < 2 ? ['plan', 'score', 'event', 'all', 'any', 'not'] : ['plan', 'score', 'event']
  switch (pick(kinds)) {
    case 'all':
      return { all: [condition(dice, depth + 1), condition(dice, depth + 1)] }
    case 'any':
      return { any: [condition(dice, depth + 1), condition(dice, depth + 1)] }
    case 'not':
      return { not: condition(dice, depth + 1) }
    case 'plan':
      return { trait: 'plan', op: pick(['eq', 'ne']), value: pick(PLANS) }
    case 'score':
      return { trait: 'score', op: pick(['gt', 'lte']), value: int(-2, 6) }
    default:
      return { event: pick(EVENTS), op: pick(['performed', 'notPerformed']), count: { atLeast: int(1, 3) } }
  }
}

function makeLife({ pick, int, chance, startAt }: Dice, count: number): Pick<Case, 'happenings' | 'failures' | 'traits'> {
  // Never on a full minute, when timers are due.
  const instants = Array.from({ length: int(0, 30) }, () => startAt + int(1, 400) * HOUR + int(1, 59_999))
  const happenings = [...new Set(instants)]
    .sort((a, b) => a - b)
    .map((at, n): Happening =>
      chance(0.25)
        ? { at, do: 'traits', traits: pick<Record<string, unknown>>([{ plan: pick(PLANS) }, { plan: null }, { score: int(-3, 8) }]) }
        : { at, do: 'event', event: pick(EVENTS), properties: { total: int(0, 120) }, messageId: `m${n}` },
    )
  const failures: Record<string, Failure> = {}
  for (let tile = 0; tile < count; tile++)
    for (let attempt = 1; attempt <= int(0, 5); attempt++) failures[`t${tile}:1:${attempt}`] = chance(0.8) ? 'retry' : 'permanent'
  return {
    happenings,
    failures,
    traits: { ...(chance(0.7) && { plan: pick(PLANS) }), ...(chance(0.5) && { score: int(-2, 5) }), ...(chance(0.3) && { tags: ['pro'] }) },
  }
}
