import { sideOf } from '../../tiles/branch/side.js'
import type { Case, Happening, Tile } from './case.js'

/*
 * A plain interpreter of a canvas, written for the test from the documentation: one function, one customer, one clock in UTC. It shares nothing
 * with engine/ and the decisions of tiles/ but the hash of percentages, which is what it is by definition.
 */

/* eslint-disable @typescript-eslint/no-explicit-any -- it reads canvases as plainly as a person would */

interface Pause {
  from: number
  to?: number
  clocks: 'run' | 'freeze'
  overdue?: 'proceed' | { skipSendsOlderThan: string }
}

const never = (): number => Infinity

type Received = Happening & { do: 'event' }

export interface Walked {
  visits: { tileId: string; visit: number; at: number; port?: string }[]
  deliveries: { tileId: string; visit: number; at: number; attempt: number; outcome: 'sent' | 'failed' | 'skipped' }[]
  traits: Record<string, unknown>
  exitReason?: string
  parked?: boolean
  held?: boolean
  converted: boolean
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const DAY = 1440 * MINUTE

const length = (duration: string): number => {
  const [, days, hours, minutes, seconds] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/
    .exec(duration)!
    .map((part) => Number(part ?? 0))
  return days! * DAY + hours! * 60 * MINUTE + minutes! * MINUTE + seconds! * SECOND
}

/** The event conditions with a window of time in a condition. */
function windowsOf(c: any): { event: string; within: string }[] {
  if (!c) return []
  if (c.not) return windowsOf(c.not)
  if (c.all || c.any) return ((c.all ?? c.any) as any[]).flatMap(windowsOf)
  return c.within ? [c] : []
}

class HorizonReached extends Error {}
/** A criterion or the goal takes the member out. */
class TakenOut extends Error {}

export function reference(
  { startAt, canvas, traits: first, happenings, failures }: Case,
  ids: { journeyId: string; customerId: string },
  until: number,
): Walked {
  let now = startAt
  let seen = 0
  let traits: Record<string, any> = { ...first }
  const walked: Walked = { visits: [], deliveries: [], traits, converted: false, exitReason: undefined as never }
  delete walked.exitReason
  const visitsOf = new Map<string, number>()
  let at = 'entry'
  const pauses: Pause[] = []
  /** What was overdue for too long at a resume is not sent, until the next wait. */
  let skipSends = false
  /** When the last wait by time was due: its time of day is not taken again. */
  let lastDue: number | undefined

  /** Time passes to `to`; answers true when `met` became true on the way. Criteria take the member out. */
  function pass(due: () => number, met: (happening?: Happening) => boolean, waitingFor?: any): boolean {
    for (;;) {
      const happening = happenings[seen]
      const to = due()
      const next = Math.min(to, happening?.at ?? Infinity, turnOf([...criteria.map(({ when }) => when), waitingFor]))
      if (next > until) throw new HorizonReached()
      now = next
      if (to <= next) return false
      if (happening?.at === next) {
        seen++
        if (happening.do === 'traits') change(happening.traits)
        if (happening.do === 'pause' && !paused()) pauses.push({ from: now, clocks: happening.clocks })
        if (happening.do === 'resume' && paused()) Object.assign(paused()!, { to: now, overdue: happening.overdue })
        judge()
        if (met(happening)) return true
      } else {
        judge()
        if (met()) return true
      }
    }
  }

  const paused = (): Pause | undefined => pauses.find(({ to }) => to === undefined)

  /** The instant at which a wait since `arrived` is due: the time for which clocks stood still in it is added. Never, while they do. */
  function shifted(end: number, arrived: number): number {
    let due = end
    for (const { from, to = Infinity, clocks } of pauses) {
      if (clocks === 'freeze' && from < due && to > arrived) due += to - Math.max(from, arrived)
    }
    return due
  }

  /** A paused orchestration holds the member before a step, until the resume. */
  function gate(): void {
    const pause = paused()
    if (!pause) return
    const since = now
    walked.held = true
    pass(never, () => pause.to !== undefined)
    delete walked.held
    if (pause.overdue !== 'proceed' && now - since > length(pause.overdue!.skipSendsOlderThan)) skipSends = true
  }

  function change(news: Record<string, unknown>): void {
    traits = { ...traits, ...news }
    for (const [name, value] of Object.entries(traits)) if (value === null) delete traits[name]
  }

  const { goal, exitCriteria = [] } = canvas.settings
  const criteria = [...(goal ? [goal] : []), ...exitCriteria]

  /** The goal and the exit criteria, in this order. */
  function judge(): void {
    for (const criterion of criteria) {
      const { name, when, after, event, where } = criterion
      const holdsNow = when ? holds(when) : after ? startAt + length(after) <= now : received(event!).some(fits(where))
      if (!holdsNow) continue
      walked.converted ||= criterion === goal
      walked.exitReason = name
      throw new TakenOut()
    }
  }

  const received = (name: string): Received[] =>
    happenings.slice(0, seen).filter((each): each is Received => each.do === 'event' && each.event === name)
  const fits =
    (where?: { value: number }) =>
    ({ properties }: Received): boolean =>
      !where || Number(properties.total) >= where.value

  /** The first instant after now at which time alone may turn a criterion or one of these conditions. */
  function turnOf(conditions: any[]): number {
    const ages = criteria.flatMap(({ after }) => (after ? [startAt + length(after)] : []))
    const windows = conditions.flatMap(windowsOf).flatMap(({ event, within }) => received(event).map(({ at }) => at + length(within) + 1))
    return Math.min(...[...ages, ...windows].filter((instant) => instant > now))
  }

  const holds = (c: any): boolean => {
    if (c.all) return c.all.every(holds)
    if (c.any) return c.any.some(holds)
    if (c.not) return !holds(c.not)
    if (c.event) {
      const counted = received(c.event).filter((each) => fits(c.where)(each) && (!c.within || each.at + length(c.within) >= now))
      const enough = counted.length >= (c.count?.atLeast ?? 1)
      return c.op === 'performed' ? enough : !enough
    }
    const value: unknown = traits[c.trait]
    if (c.op === 'eq') return value === c.value
    if (c.op === 'ne') return value !== c.value
    return typeof value === 'number' && (c.op === 'gt' ? value > c.value : value <= c.value)
  }

  function stay({ config }: Tile): string {
    const arrived = now
    if (config.kind === 'event' || config.kind === 'condition') {
      const end = config.timeout ? now + length(config.timeout) : Infinity
      skipSends = false
      if (config.kind === 'condition' && holds(config.when)) return 'met'
      const met = (happening?: Happening): boolean => {
        if (config.kind === 'condition') return holds(config.when)
        return happening?.do === 'event' && happening.event === config.event && fits(config.where)(happening)
      }
      if (pass(() => shifted(end, arrived), met, config.when)) return 'met'
      lastDue = now
      return 'timeout'
    }
    const end =
      config.kind === 'duration' ? now + length(config.duration) : config.kind === 'date' ? Date.parse(`${config.date}Z`) : nextTime(config)
    if (end > now) {
      skipSends = false
      pass(
        () => shifted(end, arrived),
        () => false,
      )
      lastDue = now
    }
    return 'next'
  }

  function nextTime({ time, days }: { time: string; days?: string[] }): number {
    for (let due = Date.parse(`${new Date(now).toISOString().slice(0, 10)}T${time}Z`); ; due += DAY) {
      if (due >= now && due !== lastDue && (!days || days.includes(DAYS[new Date(due).getUTCDay()]!))) return due
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
    const most = config.retry ? 120 * MINUTE : 10 * MINUTE
    for (let attempt = 1; ; attempt++) {
      const failure = failures[`${id}:${visit}:${attempt}`]
      const outcome = skipSends ? 'skipped' : failure === undefined ? 'sent' : 'failed'
      walked.deliveries.push({ tileId: id, visit, at: now, attempt, outcome })
      if (skipSends) return 'next'
      if (failure === undefined) return 'next'
      if (failure === 'permanent' || attempt >= maxAttempts) break
      const again = now + Math.min(gap, most)
      pass(
        () => again,
        () => false,
      )
      judge()
      gate()
      gap *= backoff
    }
    if (config.onFailure === 'continue') return 'next'
    if (config.onFailure === 'branch') return 'failed'
    if (config.onFailure === 'exit') walked.exitReason = 'failed'
    else {
      walked.parked = true
      pass(never, () => false)
    }
    return undefined
  }

  function update({ config }: Tile): void {
    const [{ op, trait, value, by }] = config.changes
    const old: unknown = traits[trait]
    traits = { ...traits }
    if (op === 'set') traits[trait] = value
    if (op === 'unset') delete traits[trait]
    if (op === 'increment') traits[trait] = old === undefined ? by : typeof old === 'number' ? old + by : old
    if (op === 'append') traits[trait] = old === undefined ? [value] : Array.isArray(old) ? [...(old as unknown[]), value] : old
    if (op === 'remove' && Array.isArray(old)) traits[trait] = old.filter((each) => each !== value)
  }

  let left: [Walked['visits'][number], string] | undefined
  try {
    for (;;) {
      const tile = canvas.tiles.find(({ id }) => id === at)!
      if (at !== 'entry') {
        judge()
        gate()
      }
      const visit = (visitsOf.get(at) ?? 0) + 1
      visitsOf.set(at, visit)
      const record: Walked['visits'][number] = { tileId: at, visit, at: now }
      walked.visits.push(record)
      if (left) left[0].port = left[1]
      let port: string | undefined = 'next'
      if (tile.type === 'exit') {
        walked.exitReason = tile.config.reason
        walked.converted = tile.config.conversion === true
        break
      }
      if (tile.type === 'wait') port = stay(tile)
      if (tile.type === 'branch') port = choose(tile)
      if (tile.type === 'updateProfile') update(tile)
      if (tile.type === 'action' || tile.type === 'webhook') port = send(tile, visit)
      if (port === undefined) break
      left = [record, port]
      at = canvas.edges.find((edge) => edge.from === tile.id && (edge.port ?? 'next') === port)!.to
    }
  } catch (error) {
    if (!(error instanceof HorizonReached || error instanceof TakenOut)) throw error
    if (error instanceof TakenOut) delete walked.held
  }
  return { ...walked, traits }
}
