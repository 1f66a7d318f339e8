import { stepActivities } from '../../activities/stay.js'
import type { Arrival, LookReply, StepReply } from '../../engine/host.js'
import { newId } from '../../model/ids.js'
import { openDb, type Db } from '../../store/db.js'
import { enrol } from '../../store/enrol.js'
import { insertEvents, type NewEvent } from '../../store/events.js'
import { DEFAULT_WORKSPACE, ensureDefaultWorkspace } from '../../store/workspaces.js'
import type { MemberRef } from '../../workflows/api.js'
import { freshDatabase } from '../setup/db.js'
import { launch } from './launch.js'
import { recordingTemporal, type RecordingTemporal } from './recording-temporal.js'

/** A database of its own, and members whose steps are the real ones, taken by hand where a workflow would: for the logic of ingest. */
export interface Ingest {
  db: Db
  databaseUrl: string
  temporal: RecordingTemporal
  /** Creates and activates an orchestration; answers its id. */
  launch(canvas: unknown): Promise<string>
  enter(journeyId: string, customerId: string): Promise<MemberRef>
  /** Takes a member's step onto a tile. */
  arrive(member: MemberRef, tile: string, from?: { tile: string; port: string }): Promise<StepReply>
  /** Takes any step of a member. */
  step(member: MemberRef, arrival: Arrival): Promise<StepReply>
  /** Lets a member look at what time may have changed. */
  look(member: MemberRef, tile: string): Promise<LookReply>
  /** Keeps events, in this order. */
  keep(...events: (Partial<NewEvent> & { customerId: string })[]): Promise<number>
  /** What members were told so far, without their ids. */
  told(): unknown[]
  stop(): Promise<void>
}

export async function startIngest(): Promise<Ingest> {
  const database = await freshDatabase()
  const db = openDb(database.url, { max: 12 })
  await ensureDefaultWorkspace(db)
  const temporal = recordingTemporal()
  const steps = stepActivities({ db, temporal })
  return {
    db,
    databaseUrl: database.url,
    temporal,
    launch: (canvas) => launch(db, canvas),
    enter: async (journeyId, customerId) => {
      const enrolled = await enrol(db, { workspaceId: DEFAULT_WORKSPACE, journeyId, customerId, triggerId: newId('evt') })
      if ('refused' in enrolled) throw new Error(`Refused: ${enrolled.refused}`)
      const { memberId, version } = enrolled.start
      return { memberId, workspaceId: DEFAULT_WORKSPACE, journeyId, version, customerId }
    },
    arrive: (member, tile, from = { tile: 'entry', port: 'next' }) => steps.step(member, { tile, visit: 1, from: { visit: 1, ...from } }),
    step: (member, arrival) => steps.step(member, arrival),
    look: (member, tile) => steps.look(member, { tile, visit: 1 }),
    keep: (...events) =>
      insertEvents(
        db,
        DEFAULT_WORKSPACE,
        events.map((event) => ({
          messageId: newId('evt'),
          type: 'track' as const,
          event: 'bought',
          properties: {},
          context: {},
          timestamp: new Date(),
          ...event,
        })),
      ),
    told: () => temporal.calls.filter(({ name }) => name === 'send').map(({ args }) => args[1]),
    stop: async () => {
      await db.close()
      await database.drop()
    },
  }
}
