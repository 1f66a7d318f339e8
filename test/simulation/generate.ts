import { row } from '../support/canvas.js'
import type { Canvas, Cap, Case, Criterion, Failure, Happening, Tile } from './case.js'

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
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const EVENTS = ['opened', 'ordered', 'visited']
export const AUDIENCES = ['vips', 'leavers']
/** The destination that cannot dedupe; the other one, `sandbox`, does. */
export const FORGETFUL = 'forgetful'
/** What some messages are about. */
export const TOPIC = 'news'
const ZONES = ['UTC', 'Europe/Madrid', 'America/New_York', 'Asia/Kathmandu']
const PLANS = ['free', 'pro', 'team']

type Random = () => number

/** A random case. */
export function generate(random: Random, startAt = START): Case {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const chance = (p: number): boolean => random() < p
  const int = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
  const dice: Dice = { random, startAt, pick, chance, int }
  const count = int(2, 12)
  const canvas = makeCanvas(dice, count)
  const published: Case['published'] = []
  for (let versions = chance(0.35) ? int(1, 2) : 0; versions > 0; versions--) {
    published.push(nextVersion(dice, published.at(-1)?.canvas ?? canvas))
  }
  return { startAt, canvas, published, children: {}, ...makeLimits(dice), ...makeLife(dice, canvas, published.length) }
}

function makeCanvas(dice: Dice, count: number): Canvas {
  const { chance, int } = dice
  const ids = ['entry', ...Array.from({ length: count }, (_, n) => `t${n}`), 'end', 'other']
  const tiles: Tile[] = [{ id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } }]
  const edges: Canvas['edges'] = []
  for (let n = 0; n < count; n++) {
    const tile = makeTile(`t${n}`, dice)
    tiles.push(tile)
    portsOf(tile).forEach((port, index) => {
      // The first port goes on, so that everything is reached; others jump ahead, or back through a wait.
      const back = index > 0 && tile.type === 'wait' && chance(0.2)
      const to = index === 0 ? ids[n + 2]! : back ? ids[int(1, n + 1)]! : ids[int(n + 2, Math.min(n + 6, ids.length - 1))]!
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
        { id: 'a', weight: 98 },
        { id: 'b', weight: 2 },
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
  return { ...row([], edges), tiles, settings: makeSettings(dice) }
}

/** Another canvas of tiles with the same names, or the same with other waits; and what becomes of the members at each tile. */
function nextVersion(dice: Dice, live: Canvas): Case['published'][number] {
  const { chance, int, pick } = dice
  const canvas = chance(0.4) ? makeCanvas(dice, int(2, 12)) : { ...live, tiles: live.tiles.map((tile) => otherWait(dice, tile)) }
  const targets = canvas.tiles.filter(({ type }) => type !== 'entry').map(({ id }) => id)
  const plan: Case['published'][number]['plan'] = {}
  for (const { id, type } of live.tiles) {
    const fate = type === 'exit' ? 'stay' : pick(['stay', 'stay', 'stay', 'move', 'move', 'move', 'exit'] as const)
    // A branch decides at once: the same one again would decide twice.
    const same = type !== 'branch' && targets.includes(id) && chance(0.7)
    plan[id] = fate === 'move' ? { do: fate, ...(same ? {} : { to: pick(targets.filter((target) => target !== id)) }) } : { do: fate }
  }
  return { canvas, plan }
}

/** Maybe another wait of the same ports. */
function otherWait(dice: Dice, tile: Tile): Tile {
  if (tile.type !== 'wait' || dice.chance(0.5)) return tile
  const other = { ...tile, config: makeTile(tile.id, dice, 'wait').config }
  return portsOf(other).join() === portsOf(tile).join() ? other : tile
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

function makeTile(id: string, dice: Dice, given?: string): Tile {
  const { pick, int, chance } = dice
  const type = given ?? pick(['wait', 'wait', 'wait', 'branch', 'branch', 'action', 'action', 'webhook', 'updateProfile'])
  const duration = (): string => pick([`PT${int(30, 300)}M`, `PT${int(1, 50)}H`, `P${int(1, 4)}D`])
  const onFailure = pick(['park', 'park', 'continue', 'continue', 'exit', 'branch', 'branch'])
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
          destinationId: pick(['sandbox', FORGETFUL]),
          action: 'send_email',
          fields: { to: 'a@example.com', subject: id },
          ...(chance(0.3) && { topic: TOPIC }),
          ...(chance(0.15)
            ? { transactional: true }
            : chance(0.25) && { quietHours: chance(0.2) ? 'none' : { ...makeWindow(dice), ...makeQuiet(dice) } }),
          onFailure,
          ...(chance(0.7) && { onAmbiguous: pick(['park', 'continue', 'resend']) }),
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
  const timezone = chance(0.3) ? { timezone: pick(['customer', ...ZONES]) } : {}
  switch (pick(['duration', 'time', 'date', 'trait', 'event', 'event', 'condition'])) {
    case 'duration':
      return { kind: 'duration', duration: duration(), ...timezone }
    case 'time':
      return { kind: 'time', time: pick(['09:30', '18:30']), ...(chance(0.3) && { days: [pick(['mon', 'wed', 'sat'])] }), ...timezone }
    case 'date':
      return { kind: 'date', date: new Date(startAt + int(-48, 200) * HOUR).toISOString().slice(0, 16), ...timezone }
    case 'trait':
      return {
        kind: 'trait',
        trait: 'renewal',
        ...(chance(0.5) && { offset: pick([`-P${int(1, 7)}D`, `PT${int(1, 30)}H`, `P${int(1, 3)}D`]) }),
        ...(chance(0.5) && { time: '12:45' }),
        ...timezone,
      }
    case 'event':
      return { kind: 'event', event: pick(EVENTS), ...(chance(0.5) && { where: makeWhere(dice) }), ...timeout, ...timezone }
    default:
      return { kind: 'condition', when: condition(dice, 0), ...timeout, ...timezone }
  }
}

const makeWhere = ({ int }: Dice) => ({ property: 'total', op: 'gte' as const, value: int(0, 100) })

function makeSettings(dice: Dice): Canvas['settings'] {
  const { chance, int, pick } = dice
  const base = {
    ...(chance(0.4) && { timezone: pick(ZONES) }),
    ...(chance(0.15) && { quietHours: chance(0.2) ? ('none' as const) : { ...makeWindow(dice), ...makeQuiet(dice) } }),
  }
  if (chance(0.45)) return base
  return {
    ...base,
    ...(chance(0.6) && { goal: makeCriterion(dice, 'goal') }),
    ...(chance(0.6) && { exitCriteria: Array.from({ length: int(1, 2) }, (_, n) => makeCriterion(dice, `criterion ${n}`)) }),
  }
}

/** At times that no change of clocks skips or repeats. */
const makeWindow = ({ pick, chance }: Dice) => ({
  ...pick([
    { from: '21:35', to: '07:10' },
    { from: '10:50', to: '16:20' },
    { from: '00:00', to: '00:00', days: ['sat', 'sun'] },
  ]),
  ...(chance(0.3) && { days: ['mon', 'thu', 'fri'] }),
})

const makeQuiet = ({ pick, chance }: Dice) => ({
  ...(chance(0.4) && { timezone: pick(['customer', ...ZONES]) }),
  ...(chance(0.6) && { otherwise: pick(['delay', 'skip'] as const) }),
})

/** What the workspace holds back. */
function makeLimits(dice: Dice): Pick<Case, 'quietHours' | 'caps'> {
  const { pick, int, chance } = dice
  const evening = [
    { from: '19:05', to: '23:40' },
    { from: '23:40', to: '06:15' },
  ]
  const cap = (n: number): Cap => ({
    name: `cap ${n}`,
    ...pick([{}, {}, { channel: 'email' }, { channel: 'email' }, { channel: 'sms' }, { topic: TOPIC }]),
    most: pick([1, 1, 1, 2, 3]),
    per: pick(['PT5H', 'P2D', 'P7D', 'P7D']),
    otherwise: pick(['delay', 'skip']),
  })
  return {
    ...(chance(0.2) && {
      quietHours: {
        windows: chance(0.5) ? [makeWindow(dice)] : evening,
        ...makeQuiet(dice),
        ...(chance(0.3) && { channels: [pick(['email', 'sms'])] }),
      },
    }),
    caps: chance(0.6) ? Array.from({ length: int(1, 2) }, (_, n) => cap(n)) : [],
  }
}

function makeCriterion(dice: Dice, name: string): Criterion {
  const { pick, int, chance } = dice
  switch (pick(['event', 'event', 'when', 'after', 'after'])) {
    case 'event':
      return { name, event: pick(EVENTS), ...(chance(0.7) && { where: makeWhere(dice) }) }
    case 'when':
      return { name, when: { all: [condition(dice, 1), condition(dice, 1)] } }
    default:
      // Of seconds that nothing else has, as of windows.
      return { name, after: pick([`PT${int(10, 200)}H7S`, `P${int(1, 14)}DT7S`]) }
  }
}

function makeBranch(dice: Dice): unknown {
  const { pick, int, chance } = dice
  switch (pick(['percentage', 'condition', 'condition', 'time'])) {
    case 'percentage': {
      const first = int(0, 100)
      const paths = [
        { id: 'a', weight: first },
        { id: 'b', weight: 100 - first },
      ]
      return { kind: 'percentage', paths }
    }
    case 'condition':
      return { kind: 'condition', paths: Array.from({ length: int(1, 2) }, (_, n) => ({ id: `p${n}`, when: condition(dice, 0) })) }
    default: {
      const path = () => ({
        ...pick([
          { from: '08:00', to: '17:20' },
          { from: '20:15', to: '07:00' },
        ]),
        ...(chance(0.3) && { days: ['mon', 'tue', 'sat'] }),
        ...(chance(0.3) && { sinceEntry: { atLeast: `P${int(1, 5)}D` } }),
      })
      const paths = Array.from({ length: int(1, 2) }, (_, n) => ({ id: `p${n}`, ...path() }))
      return { kind: 'time', paths, ...(chance(0.3) && { timezone: pick(ZONES) }) }
    }
  }
}

function condition(dice: Dice, depth: number): unknown {
  const { pick, int } = dice
  const simple = ['plan', 'score', 'audience', 'renewal', 'event', 'event']
  const kinds = depth < 2 ? [...simple, 'all', 'all', 'any', 'any', 'not'] : simple
  switch (pick(kinds)) {
    case 'all':
      return { all: [condition(dice, depth + 1), condition(dice, depth + 1)] }
    case 'any':
      return { any: [condition(dice, depth + 1), condition(dice, depth + 1)] }
    case 'not':
      return { not: condition(dice, depth + 1) }
    case 'plan':
      return { trait: 'plan', op: pick(['eq', 'ne']), value: pick(PLANS) }
    case 'audience':
      return { audience: pick(AUDIENCES), op: pick(['in', 'notIn']) }
    case 'renewal':
      // Of seconds that nothing else has.
      return { trait: 'renewal', op: pick(['withinNext', 'withinLast']), value: pick([`P${int(1, 9)}DT29S`, `PT${int(1, 99)}H29S`]) }
    case 'score':
      return { trait: 'score', op: pick(['gt', 'lte']), value: int(-2, 6) }
    default:
      return {
        event: pick(EVENTS),
        op: pick(['performed', 'notPerformed']),
        ...(dice.chance(0.8) && { count: { atLeast: int(1, 3) } }),
        // Of seconds that nothing else has, so that no window ends when a timer does.
        ...(dice.chance(0.5) && { within: pick([`PT${int(1, 90)}H17S`, `P${int(1, 5)}DT17S`]) }),
        ...(dice.chance(0.3) && { where: makeWhere(dice) }),
      }
  }
}

/**
 * Instants of happenings, in order. Each has a part of a minute of its own, and no timer has it: no two things are due at once, but those that
 * follow from one happening.
 */
function instants({ int, startAt }: Dice, count: number): number[] {
  const parts = new Set<number>()
  while (parts.size < count) parts.add(10 * int(1, 499))
  return [...parts].map((part) => startAt + int(1, 400 * 60) * MINUTE + part).sort((a, b) => a - b)
}

/** What may happen in a case besides events and changes of traits. */
interface Troubles {
  pauses: boolean
  operators: boolean
  tiles: readonly string[]
  publishes: boolean
}

function happening(dice: Dice, { pauses, operators, tiles, publishes }: Troubles, at: number, n: number): Happening {
  const { pick, int, chance } = dice
  if (pauses && chance(0.35)) {
    if (chance(0.5)) return { at, do: 'pause', clocks: pick(['run', 'freeze']) }
    return { at, do: 'resume', overdue: chance(0.6) ? { skipSendsOlderThan: `PT${int(1, 12)}H` } : 'proceed' }
  }
  if (operators && chance(0.3)) {
    const action = pick(['retry', 'retry', 'skip', 'skip', 'move', 'move', 'move', 'exit'] as const)
    return { at, do: 'operate', action, ...(action === 'move' && { to: chance(0.05) ? 'nowhere' : pick(tiles) }) }
  }
  if (publishes && chance(0.2)) return { at, do: 'publish' }
  if (chance(0.01)) return { at, do: 'complete', ...(chance(0.5) && { members: 'exit' }) }
  const kind = chance(0.6) ? 'event' : pick(['traits', 'traits', 'audience'])
  if (kind === 'traits') return { at, do: 'traits', traits: makeTraits(dice, at) }
  if (kind === 'audience') return { at, do: 'audience', audience: pick(AUDIENCES), member: chance(0.6) }
  return {
    at,
    do: 'event',
    event: pick(EVENTS),
    properties: { total: int(0, 120) },
    // Some come twice, and some come late.
    messageId: chance(0.1) && n > 0 ? `m${int(0, n - 1)}` : `m${n}`,
    ...(chance(0.15) && { timestamp: at - int(1, 100) * HOUR }),
  }
}

function makeTraits(dice: Dice, at: number): Record<string, unknown> {
  const { pick, int, chance } = dice
  switch (pick(['plan', 'plan', 'score', 'timezone', 'renewal'])) {
    case 'plan':
      return { plan: chance(0.3) ? null : pick(PLANS) }
    case 'score':
      return { score: int(-3, 8) }
    case 'timezone':
      return { timezone: pick([...ZONES, 'nowhere', null]) }
    default:
      return { renewal: chance(0.15) ? null : makeRenewal(dice, at) }
  }
}

/** A date in some days, of seconds that nothing else has. */
const makeRenewal = ({ int, chance }: Dice, at: number): string =>
  `${new Date(at + int(-3 * 24, 20 * 24) * HOUR).toISOString().slice(0, 13)}:15:23${chance(0.3) ? 'Z' : ''}`

function makeLife(dice: Dice, { tiles }: Canvas, versions: number): Pick<Case, 'happenings' | 'failures' | 'traits' | 'audiences'> {
  const { pick, int, chance } = dice
  const troubles: Troubles = { pauses: chance(0.4), operators: chance(0.4), tiles: tiles.map(({ id }) => id), publishes: versions > 0 }
  const happenings = instants(dice, int(0, 30)).map((at, n) => happening(dice, troubles, at, n))
  const failures: Record<string, Failure> = {}
  for (let tile = 0; tile < 12; tile++)
    for (let visit = 1; visit <= 3; visit++)
      for (let attempt = 1; attempt <= int(0, 5); attempt++)
        failures[`t${tile}:${visit}:${attempt}`] = pick(['retry', 'retry', 'retry', 'retry', 'permanent', 'ambiguous', 'ambiguous'])
  return {
    happenings,
    failures,
    audiences: AUDIENCES.filter(() => chance(0.3)),
    traits: {
      ...(chance(0.7) && { plan: pick(PLANS) }),
      ...(chance(0.5) && { score: int(-2, 5) }),
      ...(chance(0.3) && { tags: ['pro'] }),
      ...(chance(0.6) && { renewal: makeRenewal(dice, dice.startAt) }),
      ...(chance(0.4) && { timezone: pick(ZONES) }),
    },
  }
}
