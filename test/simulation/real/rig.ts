import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { freshDatabase } from '../../setup/db.js'
import { timeSkippingServer } from '../../setup/temporal.js'
import { WORKSPACE } from '../../support/rig.js'
import { startServer, type RunningServer } from '../../support/server.js'
import { createTopic } from '../../../store/topics.js'
import { FORGETFUL, TOPIC } from '../generate.js'
import { simulatedClock, type CaseClock } from './clock.js'
import { doingOf } from './histories.js'
import { startPeers, type Peers } from './peers.js'
import { Watch } from './watch.js'

/** All of Tilework on a time-skipping server, under a clock that cases move. */
export interface SimulationRig extends RunningServer {
  clock: CaseClock
  peers: Peers
  /** Of the topic that messages of cases are about. */
  topicId: string
  /** Lets time pass to an instant, ms; returns when all that is due by then, and what was asked for before, is done. */
  passTo(at: number): Promise<void>
  /** Begins another case, at an instant (ms) that comes after all others. What is left of the one before is ended: its timers would disturb. */
  begin(at: number): Promise<void>
  /** Sends an event to the intake. */
  track(event: Record<string, unknown>): Promise<void>
}

/** So slow was the machine that the server's clock passed an instant before all was done that comes before it: the case tells nothing. */
export class Overtaken extends Error {}

/** How long anything may take at one instant, in real ms, before something is wrong. */
const PATIENCE_MS = 30_000

export async function startSimulationRig(): Promise<SimulationRig> {
  const env: TestWorkflowEnvironment = await timeSkippingServer()
  const database = await freshDatabase()
  const clock = await simulatedClock(database.url)
  const peers = await startPeers(clock.current)
  const watch = new Watch(clock, () => env.currentTimeMs())
  const server = await startServer({
    address: env.address,
    now: () => Promise.resolve(new Date(clock.current())),
    database: { ...database, drop: () => clock.close().then(database.drop) },
    vendors: peers.vendors,
    interceptors: { activity: [({ info }) => ({ inbound: watch.activity(info.workflowExecution!.workflowId, info.activityType) })] },
  })
  await server.db.query(`insert into destination (id, workspace_id, name, type) values ($1, $2, $1, $1)`, [FORGETFUL, WORKSPACE])
  const { id: topicId } = await createTopic(server.db, WORKSPACE, { name: TOPIC, description: '', optIn: false })
  watch.over(server.temporal)
  const { client } = server.temporal
  /** Whether all that is due by an instant is done. */
  const rests = async (at: number): Promise<boolean> => {
    const unrouted = await server.db.hot('select 1 as waits from event where routed_at is null limit 1')
    if (unrouted.length > 0) return false
    const doings = await Promise.all([...watch.started].map((id) => doingOf(client, id)))
    return doings.every((doing) => watch.rests(doing, at))
  }
  const settle = async (at: number): Promise<void> => {
    const deadline = Date.now() + PATIENCE_MS
    while (!(await rests(at))) {
      if (Date.now() > deadline) throw new Error(`Not everything is done at ${new Date(at).toISOString()}.`)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    if (clock.current() > at) throw new Overtaken()
  }
  return {
    ...server,
    clock,
    peers,
    topicId,
    passTo: async (at) => {
      await settle(clock.current())
      const passed = await env.currentTimeMs()
      if (at > passed) await env.sleep(at - passed)
      await settle(at)
      await clock.set(at)
    },
    begin: async (at) => {
      for (const id of watch.started)
        await client.workflow
          .getHandle(id)
          .terminate('The case is over.')
          .catch(() => undefined)
      watch.clear()
      await clock.set(at)
    },
    track: async (event) => {
      const answer = await fetch(`${server.url}/v1/track`, {
        method: 'POST',
        body: JSON.stringify({ writeKey: server.writeKey, ...event }),
      })
      if (answer.status !== 200) throw new Error(`The event is not taken: ${answer.status} ${await answer.text()}`)
    },
    stop: async () => {
      await server.stop()
      await peers.close()
      await env.teardown()
    },
  }
}
