/** So many places, taken by whoever asked first. */
export class Places {
  readonly #waiting: (() => void)[] = []

  constructor(private free: number) {}

  /**
   * Waits for a place.
   * @returns gives it back; to be called once
   * @throws the signal's reason when it ends first
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.free > 0) this.free--
    else await this.#turn(signal)
    return () => {
      const next = this.#waiting.shift()
      if (next) next()
      else this.free++
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const come = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(come), 1)
        reject(signal.reason as Error)
      }
      this.#waiting.push(come)
      signal.addEventListener('abort', leave, { once: true })
    })
  }
}
