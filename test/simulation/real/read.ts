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
  const visits = visitsOf(
    await rig.db.query<Step>(
      `select tile_id as "tileId", visit, arrived_at as at, from_tile as "fromTile", from_visit as "fromVisit", from_port as "fromPort"
       from step where member_id = $1`,
      [memberId],
    ),
  )
  const member = (await rig.db.one<Member>(
    `select status, frozen, exit_reason as "exitReason", converted, traits
     from member m join customer c on c.workspace_id = m.workspace_id and c.id = customer_id where m.id = $1`,
    [memberId],
  ))!
  return {
    visits,
    deliveries: inOrder([...attemptsOf(rig, memberId), ...(await skippedOf(rig, memberId))], visits),
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

const attemptsOf = ({ peers }: SimulationRig, memberId: string): Delivery[] =>
  peers
    .attempts()
    .filter((attempt) => attempt.memberId === memberId)
    .map(({ tileId, visit, at, attempt, failure }) => ({ tileId, visit, at, attempt, outcome: failure ? 'failed' : 'sent' }))

/** Sends that were overdue after a pause. */
async function skippedOf({ db, peers }: SimulationRig, memberId: string): Promise<Delivery[]> {
  const skipped = await db.query<{ tileId: string; visit: number; at: Date }>(
    `select tile_id as "tileId", visit, at from incident where member_id = $1 and kind = 'skipped' and dedupe like 'overdue:%'`,
    [memberId],
  )
  return skipped.map(({ tileId, visit, at }) => {
    const before = peers.attempts().filter((each) => each.memberId === memberId && each.tileId === tileId && each.visit === visit)
    return { tileId, visit, at: at.getTime(), attempt: before.length + 1, outcome: 'skipped' }
  })
}

function inOrder(deliveries: Delivery[], visits: Walked['visits']): Delivery[] {
  const place = ({ tileId, visit }: Delivery): number => visits.findIndex((each) => each.tileId === tileId && each.visit === visit)
  return deliveries.sort((a, b) => place(a) - place(b) || a.attempt - b.attempt)
}
