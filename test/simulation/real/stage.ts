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

interface Answer {
  id: string
  version: number
}

/**
 * Calls the API; undefined when it refuses by the state that the orchestration or the member is in (409): that changes nothing, in the case too.
 * @param refusals other such statuses
 * @throws at every other refusal
 */
export async function tried({ rig }: Stage, path: string, body: unknown, ...refusals: number[]): Promise<Answer | undefined> {
  const answer = await rig.call('POST', path, body)
  if (answer.status === 409 || refusals.includes(answer.status)) return undefined
  return taken(path, answer)
}

/** Calls the API. @throws when it refuses */
export async function ask({ rig }: Stage, method: string, path: string, body: unknown): Promise<Answer> {
  return taken(path, await rig.call(method, path, body))
}

function taken(path: string, { status, body }: { status: number; body: unknown }): Answer {
  if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
  return body as Answer
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
const NAMES = new Set(['audience', 'audienceId', 'orchestrationId', 'topic'])
