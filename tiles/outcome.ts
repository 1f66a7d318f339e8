import type { Decision, Outcome, Run } from '../engine/host.js'

/**
 * The outcome of a decision that needs nothing more of the workflow.
 * @throws Error when the decision is one that its tile cannot make: a fault in the activity, not in the orchestration
 */
export function outcome(decision: Decision): Outcome {
  if (decision.do === 'go') return { port: decision.port }
  if (decision.do === 'exit') return { exit: decision.reason }
  throw new Error(`A tile of this type cannot decide '${decision.do}'.`)
}

/** Of a tile that is over with its step: branch, update profile, exit. */
export const runStep: Run = async (visit) => outcome(await visit.step())

/** Of a tile that sends: action, webhook. */
export const runDelivery: Run = async (visit) => outcome(await visit.deliver())
