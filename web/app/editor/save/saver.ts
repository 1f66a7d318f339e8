import { ApiProblem } from '../../api/problem.js'

/** What somebody else saved meanwhile. */
export interface Theirs<T> {
  doc: T
  etag: string
}

export type SaveState<T> =
  /** Everything is on the server. */
  | { kind: 'saved' }
  /** There are changes that are not on the server yet; they are in this browser. */
  | { kind: 'saving' }
  /** The server cannot be reached, or is in trouble; changes are kept in this browser and sent when it is back. */
  | { kind: 'offline' }
  /** The server does not take it, and says why; another change is tried again. */
  | { kind: 'refused'; why: string }
  /** Somebody else saved meanwhile; nothing is sent until it is said what is to become of it. */
  | { kind: 'conflict'; theirs: Theirs<T> }

/** Where documents are saved. */
export interface Remote<T> {
  /** @returns the new ETag @throws ApiProblem */
  write(doc: T, ifMatch: string): Promise<string>
  read(): Promise<Theirs<T>>
  /** Whether what is there is what was sent: the answer to a write may have been lost on its way. */
  isSame(sent: T, theirs: T): Promise<boolean>
}

export interface SaverOptions<T> {
  remote: Remote<T>
  /** What the server has. */
  doc: T
  etag: string
  /** Whether nothing changed from one to the other: the very same object, unless told. */
  isUnchanged?: (before: T, after: T) => boolean
  onState(state: SaveState<T>): void
  /** Keeps what is not on the server yet in the browser; undefined: all is there. */
  keep(unsaved: { doc: T; etag: string } | undefined): void
  /** Calls later (ms), and answers how to call it off; the browser's clock unless told. */
  later?: (work: () => void, ms: number) => () => void
}

/** A pause in the changes after which they are sent, ms. */
const PAUSE_MS = 700
/** Nobody waits longer than this for a save, however long they type, ms. */
const MOST_MS = 5_000
/** Pauses between tries while the server cannot be reached: from the first to the last, ms. */
const RETRY_MS = [1_000, 15_000] as const

const browserLater = (work: () => void, ms: number): (() => void) => {
  const timer = setTimeout(work, ms)
  return () => clearTimeout(timer)
}

/**
 * Saves a document as it changes: after a pause, one write at a time, each with the ETag of the one before. Nothing is ever
 * overwritten that this person has not seen.
 */
export class Saver<T> {
  readonly #options: SaverOptions<T>
  readonly #later: NonNullable<SaverOptions<T>['later']>
  readonly #isUnchanged: (before: T, after: T) => boolean
  #etag: string
  /** What the server has for sure. */
  #saved: T
  #doc: T
  #writing = false
  #stopped = false
  #conflict = false
  #tries = 0
  #callOff: (() => void) | undefined
  #waited = 0

  constructor(options: SaverOptions<T>) {
    this.#options = options
    this.#later = options.later ?? browserLater
    this.#isUnchanged = options.isUnchanged ?? Object.is
    this.#etag = options.etag
    this.#saved = this.#doc = options.doc
  }

  /** Of what the server has, as far as this tab knows. */
  get etag(): string {
    return this.#etag
  }

  /** The document is another one now. */
  change(doc: T): void {
    if (this.#isUnchanged(this.#doc, doc)) return
    this.#doc = doc
    if (this.#isUnchanged(this.#saved, doc) && !this.#writing && !this.#conflict) return this.#done()
    this.#options.keep({ doc, etag: this.#etag })
    if (this.#conflict || this.#writing) return
    this.#say({ kind: 'saving' })
    this.#schedule()
  }

  /** Sends what there is to send at once. */
  flush(): void {
    if (this.#callOff || this.#tries > 0) void this.#write()
  }

  /** Takes what the server has for the document: the editor shows it now. */
  adopt({ doc, etag }: Theirs<T>): void {
    this.#etag = etag
    this.#saved = this.#doc = doc
    this.#conflict = false
    this.#done()
  }

  /** Sends the document over what somebody else saved, which this person has seen. */
  overwrite(theirs: Theirs<T>): void {
    this.#etag = theirs.etag
    this.#conflict = false
    this.#say({ kind: 'saving' })
    void this.#write()
  }

  /** Ends it; what is not sent stays in the browser. */
  stop(): void {
    this.#stopped = true
    this.#callOff?.()
  }

  #schedule(): void {
    this.#callOff?.()
    // Each change puts the save off, but not for ever.
    const pause = Math.min(PAUSE_MS, MOST_MS - this.#waited)
    this.#waited += pause
    this.#callOff = this.#later(() => void this.#write(), Math.max(0, pause))
  }

  async #write(): Promise<void> {
    this.#callOff?.()
    this.#callOff = undefined
    this.#waited = 0
    if (this.#writing || this.#conflict || this.#stopped) return
    if (this.#isUnchanged(this.#saved, this.#doc)) return this.#done()
    this.#writing = true
    const sent = this.#doc
    try {
      this.#landed(sent, await this.#options.remote.write(sent, this.#etag))
    } catch (error) {
      await this.#failed(error, sent)
    } finally {
      this.#writing = false
    }
    if (this.#doc !== sent && this.#saved === sent) this.#schedule()
  }

  #landed(sent: T, etag: string): void {
    this.#etag = etag
    this.#saved = sent
    this.#tries = 0
    if (this.#doc === sent) this.#done()
    else this.#options.keep({ doc: this.#doc, etag })
  }

  async #failed(error: unknown, sent: T): Promise<void> {
    const problem = error instanceof ApiProblem ? error : new ApiProblem(0, 'unknown', String(error))
    if (problem.status === 412) return this.#met(sent)
    if (problem.status === 0 || problem.status === 408 || problem.status === 429 || problem.status >= 500) return this.#again()
    this.#tries = 0
    this.#say({ kind: 'refused', why: problem.detail })
  }

  /** The server is not there: tries again and again, ever more rarely. */
  #again(): void {
    this.#say({ kind: 'offline' })
    const [first, most] = RETRY_MS
    this.#callOff = this.#later(() => void this.#write(), Math.min(most, first * 2 ** this.#tries))
    this.#tries++
  }

  async #met(sent: T): Promise<void> {
    try {
      const theirs = await this.#options.remote.read()
      // It was our own write, whose answer was lost.
      if (await this.#options.remote.isSame(sent, theirs.doc)) return this.#landed(sent, theirs.etag)
      this.#conflict = true
      this.#say({ kind: 'conflict', theirs })
    } catch {
      this.#again()
    }
  }

  #done(): void {
    this.#callOff?.()
    this.#callOff = undefined
    this.#options.keep(undefined)
    this.#say({ kind: 'saved' })
  }

  #say(state: SaveState<T>): void {
    if (!this.#stopped) this.#options.onState(state)
  }
}
