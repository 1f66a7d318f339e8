import { ApiProblem, problemOf } from './problem.js'
import { signedInAgain } from './session.js'

export { ApiProblem } from './problem.js'

export interface Sending {
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is, with this type: a file. */
  raw?: { type: string; data: Blob | string }
  /** What is not undefined and not '' becomes the query. */
  query?: Record<string, string | number | boolean | undefined>
  /** The ETag that must still hold: 412 when it does not. */
  ifMatch?: string
  /** The same for all tries of one POST, so that it is done once; made for each call unless told. */
  idempotencyKey?: string
  signal?: AbortSignal
}

/** An answer with its ETag. */
export interface Answer<T> {
  data: T
  etag: string | undefined
  status: number
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/**
 * Calls the API with the browser's session. While there is none, it waits for the person to sign in again and then repeats the request.
 * @param path under /api/v1, with ids encoded (see `at`)
 * @throws ApiProblem
 */
export async function request<T>(method: Method, path: string, sending: Sending = {}): Promise<Answer<T>> {
  const answer = await send(method, path, { ...sending, ...(method === 'POST' && { idempotencyKey: sending.idempotencyKey ?? newKey() }) })
  if (!answer.ok) throw await problemOf(answer)
  const text = answer.status === 204 ? '' : await answer.text()
  const data = (text === '' ? undefined : JSON.parse(text)) as T
  return { data, etag: answer.headers.get('etag') ?? undefined, status: answer.status }
}

/** The same, for an answer that is a text or a file. @throws ApiProblem */
export async function requestText(path: string, sending: Sending = {}): Promise<string> {
  const answer = await send('GET', path, sending)
  if (!answer.ok) throw await problemOf(answer)
  return answer.text()
}

async function send(method: Method, path: string, sending: Sending): Promise<Response> {
  for (;;) {
    const answer = await fetch(urlOf(path, sending.query), init(method, sending)).catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      throw new ApiProblem(0, 'offline', 'The server cannot be reached. Check the connection, then try again.')
    })
    if (answer.status !== 401) return answer
    await signedInAgain()
  }
}

function init(method: Method, { body, raw, ifMatch, idempotencyKey, signal }: Sending): RequestInit {
  const type = raw?.type ?? (body === undefined ? undefined : 'application/json')
  return {
    method,
    headers: {
      accept: 'application/json',
      ...(type !== undefined && { 'content-type': type }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    ...(raw ? { body: raw.data } : body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }
}

/** The address of a call, with its query: also what a link to a download points at. */
export function urlOf(path: string, query: Sending['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `/api/v1${path}${search && `?${search}`}`
}

/** A path with its ids encoded: at`/customers/${id}`. */
export function at(parts: TemplateStringsArray, ...ids: (string | number)[]): string {
  return parts.reduce((path, part, index) => path + encodeURIComponent(ids[index - 1]!) + part)
}

/** A key for one POST and all its repeats. */
export const newKey = (): string => crypto.randomUUID()

/** One GET; the data alone. */
export const get = async <T>(path: string, sending?: Sending): Promise<T> => (await request<T>('GET', path, sending)).data
export const post = async <T>(path: string, body?: unknown, sending?: Sending): Promise<T> =>
  (await request<T>('POST', path, { ...sending, body })).data
export const put = async <T>(path: string, body: unknown, sending?: Sending): Promise<T> =>
  (await request<T>('PUT', path, { ...sending, body })).data
export const del = async (path: string, sending?: Sending): Promise<void> => void (await request('DELETE', path, sending))
