import { condition, defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow'
import type { HandActivities } from './activities.js'

/** Input of the workflow that an engineer would write for the path of the bench, without an interpreter. */
export interface HandInput {
  customerId: string
  waitMs: number
}

const { send } = proxyActivities<HandActivities>({ startToCloseTimeout: '1 minute' })

const opened = defineSignal('opened')

/** entry, send, wait, branch, send, event wait, send, exit: the same sends and waits as the path of the bench. */
export async function byHand({ customerId, waitMs }: HandInput): Promise<string> {
  let seen = false
  setHandler(opened, () => {
    seen = true
  })
  // The first send answers what the branch needs, so that the branch costs nothing.
  const vip = await send(customerId, 'Welcome {{ customer.traits.name }}')
  await sleep(waitMs)
  await send(customerId, vip ? 'A gift for {{ customer.traits.name }}' : 'Tips for {{ customer.traits.name }}')
  await condition(() => seen, waitMs)
  await send(customerId, 'Goodbye {{ customer.traits.name }}')
  return 'completed'
}
