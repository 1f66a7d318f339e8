/** A walk that sleeps until it is ready, or until an instant. */
interface Sleeper {
  ready(): boolean
  due(): number | undefined
  /** @param ready false: the instant has come */
  wake(ready: boolean): void
}

/**
 * The virtual clock of a simulation. Walks sleep on it; when all of them do, it goes on to the next instant at which one is due or something
 * happens. At one instant, timers come before what happens.
 */
export class Clock {
  readonly #sleepers = new Set<Sleeper>()
  #awake = 0
  #allAsleep: (() => void) | undefined
  #fault: { error: unknown } | undefined

  /** @param now ms */
  constructor(public now: number) {}

  /** Starts a walk. */
  start(walk: () => Promise<void>): void {
    this.#awake++
    walk()
      .catch((error: unknown) => void (this.#fault ??= { error }))
      .finally(() => this.#rest())
  }

  /** Sleeps until `ready()` holds (true) or the instant `due()`, in ms, has come (false); both are asked again whenever something happens. */
  sleep(ready: () => boolean, due: () => number | undefined): Promise<boolean> {
    return new Promise((wake) => {
      this.#sleepers.add({ ready, due, wake })
      this.#rest()
    })
  }

  /**
   * Lets time pass until no walk sleeps any more, or to `until` (ms).
   * @param happenings in order of time
   * @throws what a walk throws
   */
  async run<H extends { at: number }>(until: number, happenings: readonly H[], happen: (happening: H) => void): Promise<void> {
    for (let next = 0; ;) {
      await this.#asleep()
      if (this.#fault) throw this.#fault.error
      if (this.#wakeOne()) continue
      if (this.#sleepers.size === 0) return
      const happening = happenings[next]
      const dues = [...this.#sleepers].map((sleeper) => sleeper.due() ?? Infinity)
      const at = Math.min(happening?.at ?? Infinity, ...dues)
      this.now = Math.max(this.now, Math.min(at, until))
      if (at > until) return
      if (!happening || Math.min(...dues) <= happening.at) continue
      next++
      happen(happening)
    }
  }

  /** One at a time: each walks on before the next one wakes. */
  #wakeOne(): boolean {
    for (const sleeper of this.#sleepers) {
      const ready = sleeper.ready()
      if (!ready && (sleeper.due() ?? Infinity) > this.now) continue
      this.#sleepers.delete(sleeper)
      this.#awake++
      sleeper.wake(ready)
      return true
    }
    return false
  }

  #asleep(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#awake === 0) resolve()
      else this.#allAsleep = resolve
    })
  }

  #rest(): void {
    this.#awake--
    if (this.#awake > 0) return
    this.#allAsleep?.()
    this.#allAsleep = undefined
  }
}
