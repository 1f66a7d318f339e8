import { Readable } from 'node:stream'
import type { Logger } from 'pino'
import { TileworkError } from '../../model/errors.js'
import { Channel, type Seen } from './channel.js'

/** How often a channel reads, at the most; how often a stream says that it lives, and looks whether its viewer may still see it; in ms. */
const POLL_MS = 1_000
const HEARTBEAT_MS = 15_000
const RECHECK_MS = 5_000
/** After how long a browser comes back when the connection breaks, in ms. */
const RETRY_MS = 2_000
/** Open streams, of one key or session and of the process. */
const PER_VIEWER = 50
const PER_PROCESS = 1_000

/** What is watched, and by whom. */
export interface Watch {
  /** Streams of the same key share one poll. */
  key: string
  read(): Promise<object>
  /** Whom the limit is about. */
  viewer: string
  /** The id of the last event that the viewer got, of an earlier stream. */
  lastId?: string | undefined
  /** @throws TileworkError unauthenticated or forbidden when the viewer may not see it any more */
  recheck(): Promise<unknown>
}

/** Options of a hub; the constants above unless told. */
export interface HubOptions {
  pollMs?: number
  heartbeatMs?: number
  recheckMs?: number
  perViewer?: number
  perProcess?: number
}

/** The open streams of a process. */
export class LiveHub {
  readonly #channels = new Map<string, Channel>()
  readonly #streams = new Set<LiveStream>()

  constructor(
    private readonly logger: Logger,
    private readonly options: HubOptions = {},
  ) {}

  /** How many polls run, and how many streams are open. */
  get running(): { channels: number; streams: number } {
    return { channels: this.#channels.size, streams: this.#streams.size }
  }

  /**
   * A stream of server-sent events: one `state` with what is, then one whenever it has changed; `end` with the reason when nothing comes any more.
   * @throws TileworkError rate_limited when too many are open
   */
  open(watch: Watch): Readable {
    this.#checkLimits(watch.viewer)
    const { heartbeatMs = HEARTBEAT_MS, recheckMs = RECHECK_MS } = this.options
    const stream: LiveStream = new LiveStream(watch.viewer, { heartbeatMs, recheckMs, recheck: watch.recheck }, () =>
      this.#streams.delete(stream),
    )
    this.#streams.add(stream)
    stream.watch(this.#channelOf(watch).join(stream, watch.lastId))
    return stream
  }

  /** Ends all streams: the process stops. Browsers come back to another one. */
  close(): void {
    for (const stream of this.#streams) stream.finish()
  }

  #channelOf({ key, read }: Watch): Channel {
    let channel = this.#channels.get(key)
    if (!channel) {
      const source = {
        read,
        isGone: (error: unknown) => error instanceof TileworkError && error.code === 'not_found',
        onError: (error: unknown) => this.logger.warn({ err: error }, 'a live stream could not be read; it is tried again'),
        everyMs: this.options.pollMs ?? POLL_MS,
      }
      this.#channels.set(key, (channel = new Channel(source, () => this.#channels.delete(key))))
    }
    return channel
  }

  #checkLimits(viewer: string): void {
    const { perViewer = PER_VIEWER, perProcess = PER_PROCESS } = this.options
    const own = [...this.#streams].filter((stream) => stream.viewer === viewer).length
    if (own >= perViewer)
      throw tooMany(`You have ${own} live streams open, and ${perViewer} is the limit of one key or session.`, perViewer)
    if (this.#streams.size >= perProcess) throw tooMany(`This server has ${perProcess} live streams open, which is its limit.`, perProcess)
  }
}

const tooMany = (message: string, limit: number): TileworkError =>
  new TileworkError('rate_limited', `${message} Close one, or ask for /stats now and then instead.`, [], { limit, retryAfter: 5 })

interface Care {
  heartbeatMs: number
  recheckMs: number
  recheck(): Promise<unknown>
}

/** One viewer's connection. Who reads slowly gets the newest state, and misses those between. */
class LiveStream extends Readable {
  readonly #timers: NodeJS.Timeout[]
  #leave: (() => void) | undefined
  #newest: Seen | undefined
  #flowing = true
  #finished = false

  constructor(
    readonly viewer: string,
    { heartbeatMs, recheckMs, recheck }: Care,
    private readonly onClose: () => void,
  ) {
    super({ encoding: 'utf8' })
    this.push(`retry: ${RETRY_MS}\n\n`)
    this.#timers = [
      setInterval(() => void (this.#flowing && this.push(': still here\n\n')), heartbeatMs),
      setInterval(() => void recheck().catch((error: unknown) => this.#refused(error)), recheckMs),
    ]
  }

  watch(leave: () => void): void {
    this.#leave = leave
  }

  changed(seen: Seen): void {
    this.#newest = seen
    if (this.#flowing) this._read()
  }

  ended(reason: string): void {
    this.finish(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`)
  }

  /** Nothing comes after this. */
  finish(last?: string): void {
    if (this.#finished) return
    this.#finished = true
    this.#stopTimers()
    if (last !== undefined) this.push(last)
    this.push(null)
  }

  override _read(): void {
    this.#flowing = true
    if (!this.#newest || this.#finished) return
    const { id, data } = this.#newest
    this.#newest = undefined
    this.#flowing = this.push(`id: ${id}\nevent: state\ndata: ${data}\n\n`)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#stopTimers()
    this.#leave?.()
    this.onClose()
    done(error)
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** The session ended or the key was revoked. What else goes wrong while asking ends nothing. */
  #refused(error: unknown): void {
    if (error instanceof TileworkError && ['unauthenticated', 'forbidden'].includes(error.code)) this.ended('signed_out')
  }
}
