import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import type { Principal, Scope } from '../store/keys.js'
import type { ApiDeps } from './deps.js'

/** One call of a route: everything parsed and allowed. */
export interface Call<P, Q, B> extends Principal {
  deps: ApiDeps
  requestId: string
  params: P
  query: Q
  body: B
  /** The revision that If-Match names, when it names exactly one: for stores that check it in the same statement. */
  expectedRevision?: number
  /** Of one who comes back to a stream of events: the id of the last one that they got. */
  lastEventId?: string
  /** Authorises the request anew, for answers that go on for long. @throws TileworkError unauthenticated or forbidden */
  recheck(): Promise<unknown>
}

/** What a handler answers. `body` must fit the route's answer schema. */
export interface Answer {
  status?: number
  body?: unknown
  /** Becomes the strong ETag; without it the ETag is a hash of the body. */
  revision?: number | string
  headers?: Record<string, string>
  /** Instead of a body: text that is sent as it is made, of one of the route's `streams`. */
  stream?: { contentType: string; chunks: AsyncIterable<string> }
}

/** A body that is not JSON: read as a stream. The hash (SHA-256, hex, of the bytes) tells repeats of an Idempotency-Key apart. */
export interface StreamedBody {
  contentType: string
  description: string
  example: string
  read(req: IncomingMessage, call: Call<never, never, never>): Promise<{ value: unknown; hash: string }>
}

export type Method = 'get' | 'post' | 'put' | 'delete'

/** A route: it is mounted from this, and described in OpenAPI from this. */
export interface Route {
  method: Method
  /** Under /api/v1, with parameters in braces: `/journeys/{id}`. */
  path: string
  /** Undefined: no key needed. */
  scope?: Scope
  tag: string
  summary: string
  description?: string
  params?: z.ZodObject
  query?: z.ZodObject
  body?: z.ZodType
  /** What the documentation shows for the body, where the handler reads it more leniently. */
  documented?: z.ZodType
  /** An example of the body; parsed in the tests and shown in the documentation. */
  example?: unknown
  streamed?: StreamedBody[]
  /** Largest body in bytes; 1 MB unless told. */
  limit?: number
  /** Status and schema of the answer; no schema: no body. */
  answer: { status: number; description: string; schema?: z.ZodType; headers?: Record<string, string> }
  /** Content types of an answer that is streamed instead of JSON. */
  streams?: string[]
  /** What it answers instead when it is asked for less, as by `?dryRun=true`. */
  alternative?: { status: number; description: string; schema: z.ZodType }
  /** The answer holds a secret: what is kept of it for Idempotency-Key is encrypted. */
  confidential?: boolean
  /** Problems that this route may answer, beyond 400, 401, 403, 413, 415 and 422. */
  problems?: number[]
  /** The current ETag, for If-Match. A route without it refuses the header. */
  current?(call: Call<never, never, never>): Promise<string>
  /** What of an ETag If-Match compares; all of it unless told. */
  matchedBy?(etag: string): string
  handler(call: Call<never, never, never>): Promise<Answer>
}

type Parsed<T> = T extends z.ZodType ? z.output<T> : Record<string, never>

/** A route with its types; they are forgotten in the table. */
interface TypedRoute<P, Q, B> extends Omit<Route, 'params' | 'query' | 'body' | 'handler' | 'current'> {
  params?: P
  query?: Q
  body?: B
  current?(call: Call<Parsed<P>, Parsed<Q>, Parsed<B>>): Promise<string>
  handler(call: Call<Parsed<P>, Parsed<Q>, Parsed<B>>): Promise<Answer>
}

/** Declares a route. */
export function route<P extends z.ZodObject | undefined, Q extends z.ZodObject | undefined, B extends z.ZodType | undefined>(
  spec: TypedRoute<P, Q, B>,
): Route {
  return spec as unknown as Route
}
