import type { Db } from './db.js'
import type { JourneyStatus } from './journeys.js'
import { journeyStats, type JourneyStats, type StatsFilter } from './stats.js'

/** A pause that is on: since when, by whom, and how it treats waits and entries. */
export interface Paused {
  at: Date
  by: string
  clocks: 'run' | 'freeze'
  entries: 'drop' | 'queue'
  /** Entries that wait for the resume. */
  queued: number
}

/** What the monitor of an orchestration shows at one instant. */
export interface LiveState {
  status: JourneyStatus
  version: number | null
  draftVersion: number | null
  /** Null while it is not paused. */
  paused: Paused | null
  /** Deliveries that have begun and not ended. */
  inFlight: number
  /** Members that a pause holds. */
  held: number
  /** Members with an error now: whose delivery is tried again, and who are parked. */
  errors: { retrying: number; parked: number }
  stats: JourneyStats
}

type Row = Pick<LiveState, 'status' | 'version' | 'draftVersion' | 'paused' | 'inFlight' | 'held'> & { retrying: number; parked: number }

const STATE = `
  select j.status, j.live_version as version, j.draft_version as "draftVersion", d."inFlight", d.retrying,
    (select jsonb_build_object('at', j.paused_at, 'by', j.paused_by, 'clocks', p.clocks, 'entries', p.entries,
       'queued', (select count(*) from queued_entry q where q.journey_id = j.id))
     from pause p where p.journey_id = j.id and p.number = j.pause_number and j.status = 'paused') as paused,
    m.held, m.parked
  from journey j cross join lateral (
    select count(*) filter (where state = 'sending')::int as "inFlight", count(*) filter (where error_code is not null)::int as retrying
    from delivery where journey_id = j.id and state in ('pending', 'sending')) d
  cross join lateral (
    select coalesce(sum(n) filter (where a = 'held'), 0)::int as held, coalesce(sum(n) filter (where a = 'parked'), 0)::int as parked
    from (select a, n from tally where journey_id = j.id and kind = 'member' union all select a, n from tally_change where journey_id = j.id and kind = 'member') t) m
  where j.workspace_id = $1 and j.id = $2`

/**
 * The state and the counts of an orchestration. Its cost grows with the deliveries that are under way or tried again, not with the members, unless a filter is
 * given: it is about the stats only.
 * @throws TileworkError not_found
 */
export async function liveState(db: Db, workspaceId: string, journeyId: string, filter: StatsFilter = {}): Promise<LiveState> {
  const [stats, row] = await Promise.all([journeyStats(db, workspaceId, journeyId, filter), db.one<Row>(STATE, [workspaceId, journeyId])])
  const { retrying, paused, held, parked, ...state } = row!
  return { ...state, paused: paused && { ...paused, at: new Date(paused.at) }, held, errors: { retrying, parked }, stats }
}
