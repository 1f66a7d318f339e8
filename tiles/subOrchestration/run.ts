import type { Run } from '../../engine/host.js'
import { outcome } from '../outcome.js'

/** Enters the other orchestration as a child member; a child that was refused is passed by. */
export const run: Run = async (visit) => {
  const decision = await visit.step()
  if (decision.do !== 'enter') return outcome(decision)
  await visit.child(decision)
  return { port: 'next' }
}
