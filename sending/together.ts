import { SendError, type SendCall, type SendResult, type VendorAction } from '../destinations/vendor.js'

/** Runs something after so many ms; what it answers calls that off. */
export type After = (ms: number, run: () => void) => () => void

/** By the clock of this process. */
export const byClock: After = (ms, run) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/** A send that somebody waits for. */
export interface Asked {
  call: SendCall
  resolve(result: SendResult): void
  reject(error: unknown): void
}

/** How long one whose time is over waits for the others, in ms: mostly theirs is over too, and the vendor's call tells how far it got. */
const LATE_MS = 100

/** Sends what goes together, and tells each what became of it. Never fails. */
export async function sendTogether(act: VendorAction, asked: readonly Asked[], after: After): Promise<void> {
  const limit = limitOf(asked, after)
  try {
    const outcomes = await outcomesOf(act, asked, limit.signal)
    for (const [index, { resolve, reject }] of asked.entries()) {
      const outcome = outcomes[index] ?? untold()
      if (outcome instanceof SendError) reject(outcome)
      else resolve(outcome)
    }
  } catch (error) {
    for (const { reject } of asked) reject(error)
  } finally {
    limit.release()
  }
}

/** One alone goes as it is. */
async function outcomesOf(act: VendorAction, asked: readonly Asked[], signal: AbortSignal): Promise<(SendResult | SendError)[]> {
  if (asked.length === 1) return [await act.send(asked[0]!.call)]
  return act.gather!.send(asked.map(({ call }) => ({ ...call, signal })))
}

const untold = (): SendError =>
  new SendError('ambiguous', 'untold', 'The answer does not say what became of this one; it may have been taken.')

const late = (): SendError =>
  new SendError('ambiguous', 'timeout', 'The vendor did not answer in time; the request that it went in with others may have arrived.')

/** The request is given up when the time of all is over; each is told a little after its own is. */
function limitOf(asked: readonly Asked[], after: After): { signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const undo: (() => void)[] = []
  let left = asked.length
  for (const { call, reject } of asked) {
    const over = (): void => {
      undo.push(after(LATE_MS, () => reject(late())))
      if (--left === 0) controller.abort(call.signal.reason)
    }
    call.signal.addEventListener('abort', over, { once: true })
    undo.push(() => call.signal.removeEventListener('abort', over))
  }
  return { signal: controller.signal, release: () => undo.forEach((each) => each()) }
}
