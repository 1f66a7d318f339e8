import type { Happening } from '../case.js'
import { ask, memberOf, played, tried, type Stage } from './stage.js'

type Doing<K extends Happening['do']> = (stage: Stage, happening: Extract<Happening, { do: K }>) => Promise<unknown>

/** Has something happen now. */
export async function happen(stage: Stage, happening: Happening): Promise<void> {
  await (DOINGS[happening.do] as Doing<Happening['do']>)(stage, happening as never)
}

const ofJourney = ({ journeyId }: Stage, verb: string): string => `/journeys/${journeyId}/${verb}`

const DOINGS: { [K in Happening['do']]: Doing<K> } = {
  event: ({ rig, customerId }, { event, properties, messageId, timestamp, at }) =>
    rig.track({
      userId: customerId,
      event,
      properties,
      messageId: `${customerId}:${messageId}`,
      timestamp: new Date(timestamp ?? at).toISOString(),
    }),
  traits: (stage, { traits }) => ask(stage, 'PUT', `/customers/${stage.customerId}`, { traits }),
  audience: (stage, { audience, member }) =>
    ask(stage, 'POST', `/audiences/${stage.ids.get(audience)}/members`, { [member ? 'add' : 'remove']: [stage.customerId] }),
  pause: (stage, { clocks }) => tried(stage, ofJourney(stage, 'pause'), { clocks }),
  resume: (stage, { overdue }) => tried(stage, ofJourney(stage, 'resume'), { overdue }),
  publish: async (stage) => {
    const next = stage.life.published[stage.published++]
    if (!next) return
    const { canvas, plan } = next
    const draft = await tried(stage, ofJourney(stage, 'versions'), played(stage, canvas))
    if (draft) await tried(stage, ofJourney(stage, `versions/${draft.version}/publish`), { plan, default: 'stay' })
  },
  operate: async (stage, { action, to }) => {
    const { id } = await memberOf(stage)
    // 422: there is no such tile to move to.
    await tried(stage, ofJourney(stage, `members/${id}/${action}`), to === undefined ? {} : { to }, 422)
  },
  complete: (stage, { members }) => tried(stage, ofJourney(stage, 'complete'), members ? { members } : {}),
}
