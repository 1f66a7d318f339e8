import type { Canvas, Case } from '../case.js'
import type { SimulationRig } from './rig.js'

/** A case that is being played. */
export interface Stage {
  rig: SimulationRig
  life: Case
  journeyId: string
  customerId: string
  /** The case's ids of orchestrations and audiences to the real ones. */
  ids: Map<string, string>
  /** Versions published so far, beyond the first. */
  published: number
}

/**
 * Calls the API. What cannot be in the state that the orchestration or the member is in (409) changes nothing, in the case too.
 * @throws at every other refusal
 */
export async function ask({ rig }: Stage, method: string, path: string, body: unknown): Promise<{ id: string; version: number }> {
  const answer = await rig.call(method, path, body)
  if (answer.status >= 300 && answer.status !== 409) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body as { id: string; version: number }
}

/** The member that the case is about. */
export async function memberOf({ rig, journeyId, customerId }: Stage): Promise<{ id: string; status: string }> {
  const [member] = await rig.db.hot<{ id: string; status: string }>(
    'select id, status from member where journey_id = $1 and customer_id = $2',
    [journeyId, customerId],
  )
  return member!
}

/** A canvas as it can be played: with the real ids, and webhooks that come to the peer. */
export function played({ rig, ids }: Stage, canvas: Canvas): Record<string, unknown> {
  return JSON.parse(JSON.stringify(canvas), (key, value: unknown) => {
    if (key === 'url') return rig.peers.webhookUrl
    return NAMES.has(key) ? (ids.get(value as string) ?? value) : value
  }) as Record<string, unknown>
}

/** Where canvases name what has an id. */
const NAMES = new Set(['audience', 'audienceId', 'orchestrationId'])
