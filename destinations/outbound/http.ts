import type { Agent, Dispatcher } from 'undici'
import { lettingIn, textsIn, withoutSecrets } from '../redact.js'
import { SendError, type SendCall, type SendFailure } from '../vendor.js'
import { limitedBody } from './body.js'
import { BlockedAddress, guardedAgent } from './guard.js'
import { retryAfterMs } from './retry-after.js'

/*
 * How every vendor over HTTP is called: private addresses are refused, redirects are not followed, only so much of an answer is read, and what goes
 * wrong is told apart by whether the request may have arrived. An answer that repeats what lets us in is read without it, before anything is cut.
 */

/** A request to a vendor. At most one of `json`, `form` and `body`. */
export interface VendorRequest {
  /** POST unless told. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers?: Record<string, string>
  json?: unknown
  /** application/x-www-form-urlencoded; what is undefined is left out, a list is repeated. */
  form?: Record<string, string | readonly string[] | undefined>
  /** Any other body; its content-type is among the headers. */
  body?: string | Uint8Array
  /** What of it lets somebody in, besides the secrets of the destination and what sensitive headers carry. */
  sensitive?: readonly string[]
  /** Most that is read of the answer, in bytes: 64 KB unless told. */
  answerBytes?: number
  /** HTTP/2, on connections that only requests with the same word share. HTTP/1.1 unless told. */
  http2?: string
}

export interface VendorAnswer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  /** What the text is as JSON; undefined when it is none. */
  json: unknown
  text: string
}

/** What a vendor's own error means; what is left out is as by the status. */
export interface Refusal {
  kind?: SendFailure
  /** Stable word: `bad_recipient`, `bad_credentials`, `rate_limited`, or the vendor's own, prefixed: `twilio_21610`. */
  code?: string
  /** The vendor's own sentence, as short as it is; no secret. */
  message?: string | undefined
  retryAfterMs?: number
}

/** Reads a vendor's error out of its answer; of one that is none, undefined. Is asked about every answer, so also about a 200 with an error inside. */
export type Explain = (answer: VendorAnswer) => Refusal | undefined

/** What of a send a request needs. */
export type HttpCall = Pick<SendCall, 'secrets' | 'signal' | 'outboundAllow'>

export interface Http {
  /**
   * Calls a vendor.
   * @param explain what the vendor's errors mean
   * @throws SendError `retry` when it certainly did not arrive or the vendor asks to come again; `permanent` when it was refused; `ambiguous` when it
   * may have arrived
   */
  (call: HttpCall, request: VendorRequest, explain?: Explain): Promise<VendorAnswer>
}

/** @param toward which origin is called instead, so that tests have a vendor of their own */
export function createHttp(toward: (origin: string) => string = (origin) => origin): Http {
  return async (call, request, explain = () => undefined) => {
    const answer = await exchange(call, request, toward)
    const why = explain(answer)
    if (why || answer.status < 200 || answer.status > 299) throw refusalOf(answer, new URL(request.url).host, why ?? {})
    return answer
  }
}

async function exchange(call: HttpCall, request: VendorRequest, toward: (origin: string) => string): Promise<VendorAnswer> {
  const url = new URL(request.url)
  const progress: Progress = { written: false }
  try {
    const { headers, body } = encoded(request)
    const answer = await watched(guardedAgent(call.outboundAllow, request.http2), call.signal, progress).request({
      origin: toward(url.origin),
      path: url.pathname + url.search,
      method: request.method ?? 'POST',
      headers: { host: url.host, 'user-agent': 'Tilework', accept: 'application/json', ...headers, ...request.headers },
      body,
      signal: call.signal,
    })
    const text = await limitedBody(answer.body, request.answerBytes)
    const read = { status: answer.statusCode, headers: flat(answer.headers), json: parsed(text), text }
    return withoutSecrets(read, hiddenOf(call, request)) as VendorAnswer
  } catch (error) {
    throw lostOn(error, url, progress.written)
  }
}

const hiddenOf = ({ secrets }: HttpCall, { headers = {}, sensitive = [] }: VendorRequest): string[] => [
  ...textsIn(secrets),
  ...lettingIn(headers),
  ...sensitive,
]

function encoded({ json, form, body }: VendorRequest): { headers: Record<string, string>; body: string | Uint8Array | null } {
  if (json !== undefined) return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }
  if (form) {
    const pairs = Object.entries(form).flatMap(([name, value]) =>
      [value ?? []].flat().map((each): [string, string] => [name, each as string]),
    )
    return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(pairs).toString() }
  }
  return { headers: {}, body: body ?? null }
}

/** How far a request got: `written` from when its first byte may have gone to the vendor. */
interface Progress {
  written: boolean
}

/** An agent that tells when a request goes onto its connection: what fails before has certainly not arrived. */
function watched(agent: Agent, signal: AbortSignal, progress: Progress): Dispatcher {
  return agent.compose((dispatch) => (options, handler) => {
    const started = handler.onRequestStart?.bind(handler)
    handler.onRequestStart = (controller, context) => {
      // One that is already called off is told so here, and is not written.
      progress.written = !signal.aborted
      started?.(controller, context)
    }
    return dispatch(options, handler)
  })
}

function lostOn(error: unknown, url: URL, written: boolean): SendError {
  // It answered, and what is not known.
  if (error instanceof SendError) return new SendError('ambiguous', error.code, error.message)
  if (error instanceof BlockedAddress) return new SendError('permanent', 'blocked_address', error.message)
  const { name, code, message } = error as { name?: string; code?: string; message: string }
  // Not looked at, says RFC 9113 section 8.7.
  if (code === 'ERR_HTTP2_STREAM_ERROR' && message.endsWith('NGHTTP2_REFUSED_STREAM'))
    return new SendError('retry', 'rate_limited', `${url.host} asks for fewer requests at once.`)
  const late = name === 'AbortError' || name === 'TimeoutError' || code === 'UND_ERR_ABORTED' || code === 'UND_ERR_HEADERS_TIMEOUT'
  if (written)
    return late
      ? new SendError('ambiguous', 'timeout', `${url.host} did not answer in time; the request may have arrived.`)
      : new SendError(
          'ambiguous',
          'connection_lost',
          `The connection to ${url.host} was lost before it answered; the request may have arrived.`,
        )
  if (late || code === 'UND_ERR_CONNECT_TIMEOUT')
    return new SendError('retry', 'no_connection', `${url.host} could not be reached in time.`)
  return unreached(error, url)
}

/** That a host was not reached: a name that is none, or nobody there. */
export function unreached(error: unknown, url: URL): SendError {
  const { code, message } = error as { code?: string; message: string }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new SendError('retry', 'dns', `The name ${url.hostname} cannot be resolved.`)
  return new SendError('retry', 'no_connection', `${url.host} cannot be reached: ${code ?? message}.`)
}

/** Statuses that say: not now, and nothing was done; 521 to 523 are those of a proxy that did not reach the vendor. */
const LATER = new Set([408, 425, 429, 500, 501, 503, 521, 522, 523])
/** Longest sentence of a vendor that is kept. */
const MAX_MESSAGE = 300

function refusalOf(answer: VendorAnswer, host: string, why: Refusal): SendError {
  const { status } = answer
  // The others from 500 on are of something before the vendor that did not get its answer: nobody knows what it did.
  const kind = why.kind ?? (LATER.has(status) ? 'retry' : status > 501 ? 'ambiguous' : 'permanent')
  const said = why.message === undefined ? '' : `: ${why.message.slice(0, MAX_MESSAGE)}`
  const code = why.code ?? codeOf(status)
  return new SendError(kind, code, `${sentenceOf(code, status, host)}${said}`, {
    retryAfterMs: kind === 'retry' ? (why.retryAfterMs ?? retryAfterMs(answer.headers['retry-after'])) : undefined,
    answer: { status, body: answer.text.slice(0, 2000) },
  })
}

function codeOf(status: number): string {
  if (status === 401 || status === 403) return 'bad_credentials'
  return status === 429 ? 'rate_limited' : `http_${status}`
}

function sentenceOf(code: string, status: number, host: string): string {
  if (code === 'bad_credentials') return `${host} refused the credentials (${status}). Mend them in the destination, then retry`
  if (status === 429) return `${host} asks to send more slowly`
  return `${host} ${status < 300 ? 'did not take it' : `answered ${status}`}`
}

const flat = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]))

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
