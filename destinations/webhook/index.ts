import { request } from 'undici'
import { limitedBody } from '../outbound/body.js'
import { BlockedAddress, guardedAgent } from '../outbound/guard.js'
import { unreached } from '../outbound/http.js'
import { retryAfterMs } from '../outbound/retry-after.js'
import { withoutSecrets } from '../redact.js'
import { hiddenIn } from '../render.js'
import { SendError } from '../vendor.js'
import { renderBody, renderHeaders, renderUrl, type WebhookTemplates } from './render.js'
import { signedHeaders } from './signing.js'

/** One call of a webhook tile. */
export interface WebhookCall extends WebhookTemplates {
  /** The delivery's key: `webhook-id`, the same over all retries. */
  key: string
  /** `whsec_…`: the call is signed with it. */
  signingSecret?: string | undefined
  /** Name to JSON pointer (RFC 6901) into the answer. */
  save?: Record<string, string> | undefined
  signal: AbortSignal
  outboundAllow: readonly string[]
}

/** What a webhook answered. */
export interface WebhookAnswer {
  status: number
  /** The parts that `save` names; null where the answer has no such part. */
  saved: Record<string, unknown>
}

/** Statuses that are tried again; all other answers but 2xx fail at once, 3xx among them. */
const RETRIED = new Set([408, 425, 429])

/**
 * Calls a webhook (Standard Webhooks 1.0.0). Private addresses are refused, redirects are not followed, at most 64 KB are read.
 * @throws SendError
 */
export async function callWebhook(call: WebhookCall): Promise<WebhookAnswer> {
  const url = renderUrl(call)
  const body = renderBody(call)
  const headers = {
    'user-agent': 'Tilework',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...renderHeaders(call),
    ...signedHeaders(call.key, body ?? '', call.signingSecret === undefined ? [] : [call.signingSecret]),
  }
  try {
    const answer = await request(url, {
      method: call.method,
      headers,
      body: body ?? null,
      dispatcher: guardedAgent(call.outboundAllow),
      signal: call.signal,
    })
    const text = await limitedBody(answer.body)
    if (answer.statusCode < 200 || answer.statusCode > 299)
      throw refusal(answer.statusCode, answer.headers['retry-after'], shown(call, text))
    return { status: answer.statusCode, saved: savedParts(call, text) }
  } catch (error) {
    throw toSendError(error, url)
  }
}

function refusal(status: number, retryAfter: string | string[] | undefined, text: string): SendError {
  const again = RETRIED.has(status) || status >= 500
  const why = status >= 300 && status < 400 ? 'a redirect, which is not followed' : `${status}`
  return new SendError(again ? 'retry' : 'permanent', `http_${status}`, `The webhook answered ${why}.`, {
    retryAfterMs: again ? retryAfterMs(retryAfter) : undefined,
    answer: { status, body: text.slice(0, 2000) },
  })
}

function toSendError(error: unknown, url: URL): SendError {
  if (error instanceof SendError) return error
  if (error instanceof BlockedAddress) return new SendError('permanent', 'blocked_address', error.message)
  const { name, code } = error as { name?: string; code?: string }
  if (name === 'AbortError' || name === 'TimeoutError' || code === 'UND_ERR_ABORTED')
    return new SendError('retry', 'timeout', `${url.host} did not answer in time.`)
  return unreached(error, url)
}

/** An answer without what of the call it may not repeat: before anything of it is cut. */
const shown = <T>(call: WebhookCall, answer: T): T =>
  withoutSecrets(answer, [...hiddenIn(call), ...(call.signingSecret === undefined ? [] : [call.signingSecret])]) as T

function savedParts(call: WebhookCall, text: string): Record<string, unknown> {
  const { save } = call
  if (!save || Object.keys(save).length === 0) return {}
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new SendError('permanent', 'invalid_answer', 'The webhook answered no JSON, and the tile saves parts of it.', {
      answer: { body: shown(call, text).slice(0, 2000) },
    })
  }
  return partsOf(save, shown(call, json))
}

/** What a tile saves of an answer; null where the answer has no such part. */
export const partsOf = (save: Record<string, string>, json: unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(save).map(([name, pointer]) => [name, part(json, pointer) ?? null]))

/** RFC 6901. */
function part(json: unknown, pointer: string): unknown {
  let value = json
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
