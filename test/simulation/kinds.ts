import type { Case, Happening, Tile } from './case.js'
import type { Walked } from './reference.js'

/** What the cases must come to, so that they are worth something; each at least so many times in 10,000 cases. */
export const WANTED: Record<string, number> = {
  'wait duration': 1000,
  'wait time': 1000,
  'wait date': 1000,
  'wait trait': 1000,
  'wait event met': 300,
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
  'exited by goal event': 80,
  'exited by goal when': 30,
  'exited by goal after': 100,
  'exited by criterion event': 100,
  'exited by criterion when': 40,
  'exited by criterion after': 100,
  parked: 300,
  'held at the end': 15,
  'traits timezone': 1000,
  'traits renewal': 1000,
  audience: 1000,
  'event twice': 500,
  'event late': 1000,
  'pause run': 1000,
  'pause freeze': 1000,
  'sent skipped': 12,
  moved: 300,
  'operate retry': 1000,
  'operate skip': 1000,
  'sent in another round': 30,
  'exited by operator': 100,
  'exited by version_published': 30,
  publish: 1000,
  'moved on publish': 60,
  'exited by orchestration_completed': 50,
  'sent failed': 1000,
  'sent unknown': 200,
  'exited by failure': 50,
  'put off by quiet_hours': 60,
  'put off by frequency_cap': 60,
  'left out by quiet_hours': 60,
  'left out by frequency_cap': 60,
}

/** Finds a tile by its id; of version 1, if it has it. */
const tilesIn =
  ({ canvas, published }: Case) =>
  (id: string): Tile =>
    [canvas, ...published.map((version) => version.canvas)].flatMap(({ tiles }) => tiles).find((tile) => tile.id === id)!

/** What a case came to. */
export function kindsOf(life: Case, { visits, deliveries, putOff, exitReason, parked, held }: Walked): string[] {
  const { canvas, happenings } = life
  const tileAt = tilesIn(life)
  const kinds = visits.map(({ tileId, port }) => {
    const tile = tileAt(tileId)
    const outcome = ['met', 'timeout', 'failed'].find((name) => name === port)
    return [tile.type, tile.config.kind, outcome].filter(Boolean).join(' ')
  })
  kinds.push(...happenings.flatMap(kindsOfHappening))
  for (const { outcome, reason } of deliveries) kinds.push(reason ? `left out by ${reason}` : `sent ${outcome}`)
  for (const { reason } of putOff) kinds.push(`put off by ${reason}`)
  if (exitReason === 'failed') kinds.push('exited by failure')
  if (['operator', 'orchestration_completed', 'version_published'].includes(exitReason ?? '')) kinds.push(`exited by ${exitReason}`)
  const moved = visits.filter(({ port }) => port === 'moved').map(() => 'moved')
  kinds.push(...moved, ...(happenings.some(({ do: what }) => what === 'operate') ? [] : moved.map(() => 'moved on publish')))
  const roundOf = (id: string): number => tileAt(id).config.retry?.maxAttempts ?? 5
  kinds.push(...deliveries.filter(({ tileId, attempt }) => attempt > roundOf(tileId)).map(() => 'sent in another round'))
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
    case 'operate':
      return [`operate ${happening.action}`]
    case 'event': {
      const twice = all.slice(0, index).some((each) => each.do === 'event' && each.messageId === happening.messageId)
      return [...(twice ? ['event twice'] : []), ...(happening.timestamp === undefined ? [] : ['event late'])]
    }
    default:
      return [happening.do]
  }
}
