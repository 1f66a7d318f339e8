import { conditionReads, emptyReads, evaluate, type Facts, type Reads } from '../../model/condition.js'
import { addDuration, localClock, localToInstant, resolveZone } from '../../model/zone.js'
import type { Decided, TileLogic } from '../decide.js'
import type { Settings } from '../settings.js'
import type { BranchConfig } from './schema.js'
import { sideOf } from './side.js'

type Of<K extends BranchConfig['kind']> = Extract<BranchConfig, { kind: K }>
type TimePath = Of<'time'>['paths'][number]

/** The first path that matches; else `else`. Percentage: a stable side for each customer. */
export const branchLogic: TileLogic<BranchConfig> = {
  reads(config): Reads {
    const reads = emptyReads()
    if (config.kind === 'condition') for (const path of config.paths) conditionReads(path.when, reads)
    if (config.kind === 'time') reads.traits = true
    return reads
  },
  decide(config, facts, settings): Decided {
    if (config.kind === 'percentage') return go(sideOf(facts, config.paths))
    return config.kind === 'time' ? byTime(config, facts, settings) : byCondition(config, facts)
  },
}

const go = (port: string, reads?: Record<string, unknown>): Decided => ({ decision: { do: 'go', port }, ...(reads && { reads }) })

function byCondition(config: Of<'condition'>, facts: Facts): Decided {
  const reads: Record<string, unknown> = {}
  for (const path of config.paths) {
    const judged = evaluate(path.when, facts)
    Object.assign(reads, judged.reads)
    if (judged.holds) return go(path.id, reads)
  }
  return go('else', reads)
}

function byTime(config: Of<'time'>, facts: Facts, settings: Settings): Decided {
  const zone = resolveZone(config.timezone, facts.traits, settings.timezone)
  const { day, minutes } = localClock(facts.now, zone)
  const reads = { timezone: zone, day, time: clockText(minutes) }
  const path = config.paths.find((candidate) => inTime(candidate, facts, zone, day, minutes))
  return go(path?.id ?? 'else', reads)
}

function inTime(path: TimePath, facts: Facts, zone: string, day: string, minutes: number): boolean {
  if (path.days && !path.days.some((name) => name === day)) return false
  if (!inHours(path, minutes)) return false
  if (path.after !== undefined && facts.now < localToInstant(path.after, zone)) return false
  if (path.before !== undefined && facts.now >= localToInstant(path.before, zone)) return false
  const { atLeast, lessThan } = path.sinceEntry ?? {}
  if (atLeast !== undefined && facts.now < addDuration(facts.enteredAt, atLeast, zone)) return false
  return lessThan === undefined || facts.now < addDuration(facts.enteredAt, lessThan, zone)
}

/** `from` counts, `to` does not; `from` after `to` goes over midnight. */
function inHours({ from, to }: TimePath, minutes: number): boolean {
  const [begins, ends] = [from === undefined ? 0 : clockMinutes(from), to === undefined ? 24 * 60 : clockMinutes(to)]
  return begins <= ends ? minutes >= begins && minutes < ends : minutes >= begins || minutes < ends
}

function clockMinutes(text: string): number {
  const [hours, minutes] = text.split(':').map(Number)
  return hours! * 60 + minutes!
}

const clockText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
