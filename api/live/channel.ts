import { createHash } from 'node:crypto'

/** What a channel last saw. The id is a hash of it: the same in every process, so that who comes back is told only what has changed. */
export interface Seen {
  id: string
  data: string
}

/** Who looks at a channel. */
export interface Viewer {
  changed(seen: Seen): void
  /** Nothing comes any more. */
  ended(reason: string): void
}

/** What a channel polls. */
export interface Source {
  /** @throws when it cannot be read; the channel goes on */
  read(): Promise<object>
  /** Whether an error says that it is gone for good. */
  isGone(error: unknown): boolean
  onError(error: unknown): void
  everyMs: number
}

/** A read that takes long is made less often: at most a tenth of the time goes into reading. */
const SHARE = 10

/** One poll that many look at: it runs while somebody does, one read at a time, and tells only what has changed. */
export class Channel {
  readonly #viewers = new Set<Viewer>()
  /** What viewers had seen who came before the first read. */
  readonly #known = new WeakMap<Viewer, string>()
  #timer: NodeJS.Timeout | undefined
  #seen: Seen | undefined
  #over = false

  /** @param onEmpty nobody looks any more, and the channel has stopped */
  constructor(
    private readonly source: Source,
    private readonly onEmpty: () => void,
  ) {}

  /** Begins to look: with what was seen last, if the viewer has not seen it. Answers how to stop. */
  join(viewer: Viewer, lastId: string | undefined): () => void {
    this.#viewers.add(viewer)
    if (this.#viewers.size === 1) void this.#poll()
    if (this.#seen && this.#seen.id !== lastId) viewer.changed(this.#seen)
    else if (!this.#seen && lastId !== undefined) this.#known.set(viewer, lastId)
    return () => this.#leave(viewer)
  }

  #leave(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return
    this.#over = true
    clearTimeout(this.#timer)
    this.onEmpty()
  }

  async #poll(): Promise<void> {
    const began = performance.now()
    try {
      this.#tell(await this.source.read())
    } catch (error) {
      if (this.source.isGone(error)) for (const viewer of [...this.#viewers]) viewer.ended('gone')
      else this.source.onError(error)
    }
    if (this.#over) return
    const took = performance.now() - began
    this.#timer = setTimeout(() => void this.#poll(), Math.max(this.source.everyMs - took, took * (SHARE - 1), 0))
  }

  #tell(read: object): void {
    const data = JSON.stringify(read)
    const id = createHash('sha256').update(JSON.stringify(read, steady)).digest('base64url').slice(0, 22)
    if (id === this.#seen?.id) return
    this.#seen = { id, data }
    for (const viewer of this.#viewers) {
      if (this.#known.get(viewer) !== id) viewer.changed(this.#seen)
      this.#known.delete(viewer)
    }
  }
}

/** The instant of reading is no change. */
const steady = (key: string, value: unknown): unknown => (key === 'asOf' ? undefined : value)
