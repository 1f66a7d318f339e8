import { sideOf } from '../../tiles/branch/side.js'
import { atTime, dayBefore, dayOf, instantOf, isZone, nextTime, plus, timeOf } from './calendar.js'
import { FORGETFUL } from './generate.js'
import type { Canvas, Case, Happening, QuietWindow, Tile } from './case.js'

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

/** What is known of a delivery: attempts so far, in this round, and how the last one went. */
interface Sent {
  n: number
  round: number
  outcome: 'sent' | 'failed' | 'unknown' | 'skipped' | 'again'
  /** What it came to: done, or park, continue, exit, branch. */
  end: string
}

/** Why a message is kept back or put off. */
type Limit = 'quiet_hours' | 'frequency_cap'

export interface Walked {
  visits: { tileId: string; visit: number; at: number; port?: string }[]
  deliveries: {
    tileId: string
    visit: number
    at: number
    attempt: number
    outcome: 'sent' | 'failed' | 'unknown' | 'skipped'
    /** Of one that a limit leaves out. */
    reason?: Limit
  }[]
  /** Messages that were put off: when for the first time, for each reason. */
  putOff: { tileId: string; visit: number; at: number; reason: Limit }[]
  traits: Record<string, unknown>
  exitReason?: string
  parked?: boolean
  held?: boolean
  converted: boolean
}

interface Held {
  reason: Limit
  until?: number
}

const SECOND = 1000
const MINUTE = 60 * SECOND

const DAY = 1440 * MINUTE

const length = (duration: string): number => {
  const [, days, hours, minutes, seconds] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/
    .exec(duration)!
    .map((part) => Number(part ?? 0))
  return days! * DAY + hours! * 60 * MINUTE + minutes! * MINUTE + seconds! * SECOND
}

/** Whether it is within a window by the clocks of a zone. */
function isIn({ from, to, days }: QuietWindow, at: number, zone: string): boolean {
  const [time, today] = [timeOf(at, zone), dayOf(at, zone)]
  const begins = (day: string): boolean => !days || days.includes(day)
  if (from < to) return from <= time && time < to && begins(today)
  return (from <= time && begins(today)) || (time < to && begins(dayBefore(today)))
}

/** The conditions with a window of time in a condition. */
function windowsOf(c: any): any[] {
  if (!c) return []
  if (c.not) return windowsOf(c.not)
  if (c.all || c.any) return ((c.all ?? c.any) as any[]).flatMap(windowsOf)
  return c.within || c.op.startsWith('within') ? [c] : []
}

/** An operator, or a version that is published, moves the member. */
class MovedTo extends Error {
  constructor(
    readonly tile: string,
    readonly version?: number,
  ) {
    super()
  }
}

class HorizonReached extends Error {}
/** A criterion or the goal takes the member out. */
class TakenOut extends Error {}

export function reference(
  { startAt, canvas: first, published, traits: initial, audiences: inAudiences, happenings, failures, quietHours, caps }: Case,
  ids: { journeyId: string; customerId: string },
  until: number,
): Walked {
  let now = startAt
  let seen = 0
  let traits: Record<string, any> = { ...initial }
  let canvas = first
  let version = 0
  let live = 0
  const audiences = new Set(inAudiences)
  const events: Received[] = []
  const walked: Walked = { visits: [], deliveries: [], putOff: [], traits, converted: false, exitReason: undefined as never }
  delete walked.exitReason
  const ledger = new Map<string, Sent>()
  /** Messages that were let go, by the keys of the ledger. */
  const slots = new Map<string, { at: number; topic?: string }>()
  /** What kind of tile a visit was to. */
  const typeOf = new Map<object, string>()
  const visitsOf = new Map<string, number>()
  let at = 'entry'
  const pauses: Pause[] = []
  let completed = false
  /** When the wait began at which the member stands, or that it has left for a tile where it has not arrived yet. */
  let waitBegan: number | undefined
  /** What was overdue for too long at a resume is not sent, until the next wait. */
  let skipSends = false
  /** When the last wait by time was due: its time of day is not taken again. */
  let lastDue: number | undefined

  /** Time passes to `to`; answers true when `met` became true on the way. Criteria take the member out. */
  function pass(due: () => number, met: (happening?: Happening) => boolean, waiting?: Tile['config']): boolean {
    for (;;) {
      const happening = happenings[seen]
      const to = due()
      const next = Math.max(now, Math.min(to, happening?.at ?? Infinity, turnOf(waiting)))
      if (next > until) throw new HorizonReached()
      now = next
      if (to <= next) return false
      if (happening?.at === next) {
        seen++
        if (happening.do === 'traits') change(happening.traits)
        if (happening.do === 'audience') audiences[happening.member ? 'add' : 'delete'](happening.audience)
        if (happening.do === 'event') {
          // One that came before is no event.
          if (events.some(({ messageId }) => messageId === happening.messageId)) continue
          events.push(happening)
        }
        if (happening.do === 'operate') operate(happening)
        if (happening.do === 'publish' && !completed && live < published.length) publish()
        if (happening.do === 'complete' && !completed) complete(happening)
        if (happening.do === 'pause' && !completed && !paused()) pauses.push({ from: now, clocks: happening.clocks })
        if (happening.do === 'resume' && paused()) Object.assign(paused()!, { to: now, overdue: happening.overdue })
        judge()
        if (met(happening)) return true
      } else {
        judge()
        if (met()) return true
      }
    }
  }

  function operate({ action, to }: Happening & { do: 'operate' }): void {
    if (action === 'exit') leave('operator')
    const target = canvas.tiles.find(({ id }) => id === to)
    if (action === 'move' && target && target.type !== 'entry') throw new MovedTo(target.id)
  }

  /** The plan is about those who walk the version that was live. Later versions are counted from 1. */
  function publish(): void {
    const { plan } = published[live++]!
    const place = walked.visits.at(-1)!.tileId
    if (version !== live - 1) return
    // Who was moved and is held may stand at a tile that its version does not have; a plan says nothing of that one.
    const { do: fate, to = place } = plan[place] ?? { do: 'stay' }
    if (fate === 'exit') leave('version_published')
    if (fate === 'move') throw new MovedTo(to, live)
  }

  function complete({ members }: Happening & { do: 'complete' }): void {
    completed = true
    if (members === 'exit') leave('orchestration_completed')
    if (paused()) Object.assign(paused()!, { to: now, overdue: 'proceed' })
  }

  function leave(reason: string): never {
    walked.exitReason = reason
    throw new TakenOut()
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

  const criteriaOf = ({ settings: { goal, exitCriteria = [] } }: Canvas) => [...(goal ? [goal] : []), ...exitCriteria]
  let criteria = criteriaOf(canvas)

  /** The goal and the exit criteria, in this order. */
  function judge(): void {
    for (const criterion of criteria) {
      const { name, when, after, event, where } = criterion
      const age = after && plus(startAt, after, zoneFor())
      const holdsNow = when ? holds(when) : age ? age <= now : received(event!).some(fits(where))
      if (!holdsNow) continue
      walked.converted ||= criterion === canvas.settings.goal
      leave(name)
    }
  }

  /** The time zone in force: the tile's, the customer's, the settings'. */
  function zoneFor(config?: { timezone?: string }): string {
    const named = config?.timezone === 'customer' ? undefined : config?.timezone
    return [named, traits.timezone, canvas.settings.timezone].find(isZone) ?? 'UTC'
  }

  const received = (name: string): Received[] => events.filter(({ event }) => event === name)
  const fits =
    (where?: { value: number }) =>
    ({ properties }: Received): boolean =>
      !where || Number(properties.total) >= where.value

  /** The first instant after now at which time alone may turn a criterion or the condition that the member waits for. */
  function turnOf(waiting?: Tile['config']): number {
    const ages = criteria.flatMap(({ after }) => (after ? [plus(startAt, after, zoneFor())] : []))
    const turns = criteria.flatMap(({ when }) => windowsOf(when)).flatMap((c) => edges(c, zoneFor()))
    const waits = windowsOf(waiting?.when).flatMap((c) => edges(c, zoneFor(waiting)))
    return Math.min(...[...ages, ...turns, ...waits].filter((instant) => instant > now))
  }

  /** When a window of time opens, and the instant after it has closed. */
  function edges(c: any, zone: string): number[] {
    if (c.event) return received(c.event).map((each) => plus(each.at, c.within, zone) + 1)
    const window = windowOf(c, zone)
    return window ? [window.from, window.to + 1] : []
  }

  function windowOf({ trait, op, value }: any, zone: string): { from: number; to: number } | undefined {
    if (typeof traits[trait] !== 'string') return undefined
    const date = instantOf(traits[trait], zone)
    return op === 'withinNext' ? { from: plus(date, `-${value}`, zone), to: date } : { from: date, to: plus(date, value, zone) }
  }

  const holds = (c: any, zone = zoneFor()): boolean => {
    const part = (each: any): boolean => holds(each, zone)
    if (c.all) return c.all.every(part)
    if (c.any) return c.any.some(part)
    if (c.not) return !part(c.not)
    if (c.audience) return audiences.has(c.audience) === (c.op === 'in')
    if (c.event) {
      const counted = received(c.event).filter((each) => fits(c.where)(each) && (!c.within || plus(each.at, c.within, zone) >= now))
      const enough = counted.length >= (c.count?.atLeast ?? 1)
      return c.op === 'performed' ? enough : !enough
    }
    if (c.op.startsWith('within')) {
      const window = windowOf(c, zone)
      return window !== undefined && window.from <= now && now <= window.to
    }
    const value: unknown = traits[c.trait]
    if (c.op === 'eq') return value === c.value
    if (c.op === 'ne') return value !== c.value
    return typeof value === 'number' && (c.op === 'gt' ? value > c.value : value <= c.value)
  }

  /** @param since of a member that was moved from another wait: when that began */
  function stay({ config }: Tile, since: number, arrived: number, again: boolean): string {
    // A time of day is not taken twice: it is the next one after the last wait was due.
    const began = config.kind === 'time' && !again ? Math.max(since, (lastDue ?? -1) + 1) : since
    const due = (): number => shifted(reckon(config, began), arrived)
    if (config.kind === 'event' || config.kind === 'condition') {
      skipSends = false
      waitBegan = began
      const holdsHere = () => holds(config.when, zoneFor(config))
      if (config.kind === 'condition' && holdsHere()) return 'met'
      const met = (happening?: Happening): boolean => {
        if (config.kind === 'condition') return holdsHere()
        return happening?.do === 'event' && happening.event === config.event && fits(config.where)(happening)
      }
      if (events.some((event) => event.at > began && met(event))) return 'met'
      if (pass(due, met, config)) return 'met'
      lastDue = due()
      return 'timeout'
    }
    if (reckon(config, began) > began) {
      skipSends = false
      waitBegan = began
      pass(due, () => false)
      lastDue = due()
    }
    return 'next'
  }

  /** Until when a wait lasts that began then, by the profile as it is now. */
  function reckon(config: Tile['config'], began: number): number {
    const zone = zoneFor(config)
    switch (config.kind) {
      case 'duration':
        return plus(began, config.duration, zone)
      case 'time':
        return nextTime(began, config, zone)
      case 'date':
        return instantOf(config.date, zone)
      case 'trait': {
        if (typeof traits[config.trait] !== 'string') return -Infinity
        const date = instantOf(traits[config.trait], zone)
        const moved = config.offset ? plus(date, config.offset, zone) : date
        return config.time ? atTime(moved, config.time, zone) : moved
      }
      default:
        return config.timeout ? plus(began, config.timeout, zone) : Infinity
    }
  }

  function choose({ id, config }: Tile): string {
    if (config.kind === 'percentage') return sideOf({ ...ids, tileId: id }, config.paths)
    if (config.kind === 'time') return config.paths.find((path: any) => isTime(path, zoneFor(config)))?.id ?? 'else'
    return config.paths.find(({ when }: { when: unknown }) => holds(when))?.id ?? 'else'
  }

  function isTime({ days, from, to, sinceEntry }: any, zone: string): boolean {
    const time = timeOf(now, zone)
    const within = from < to ? from <= time && time < to : from <= time || time < to
    return within && (!days || days.includes(dayOf(now, zone))) && (!sinceEntry || now >= plus(startAt, sinceEntry.atLeast, zone))
  }

  /** A port, or undefined when the walk ends here. Each retry of an operator is a new round of attempts. */
  function send({ id, config }: Tile, visit: number): string | undefined {
    const key = `${id}:${visit}`
    for (;;) {
      // Sent already, or nobody knows: not again by itself, also when the visit goes on in another version.
      const last = ledger.get(key)
      const over = last?.outcome === 'sent' || last?.outcome === 'skipped' || last?.outcome === 'unknown'
      if (!over) gate()
      const round = over ? last : attempts({ id, config }, visit)
      // A version in which the tile has no such port any more lets it go on.
      if (round.end === 'branch') return config.onFailure === 'branch' ? 'failed' : 'next'
      if (round.end === 'exit') {
        walked.exitReason = 'failed'
        return undefined
      }
      if (round.end !== 'park') return 'next'
      if (park() === 'skip') {
        const parked = ledger.get(key)!
        // What may have arrived stays so.
        ledger.set(key, { ...parked, outcome: parked.outcome === 'unknown' ? 'unknown' : 'skipped', end: 'done' })
        return 'next'
      }
      ledger.set(key, { n: ledger.get(key)!.n, round: 0, outcome: 'failed', end: '' })
    }
  }

  /** One round of attempts; those of earlier rounds do not count, but for the failures of the case. */
  function attempts({ id, config }: Pick<Tile, 'id' | 'config'>, visit: number): Sent {
    const key = `${id}:${visit}`
    const { maxAttempts, initialInterval, backoff } = config.retry ?? { maxAttempts: 5, initialInterval: 'PT5S', backoff: 2 }
    const most = config.retry ? 120 * MINUTE : 10 * MINUTE
    const before = ledger.get(key)
    let { n, round } = before?.outcome === 'again' ? before : { n: before?.n ?? 0, round: 0 }
    const comeAgain = (at: number): void => {
      pass(
        () => at,
        () => false,
      )
      judge()
      gate()
    }
    for (;;) {
      const limit = skipSends ? undefined : (quiet(config) ?? capped(config, key))
      if (limit?.until !== undefined) {
        const { reason, until } = limit
        if (!walked.putOff.some((each) => each.tileId === id && each.visit === visit && each.reason === reason))
          walked.putOff.push({ tileId: id, visit, at: now, reason })
        comeAgain(until)
        continue
      }
      n++
      round++
      const failure = failures[`${key}:${n}`]
      const note = (outcome: Sent['outcome'], end: string): Sent => {
        const reason = limit && { reason: limit.reason }
        walked.deliveries.push({ tileId: id, visit, at: now, attempt: n, outcome: outcome === 'again' ? 'failed' : outcome, ...reason })
        if (outcome === 'failed' || outcome === 'skipped') slots.delete(key)
        const sent = { n, round, outcome, end }
        ledger.set(key, sent)
        return sent
      }
      if (skipSends || limit) return note('skipped', 'done')
      if (limitable(config)) slots.set(key, { at: now, topic: config.topic })
      if (failure === undefined) return note('sent', 'done')
      // Sent again by itself only if the other side forgets no key, or the tile asks for it.
      if (failure === 'ambiguous' && config.destinationId === FORGETFUL && config.onAmbiguous !== 'resend') {
        return note('unknown', config.onAmbiguous ?? 'park')
      }
      if (failure === 'permanent' || round >= maxAttempts) return note(failure === 'ambiguous' ? 'unknown' : 'failed', config.onFailure)
      note('again', '')
      comeAgain(now + Math.min(length(initialInterval) * backoff ** (round - 1), most))
    }
  }

  /** Webhooks reach no customer. */
  const limitable = (config: Tile['config']): boolean => config.destinationId !== undefined && !config.transactional

  /** The quiet hours that a message comes in; until when, unless it is left out then. */
  function quiet(config: Tile['config']): Held | undefined {
    if (!limitable(config)) return undefined
    const ofAll = quietHours && (!quietHours.channels || quietHours.channels.includes('email')) ? quietHours : 'none'
    const hours = config.quietHours ?? canvas.settings.quietHours ?? ofAll
    if (hours === 'none') return undefined
    const windows: QuietWindow[] = hours.windows ?? [hours]
    const zone = zoneFor(hours)
    const isQuiet = (at: number): boolean => windows.some((window) => isIn(window, at, zone))
    if (!isQuiet(now)) return undefined
    if (hours.otherwise === 'skip') return { reason: 'quiet_hours' }
    let until = now
    do until = Math.min(...windows.map(({ to }) => nextTime(until + 1, { time: to }, zone)))
    while (isQuiet(until))
    return { reason: 'quiet_hours', until }
  }

  /** The frequency cap that a message is beyond; when it asks again, unless it is left out. */
  function capped(config: Tile['config'], key: string): Held | undefined {
    if (!limitable(config)) return undefined
    let until: number | undefined
    for (const { channel = 'email', topic, most, per, otherwise } of caps) {
      const since = now - length(per)
      if (channel !== 'email' || (topic && topic !== config.topic) || (slots.get(key)?.at ?? -Infinity) > since) continue
      const counts = (other: string): boolean => other !== key && ['sent', 'unknown'].includes(ledger.get(other)!.outcome)
      const others = [...slots].filter(([other, slot]) => counts(other) && slot.at > since && (!topic || slot.topic === topic))
      const had = others.map(([, slot]) => slot.at).sort((a, b) => a - b)
      if (had.length < most) continue
      if (otherwise === 'skip') return { reason: 'frequency_cap' }
      until = Math.max(until ?? 0, had[had.length - most]! + length(per))
    }
    return until === undefined ? undefined : { reason: 'frequency_cap', until: Math.min(until, now + 60 * MINUTE) }
  }

  /** Parked until an operator retries or skips. */
  function park(): 'retry' | 'skip' {
    walked.parked = true
    let command: Happening | undefined
    pass(never, (happening) => {
      command = happening
      return happening?.do === 'operate' && (happening.action === 'retry' || happening.action === 'skip')
    })
    delete walked.parked
    return (command as Happening & { do: 'operate' }).action as 'retry' | 'skip'
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
  let movedFrom: number | undefined
  /** The visit goes on in another version. */
  let goesOn = false
  for (;;) {
    try {
      const tile = canvas.tiles.find(({ id }) => id === at)!
      const sends = tile.type === 'action' || tile.type === 'webhook'
      if (at !== 'entry') {
        judge()
        if (!goesOn) gate()
      }
      if (!goesOn) {
        const visit = (visitsOf.get(at) ?? 0) + 1
        visitsOf.set(at, visit)
        walked.visits.push({ tileId: at, visit, at: now })
        typeOf.set(walked.visits.at(-1)!, tile.type)
        if (left) left[0].port = left[1]
      }
      const record = walked.visits.at(-1)!
      const began = movedFrom
      const again = goesOn
      movedFrom = waitBegan = undefined
      goesOn = false
      let port: string | undefined = 'next'
      if (tile.type === 'exit') {
        walked.exitReason = tile.config.reason
        walked.converted = tile.config.conversion === true
        break
      }
      if (tile.type === 'wait') port = stay(tile, began ?? record.at, record.at, again)
      if (tile.type === 'branch') port = choose(tile)
      if (tile.type === 'updateProfile' && !again) update(tile)
      if (sends) port = send(tile, record.visit)
      if (port === undefined) break
      left = [record, port]
      at = canvas.edges.find((edge) => edge.from === tile.id && (edge.port ?? 'next') === port)!.to
    } catch (error) {
      if (error instanceof HorizonReached) break
      delete walked.held
      delete walked.parked
      if (error instanceof TakenOut) break
      if (!(error instanceof MovedTo)) throw error
      const place = walked.visits.at(-1)!
      movedFrom = waitBegan
      at = error.tile
      if (error.version !== undefined) {
        version = error.version
        canvas = published[version - 1]!.canvas
        criteria = criteriaOf(canvas)
        goesOn = at === place.tileId && canvas.tiles.find(({ id }) => id === at)!.type === typeOf.get(place)
      }
      left = goesOn ? undefined : [place, 'moved']
    }
  }
  return { ...walked, traits }
}
