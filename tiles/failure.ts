import type { Decision } from '../engine/host.js'
import type { Tile } from './index.js'

/** How an attempt fails: it may be tried again, it never will work, or nobody knows whether it arrived. */
export type FailureKind = 'retry' | 'permanent' | 'ambiguous'

/** A tile that sends. */
export type SendingTile = Extract<Tile, { type: 'action' | 'webhook' }>

/** What is known of an attempt that failed. */
export interface FailedAttempt {
  kind: FailureKind
  code: string
  /** Whether a repeat with the same key has its effect once. */
  dedupes: boolean
  /** Counted from 1. */
  attempt: number
  maxAttempts: number
}

/** What a failure comes to: another attempt, or the end of the delivery, as the ledger and the member have it. */
export type Verdict = 'again' | { state: 'failed' | 'unknown'; decision: Decision }

/** Decides what a failed attempt comes to, by the tile's policy. */
export function verdictOn(tile: SendingTile, { kind, code, dedupes, attempt, maxAttempts }: FailedAttempt): Verdict {
  const ambiguous = kind === 'ambiguous'
  if (ambiguous && settlesUnknown(tile, dedupes)) return unknownBy(tile, code)
  if (kind !== 'permanent' && attempt < maxAttempts) return 'again'
  return { state: ambiguous ? 'unknown' : 'failed', decision: onFailure(tile, code) }
}

/** Whether one that may have arrived is not sent again by itself: the vendor cannot dedupe, and the tile does not ask for it. */
export const settlesUnknown = (tile: SendingTile, dedupes: boolean): boolean => !dedupes && onAmbiguous(tile) !== 'resend'

/** The end of a delivery of which nobody knows whether it arrived. */
export const unknownBy = (tile: SendingTile, code: string): Exclude<Verdict, 'again'> => ({
  state: 'unknown',
  decision: onAmbiguous(tile) === 'continue' ? { do: 'go', port: 'next' } : { do: 'park', code },
})

const onAmbiguous = (tile: SendingTile): 'park' | 'continue' | 'resend' =>
  tile.type === 'action' ? (tile.config.onAmbiguous ?? 'park') : 'resend'

function onFailure(tile: SendingTile, code: string): Decision {
  switch (tile.config.onFailure ?? 'park') {
    case 'continue':
      return { do: 'go', port: 'next' }
    case 'branch':
      return { do: 'go', port: 'failed' }
    case 'exit':
      return { do: 'exit', reason: 'failed', converted: false }
    default:
      return { do: 'park', code }
  }
}
