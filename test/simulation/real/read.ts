import type { Walked } from '../reference.js'
import type { Played } from './play.js'
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
  exitReason: string | null
  converted: boolean
  traits: Record<string, unknown>
}

/** What became of a case: the journal, the projection and the profile, and the sends as the other side saw them. */
export async function read({ db, peers }: SimulationRig, { memberId }: Played): Promise<Walked> {
  const steps = await db.query<Step>(
    `select tile_id as "tileId", visit, arrived_at as at, from_tile as "fromTile", from_visit as "fromVisit", from_port as "fromPort"
     from step where member_id = $1`,
    [memberId],
  )
  const member = (await db.one<Member>(
    `select status, exit_reason as "exitReason", converted, traits from member m join customer c on c.workspace_id = m.workspace_id and c.id = customer_id
     where m.id = $1`,
    [memberId],
  ))!
  return {
    visits: visitsOf(steps),
    deliveries: peers
      .attempts()
      .filter((attempt) => attempt.memberId === memberId)
      .map(({ tileId, visit, at, attempt, ok }) => ({ tileId, visit, at, attempt, ok })),
    traits: member.traits,
    ...(member.exitReason !== null && { exitReason: member.exitReason }),
    ...(member.status === 'parked' && { parked: true }),
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
