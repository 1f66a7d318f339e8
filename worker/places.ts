import { once, EventEmitter } from 'node:events'
import type { ActivitySlotInfo, CustomSlotSupplier, SlotPermit, SlotReserveContext } from '@temporalio/worker'
import { whileWaiting } from '../activities/leave.js'

/** Most deliveries of a destination that a process has under way. */
const MOST_UNDER_WAY = 100
/** How long a place stays taken whose delivery got no turn, in ms: the next one would get none either. */
const REST_MS = 500

/** A place that was given out, or is asked for by a poll. */
interface Place extends SlotPermit {
  waits: boolean
  /** Whether a delivery has it. */
  taken: boolean
}

/**
 * The places of a process in which deliveries of one destination wait for their turn. A task is polled only for a free place, so what is too much stays
 * in the task queue, where it is handed out fairly; and a delivery that needs no turn, because something keeps it back, leaves its place at once.
 */
export class Places implements CustomSlotSupplier<ActivitySlotInfo> {
  readonly type = 'custom'
  readonly #most: number
  readonly #freed = new EventEmitter().setMaxListeners(0)
  readonly #untaken = new Set<Place>()
  #waiting = 0
  #underWay = 0

  /** @param perSecond of the destination: few wait at once, so that all workers together hand out turns of about a second */
  constructor(perSecond: number) {
    this.#most = Math.min(Math.max(Math.ceil(perSecond / 10), 1), MOST_UNDER_WAY / 2)
  }

  async reserveSlot(_: SlotReserveContext, signal: AbortSignal): Promise<Place> {
    while (this.#waiting >= this.#most || this.#underWay >= MOST_UNDER_WAY)
      await once(this.#freed, 'free', { signal }).catch(() => {
        throw signal.reason
      })
    this.#waiting++
    this.#underWay++
    return { waits: true, taken: false }
  }

  /** Eager tasks go round the queue. */
  tryReserveSlot(): null {
    return null
  }

  markSlotUsed({ permit }: { permit: SlotPermit }): void {
    this.#untaken.add(permit as Place)
  }

  releaseSlot({ permit }: { permit: SlotPermit }): void {
    const place = permit as Place
    this.#underWay--
    this.#untaken.delete(place)
    // Of a poll that got nothing. Whoever has taken it leaves it.
    if (!place.taken) this.#leave(place)
    this.#freed.emit('free')
  }

  /** Delivers from a place: any that a task was polled for, they are alike. */
  async deliver<T>(work: () => Promise<T>): Promise<T> {
    const [place] = this.#untaken
    if (!place) return work()
    place.taken = true
    this.#untaken.delete(place)
    const leave = (): void => this.#leave(place)
    try {
      const done = await whileWaiting(leave, work)
      leave()
      return done
    } catch (error) {
      if (place.waits) setTimeout(leave, REST_MS).unref()
      throw error
    }
  }

  #leave(place: Place): void {
    if (!place.waits) return
    place.waits = false
    this.#waiting--
    this.#freed.emit('free')
  }
}
