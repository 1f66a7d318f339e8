/** A document that is not on the server yet, as it lies in the browser. */
export interface Kept<T> {
  doc: T
  /** The ETag of what it was made from. */
  etag: string
  /** When it was kept, ms. */
  at: number
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const PREFIX = 'tilework:unsaved:'

/**
 * Unsaved documents of this browser. Each tab keeps its own, so that two tabs with one draft lose nothing; what a tab left behind that is
 * gone is found by the next that opens the draft.
 * @param place of what: `jrn_1/2` of a draft, `jrn_1/notes` of notes
 * @param tab an id of this tab that a reload keeps
 */
export class KeptDrafts<T> {
  constructor(
    private readonly store: Store,
    private readonly place: string,
    private readonly tab: string,
  ) {}

  /** Synchronous, so that a reload in the next moment finds it. @returns false when the browser has no room */
  keep(doc: T, etag: string, at: number): boolean {
    try {
      this.store.setItem(this.#key(this.tab), JSON.stringify({ doc, etag, at } satisfies Kept<T>))
      return true
    } catch {
      return false
    }
  }

  drop(tab = this.tab): void {
    this.store.removeItem(this.#key(tab))
  }

  mine(): Kept<T> | undefined {
    return this.#read(this.tab)
  }

  /** What other tabs keep, newest first. */
  others(): { tab: string; kept: Kept<T> }[] {
    const start = this.#key('')
    const keys = Array.from({ length: this.store.length }, (_, index) => this.store.key(index) ?? '')
    return keys
      .filter((key) => key.startsWith(start) && key !== this.#key(this.tab))
      .map((key) => key.slice(start.length))
      .flatMap((tab) => {
        const kept = this.#read(tab)
        return kept ? [{ tab, kept }] : []
      })
      .sort((a, b) => b.kept.at - a.kept.at)
  }

  #read(tab: string): Kept<T> | undefined {
    const text = this.store.getItem(this.#key(tab))
    if (text === null) return undefined
    try {
      const kept = JSON.parse(text) as Partial<Kept<T>> | null
      return kept?.doc && typeof kept.etag === 'string' && typeof kept.at === 'number' ? (kept as Kept<T>) : undefined
    } catch {
      return undefined
    }
  }

  #key(tab: string): string {
    return `${PREFIX}${this.place}:${tab}`
  }
}
