import { useSyncExternalStore } from 'react'
import { ago, exactly } from './ago.js'
import { Tooltip } from './tooltip.js'

let now = new Date()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** One clock for all: it ticks twice a minute while somebody looks. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = new Date()
    for (const each of listeners) each()
  }, 30_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

export interface TimeProps {
  /** ISO 8601, as the API sends it. */
  at: string | Date
  /** The exact instant is shown and the relative one on hover. */
  exact?: boolean
}

/** An instant: relative, the exact one on hover and focus. */
export function Time({ at, exact = false }: TimeProps) {
  const clock = useSyncExternalStore(subscribe, () => now)
  const then = new Date(at)
  // The clock stands still between two ticks; nothing that just happened is in the future.
  const relative = ago(then, new Date(Math.max(clock.getTime(), Math.min(then.getTime(), Date.now()))))
  return (
    <Tooltip text={exact ? relative : exactly(then)}>
      <time dateTime={then.toISOString()} className="whitespace-nowrap">
        {exact ? exactly(then) : relative}
      </time>
    </Tooltip>
  )
}
