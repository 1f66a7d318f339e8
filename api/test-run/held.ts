import type { SimKeptBack, SimPutOff } from '../../engine/simulator.js'
import type { Leave } from '../../sending/admit.js'

/** What a simulation is told of a message that does not go; undefined of one that does. */
export function held(leave: Leave): SimPutOff | { ok: true; keptBack: SimKeptBack } | undefined {
  if (leave.do === 'send') return undefined
  const why = { reason: leave.reason, ...(leave.reads && { reads: leave.reads }) }
  return leave.do === 'later' ? { ok: 'later', at: leave.at, ...why } : { ok: true, keptBack: why }
}
