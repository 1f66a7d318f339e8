import { isDeepStrictEqual } from 'node:util'
import { quietHoursOf } from '../../../store/quiet-hours.js'
import { eventually } from '../../support/canvas.js'
import { WORKSPACE } from '../../support/rig.js'
import type { Canvas, Case } from '../case.js'
import { TOPIC } from '../generate.js'
import { customerAlike, WHO } from './alike.js'
import { happen } from './happen.js'
import type { SimulationRig } from './rig.js'
import { ask, memberOf, played, type Stage } from './stage.js'

/** Plays a case through the API and the intake, up to an instant `until`, ms; answers its member's id. */
export async function play(rig: SimulationRig, life: Case, until: number): Promise<string> {
  const stage = await prepare(rig, life)
  await ask(stage, 'POST', `/journeys/${stage.journeyId}/members`, { customerIds: [stage.customerId] })
  await rig.passTo(life.startAt)
  for (const happening of life.happenings.filter(({ at }) => at <= until)) {
    await rig.passTo(happening.at)
    // What comes after the exit is not the member's any more.
    if ((await memberOf(stage)).status === 'exited') break
    await happen(stage, happening)
  }
  const { id, status } = await memberOf(stage)
  if (status !== 'exited') await rig.passTo(until)
  return id
}

/** All that is there before the customer enters; then time passes to that instant. */
async function prepare(rig: SimulationRig, life: Case): Promise<Stage> {
  await rig.begin(life.startAt - 1)
  rig.peers.begin(life.failures)
  const ids = new Map<string, string>()
  const stage: Stage = { rig, life, ids, journeyId: '', customerId: '', published: 0 }
  for (const name of audiencesIn(life)) ids.set(name, (await ask(stage, 'POST', '/audiences', { name })).id)
  await limit(stage)
  await launchChildren(stage)
  stage.journeyId = await launch(stage, life.canvas)
  ids.set(WHO.journeyId, stage.journeyId)
  stage.customerId = customerAlike(life, ids)
  await ask(stage, 'PUT', `/customers/${stage.customerId}`, { traits: life.traits })
  for (const audience of life.audiences) await happen(stage, { at: 0, do: 'audience', audience, member: true })
  await rig.passTo(life.startAt)
  return stage
}

/** Sets what the workspace holds back, in place of that of the case before. */
async function limit(stage: Stage): Promise<void> {
  const { rig, ids } = stage
  const { quietHours, caps } = stage.life
  await rig.db.query('delete from frequency_cap')
  ids.set(TOPIC, rig.topicId)
  for (const cap of caps) await ask(stage, 'POST', '/frequency-caps', { ...cap, ...(cap.topic && { topic: rig.topicId }) })
  await ask(stage, 'PUT', '/settings', { name: 'Simulated', quietHours: quietHours ?? null })
  // The workers have settings in memory for a second.
  await eventually(
    () => quietHoursOf(rig.db, WORKSPACE),
    (known) => isDeepStrictEqual(known, quietHours),
  )
}

/** Creates and activates an orchestration; answers its id. */
async function launch(stage: Stage, canvas: Canvas): Promise<string> {
  const { id } = await ask(stage, 'POST', '/journeys', { name: 'Simulated', ...played(stage, canvas) })
  await ask(stage, 'POST', `/journeys/${id}/activate`, {})
  return id
}

/** An orchestration that names another needs its id: first those that name none. */
async function launchChildren(stage: Stage): Promise<void> {
  const waiting = new Map(Object.entries(stage.life.children))
  while (waiting.size > 0) {
    for (const [id, canvas] of waiting) {
      if (canvas.tiles.some(({ config }) => waiting.has((config as { orchestrationId?: string }).orchestrationId ?? ''))) continue
      stage.ids.set(id, await launch(stage, canvas))
      waiting.delete(id)
    }
  }
}

/** Whatever a case names as an audience. */
function audiencesIn(life: Case): Set<string> {
  const names = new Set(life.audiences)
  JSON.stringify(life, (key, value: unknown) => {
    if (key === 'audience' && typeof value === 'string') names.add(value)
    return value
  })
  return names
}
