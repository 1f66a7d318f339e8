import type { Watched } from '../api/monitor.js'

/**
 * How fresh the numbers are. live: the stream is open. polled: there is no stream, so they are asked for. lost: neither can be had; the
 * numbers are old, and it is tried again.
 */
export type Link = 'connecting' | 'live' | 'polled' | 'lost'

/** What of an EventSource is used. */
export interface Source {
  onmessage(event: 'state' | 'end', listener: (data: string) => void): void
  /** The stream broke; `final`: the browser does not try again by itself. */
  onbroken(listener: (final: boolean) => void): void
  close(): void
}

export interface FeedOptions {
  open(): Source
  /** Reads the same by single calls. */
  poll(): Promise<Watched>
  onState(state: Watched): void
  onLink(link: Link): void
  /** The orchestration is gone. */
  onGone(): void
}

/** How often it is asked while there is no stream, how long a broken stream may mend itself, and when it is opened anew; ms. */
export const POLL = 4_000
export const PATIENCE = 3_000
export const REOPEN = 30_000

/**
 * Follows an orchestration: by the stream of server-sent events, by asking while there is none.
 * @returns ends it
 */
export function follow({ open, poll, onState, onLink, onGone }: FeedOptions): () => void {
  let source: Source | undefined
  let [polling, patience, reopening]: (ReturnType<typeof setTimeout> | undefined)[] = []
  let ended = false

  function connect(): void {
    source?.close()
    const mine = (source = open())
    mine.onmessage('state', (data) => {
      if (ended || mine !== source) return
      stopAsking()
      onState(JSON.parse(data) as Watched)
      onLink('live')
    })
    mine.onmessage('end', (data) => {
      mine.close()
      if ((JSON.parse(data) as { reason: string }).reason === 'gone') return (stop(), onGone())
      // Signed out: a single call waits until somebody has signed in again.
      void poll().then((state) => !ended && (onState(state), connect()), ask)
    })
    mine.onbroken((final) => {
      if (ended || mine !== source) return
      onLink('lost')
      if (final) ask()
      else patience ??= setTimeout(ask, PATIENCE)
    })
  }

  function ask(): void {
    if (ended || polling) return
    reopening ??= setTimeout(() => ((reopening = undefined), connect()), REOPEN)
    const round = (): void => {
      polling = setTimeout(round, POLL)
      poll().then(
        (state) => !ended && polling && (onState(state), onLink('polled')),
        () => !ended && polling && onLink('lost'),
      )
    }
    round()
  }

  function stopAsking(): void {
    for (const timer of [polling, patience, reopening]) clearTimeout(timer)
    polling = patience = reopening = undefined
  }

  function stop(): void {
    ended = true
    stopAsking()
    source?.close()
  }

  onLink('connecting')
  connect()
  return stop
}

/** The browser's own. */
export function eventSource(url: string): Source {
  const source = new EventSource(url)
  return {
    onmessage: (event, listener) => source.addEventListener(event, ({ data }) => listener(data as string)),
    onbroken: (listener) => source.addEventListener('error', () => listener(source.readyState === EventSource.CLOSED)),
    close: () => source.close(),
  }
}
