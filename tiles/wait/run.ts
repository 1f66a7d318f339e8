import type { Run } from '../../engine/host.js'
import { outcome } from '../outcome.js'

/** Stays until the instant that the step decided, or until an event, a condition or an operator ends the wait. */
export const run: Run = async (visit) => {
  const decision = await visit.step()
  return decision.do === 'wait' ? { port: await visit.wait(decision) } : outcome(decision)
}
