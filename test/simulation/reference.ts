import { sideOf } from '../../tiles/branch/side.js'
import type { Case, Happening, Tile } from './case.js'

/*
 * A plain interpreter of a canvas, written for the test from the documentation: one function, one customer, one clock in UTC. It shares nothing
 * with engine/ and the decisions of tiles/ but the hash of percentages, which is what it is by definition.
 */

export interface Walked {
  visits: { tileId: string; visit: number; at: number; port?: string }[]
  deliveries: { tileId: string; visit: number; at: number; attempt: number; ok: boolean }[]
  traits: Record<string, unknown>
  exitReason?: string
  parked?: boolean
  converted: boolean
}

const MINUTE = 60_000
const UNITS: Record<string, number> = { D: 1440 * MINUTE, H: 60 * MINUTE, M: MINUTE }
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const length = (duration: string): number => {
  const [, amount, unit] = /^PT?(\d+)([DHM])$/.exec(duration)!
  return Number(amount) * UNITS[unit!]!
}

class HorizonReached extends Error {}

export function reference(
  { startAt, canvas, traits: first, happenings, failures }: Case,
  ids: { journeyId: string; customerId: string },
  until: number,
): Walked {
  let now = startAt
  let seen = 0
  let traits: Record<string, any> = { ...first } // eslint-disable-line @typescript-eslint/no-explicit-any
  const walked: Walked = { visits: [], deliveries: [], traits, converted: false, exitReason: undefined as never }
  delete walked.exitReason
  const visitsOf = new Map<string, number>()
  let at = 'entry'

  /** Time passes to `to`; answers true when `interest` was taken by something on the way. */
  function pass(to: number, interest: (happening: Happening) => boolean): boolean {
    for (;;) {
      const happening = happenings[seen]
      if (Math.min(to, happening?.at ?? Infinity) > until) throw new HorizonReached()
      if (!happening || to <= happening.at) {
        now = to
        return false
      }
      seen++
      now = happening.at
      if (happening.do === 'traits') {
        traits = { ...traits, ...happening.traits }
        for (const [name, value] of Object.entries(traits)) if (value === null) delete traits[name]
      }
      if (interest(happening)) return true
    }
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const holds = (c: any): boolean => {
    if (c.all) return c.all.every(holds)
    if (c.any) return c.any.some(holds)
    if (c.not) return !holds(c.not)
    if (c.event) {
      const enough = happenings.slice(0, seen).filter((each) => each.do === 'event' && each.event === c.event).length >= c.count.atLeast
      return c.op === 'performed' ? enough : !enough
    }
    const value: unknown = traits[c.trait]
    if (c.op === 'eq') return value === c.value
    if (c.op === 'ne') return value !== c.value
    return typeof value === 'number' && (c.op === 'gt' ? value > c.value : value <= c.value)
  }

  function stay({ config }: Tile): string {
    if (config.kind === 'event' || config.kind === 'condition') {
      const end = config.timeout ? now + length(config.timeout) : Infinity
      if (config.kind === 'condition' && holds(config.when)) return 'met'
      const met = (happening: Happening): boolean => {
        if (config.kind === 'condition') return holds(config.when)
        if (happening.do !== 'event' || happening.event !== config.event) return false
        return !config.where || Number(happening.properties.total) >= config.where.value
      }
      return pass(end, met) ? 'met' : 'timeout'
    }
    const end =
      config.kind === 'duration' ? now + length(config.duration) : config.kind === 'date' ? Date.parse(`${config.date}Z`) : nextTime(config)
    if (end > now) pass(end, () => false)
    return 'next'
  }

  function nextTime({ time, days }: { time: string; days?: string[] }): number {
    for (let due = Date.parse(`${new Date(now).toISOString().slice(0, 10)}T${time}Z`); ; due += UNITS.D!) {
      if (due >= now && (!days || days.includes(DAYS[new Date(due).getUTCDay()]!))) return due
    }
  }

  function choose({ id, config }: Tile): string {
    if (config.kind === 'percentage') return sideOf({ ...ids, tileId: id }, config.paths)
    return config.paths.find(({ when }: { when: unknown }) => holds(when))?.id ?? 'else'
  }

  /** A port, or undefined when the walk ends here. */
  function send({ id, config }: Tile, visit: number): string | undefined {
    const { maxAttempts, initialInterval, backoff } = config.retry ?? { maxAttempts: 5, initialInterval: '', backoff: 2 }
    let gap = initialInterval ? length(initialInterval) : 5_000
    const most = config.retry ? 2 * UNITS.H! : 10 * MINUTE
    for (let attempt = 1; ; attempt++) {
      const failure = failures[`${id}:${visit}:${attempt}`]
      walked.deliveries.push({ tileId: id, visit, at: now, attempt, ok: failure === undefined })
      if (failure === undefined) return 'next'
      if (failure === 'permanent' || attempt >= maxAttempts) break
      pass(now + Math.min(gap, most), () => false)
      gap *= backoff
    }
    if (config.onFailure === 'continue') return 'next'
    if (config.onFailure === 'branch') return 'failed'
    if (config.onFailure === 'exit') walked.exitReason = 'failed'
    else {
      walked.parked = true
      pass(Infinity, () => false)
    }
    return undefined
  }

  function change({ config }: Tile): void {
    const [{ op, trait, value, by }] = config.changes
    const old: unknown = traits[trait]
    traits = { ...traits }
    if (op === 'set') traits[trait] = value
    if (op === 'unset') delete traits[trait]
    if (op === 'increment') traits[trait] = old === undefined ? by : typeof old === 'number' ? old + by : old
    if (op === 'append') traits[trait] = old === undefined ? [value] : Array.isArray(old) ? [...(old as unknown[]), value] : old
    if (op === 'remove' && Array.isArray(old)) traits[trait] = old.filter((each) => each !== value)
  }

  try {
    for (;;) {
      const tile = canvas.tiles.find(({ id }) => id === at)!
      const visit = (visitsOf.get(at) ?? 0) + 1
      visitsOf.set(at, visit)
      const record: Walked['visits'][number] = { tileId: at, visit, at: now }
      walked.visits.push(record)
      let port: string | undefined = 'next'
      if (tile.type === 'exit') {
        walked.exitReason = tile.config.reason
        walked.converted = tile.config.conversion === true
        break
      }
      if (tile.type === 'wait') port = stay(tile)
      if (tile.type === 'branch') port = choose(tile)
      if (tile.type === 'updateProfile') change(tile)
      if (tile.type === 'action' || tile.type === 'webhook') port = send(tile, visit)
      if (port === undefined) break
      record.port = port
      at = canvas.edges.find((edge) => edge.from === tile.id && (edge.port ?? 'next') === port)!.to
    }
  } catch (error) {
    if (!(error instanceof HorizonReached)) throw error
  }
  return { ...walked, traits }
}
