import { cappedBy, type Cap, type Slot } from '../model/frequency-caps.js'
import type { WorkspaceQuietHours } from '../model/quiet-hours.js'
import { byCap, byQuietHours, type Leave, type Reach } from './admit.js'
import { judgeQuiet, type Quietly } from './quiet.js'

/** The limits of a workspace, and what a customer has been sent. */
export interface Limits {
  quietHours: WorkspaceQuietHours | undefined
  /** In the order of their ids. */
  caps: readonly Cap[]
  /** What the customer was sent by then, of all orchestrations. */
  sent: readonly Slot[]
}

/** A message on a virtual clock. */
export interface VirtualMessage extends Reach, Pick<Quietly, 'settings' | 'traits' | 'now'> {
  /** Of its delivery: the same over all attempts. */
  key: string
}

/** How a delivery stands; `again`: it failed, and is tried again. */
export type Standing = 'sent' | 'unknown' | 'failed' | 'skipped' | 'again'

/** Quiet hours and frequency caps on a virtual clock, of one customer who walks alone: judged as `admit` does, and nothing is kept. */
export class VirtualLimits {
  readonly #slots = new Map<string, Slot & { standing?: Standing }>()

  constructor(private readonly limits: Limits) {}

  /**
   * Asks whether a message may go now; one that may takes a slot of each cap.
   * @param consent what consent says to it, which comes between quiet hours and caps
   */
  ask(message: VirtualMessage, consent: Leave = { do: 'send' }): Leave {
    const { transactional, quietHours: tile, settings, traits, channel, topic, now, key } = message
    if (transactional) return consent
    const levels = { tile, orchestration: settings.quietHours, workspace: this.limits.quietHours }
    const hush = judgeQuiet({ ...levels, channel, traits, zone: settings.timezone, now })
    if (hush) return byQuietHours(hush)
    if (consent.do !== 'send') return consent
    const capped = cappedBy(this.limits.caps, this.#others(key, now), this.#slots.get(key)?.at, message, now)
    if (capped) return byCap(capped)
    this.#slots.set(key, { channel, topic, at: now })
    return { do: 'send' }
  }

  /** Notes how a delivery stands: what was certainly not sent takes no slot. */
  stands(key: string, standing: Standing): void {
    const slot = this.#slots.get(key)
    if (standing === 'failed' || standing === 'skipped') this.#slots.delete(key)
    else if (slot) slot.standing = standing
  }

  /** The slots of all other messages. What is tried again is where its member is: of one who asks elsewhere that is nowhere. */
  #others(key: string, now: number): Slot[] {
    const own = [...this.#slots].filter(([of, { standing }]) => of !== key && standing !== 'again').map(([, slot]) => slot)
    return [...this.limits.sent.filter(({ at }) => at <= now), ...own]
  }
}
