import assert from 'node:assert/strict'
import type { Walked } from '../reference.js'
import type { SimulationRig } from './rig.js'

interface Step {
  tileId: string
  visit: number
  at: Date
  fromTile: string | null
  fromVisit: number | null
  fromPort: string | null
}

interface Member {
  status: string
  /** Held within a wait whose clock stands still: it is at its wait. */
  frozen: boolean
  exitReason: string | null
  converted: boolean
  traits: Record<string, unknown>
}

type Delivery = Walked['deliveries'][number]

/** What became of a member: the journal, the projection and the profile, and the sends as the other side saw them. */
export async function read(rig: SimulationRig, memberId: string): Promise<Walked> {
  const steps = await rig.db.query<Step>(
    `select tile_id as "tileId", visit, arrived_at as at, from_tile as "fromTile", from_visit as "fromVisit", from_port as "fromPort"
     from step where member_id = $1`,
    [memberId],
  )
  const member = (await rig.db.one<Member>(
    `select status, frozen, exit_reason as "exitReason", converted, traits
     from member m join customer c on c.workspace_id = m.workspace_id and c.id = customer_id where m.id = $1`,
    [memberId],
  ))!
  return {
    visits: visitsOf(steps),
    deliveries: await deliveriesOf(rig, memberId),
    putOff: await limitsOn(rig, memberId, 'delayed'),
    traits: member.traits,
    ...(member.exitReason !== null && { exitReason: member.exitReason }),
    ...(member.status === 'parked' && { parked: true }),
    ...(member.status === 'held' && !member.frozen && { held: true }),
    converted: member.converted,
  }
}

/** Visits in their order: each step names the one that it came from. */
function visitsOf(steps: Step[]): Walked['visits'] {
  const visits: Walked['visits'] = []
  for (let step = steps.find(({ fromTile }) => fromTile === null); step;) {
    const { tileId, visit, at } = step
    step = steps.find(({ fromTile, fromVisit }) => fromTile === tileId && fromVisit === visit)
    visits.push({ tileId, visit, at: at.getTime(), ...(step && { port: step.fromPort! }) })
  }
  return visits
}

const OUTCOMES: Record<string, Delivery['outcome']> = {
  sent: 'sent',
  unknown: 'unknown',
  skipped: 'skipped',
  failed: 'failed',
  pending: 'failed',
}

/** What limits did: when messages were put off for the first time, for each reason; and those that were left out. */
async function limitsOn({ db }: SimulationRig, memberId: string, kind: 'delayed' | 'skipped'): Promise<Walked['putOff']> {
  const rows = await db.query<Omit<Walked['putOff'][number], 'at'> & { at: Date }>(
    `select tile_id as "tileId", visit, min(at) as at, detail ->> 'reason' as reason from incident
     where member_id = $1 and kind = $2 and detail ->> 'reason' in ('quiet_hours', 'frequency_cap') group by tile_id, visit, reason order by min(id)`,
    [memberId, kind],
  )
  return rows.map((row) => ({ ...row, at: row.at.getTime() }))
}

/** How the attempts of a member ended, by the ledger. @throws when the other side saw others */
async function deliveriesOf(rig: SimulationRig, memberId: string): Promise<Delivery[]> {
  const { db, peers } = rig
  const leftOut = await limitsOn(rig, memberId, 'skipped')
  const ended = await db.query<{ key: string; state: string; at: Date }>(
    `select key, state, at from simulated.ended where key like $1 || ':%' order by id`,
    [memberId],
  )
  const attempts = new Map<string, number>()
  const deliveries = ended.map(({ key, state, at }): Delivery => {
    const [, tileId, visit] = key.split(':') as [string, string, string]
    attempts.set(key, (attempts.get(key) ?? 0) + 1)
    const out = state === 'skipped' && leftOut.find((each) => each.tileId === tileId && each.visit === Number(visit))
    return {
      tileId,
      visit: Number(visit),
      at: at.getTime(),
      attempt: attempts.get(key)!,
      outcome: OUTCOMES[state]!,
      ...(out && { reason: out.reason }),
    }
  })
  const seen = peers.attempts().filter((each) => each.memberId === memberId)
  const told = deliveries.filter(({ outcome }) => outcome !== 'skipped').map(({ tileId, visit, at }) => ({ memberId, tileId, visit, at }))
  assert.deepEqual(told, seen, 'The ledger and the other side tell other attempts')
  return deliveries
}
