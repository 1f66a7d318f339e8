import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router, type Request, type Response } from 'express'
import type { z } from 'zod'
import { TileworkError } from '../model/errors.js'
import type { ApiDeps } from './deps.js'
import { checkText } from './json.js'
import { authenticate, requireScope } from './middleware/auth.js'
import { readBody } from './middleware/body.js'
import { etagOf, notModified, requireMatch, revisionIn } from './middleware/etag.js'
import { withIdempotency } from './middleware/idempotency.js'
import { fromZod, type Where } from './problem.js'
import type { Principal } from '../store/keys.js'
import type { Answer, Call, Route } from './route.js'

/** A route's path in Express's words. */
export function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

/** An Express router with all routes of a table: other verbs on their paths get 405 with Allow. */
export function mount(routes: readonly Route[], deps: ApiDeps): Router {
  const router = Router()
  const byPath = new Map<string, Route[]>()
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route])
  for (const [path, siblings] of byPath) {
    const at = router.route(expressPath(path))
    for (const route of siblings) at[route.method]((req, res) => serve(route, deps, req, res))
    const allow = siblings.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])).join(', ')
    at.options((_req, res) => void res.setHeader('Allow', allow).status(204).end())
    at.all((req, res) => {
      res.setHeader('Allow', allow)
      throw new TileworkError('method_not_allowed', `${req.method} is not possible here; ${allow} ${siblings.length > 1 ? 'are' : 'is'}.`)
    })
  }
  return router
}

/** One request through one route: authorise, parse, check preconditions, call, answer. */
async function serve(route: Route, deps: ApiDeps, req: Request, res: Response): Promise<void> {
  res.locals.route = route.path
  const caller = await allow(route, deps, req)
  const call: Call<unknown, unknown, unknown> = {
    ...caller,
    deps,
    requestId: String(req.id),
    params: parse(route.params, req.params, 'path'),
    query: parseQuery(route, req),
    body: undefined,
    recheck: () => allow(route, deps, req),
  }
  const lastEventId = req.get('last-event-id')
  if (lastEventId !== undefined) call.lastEventId = lastEventId
  if (route.method === 'get') {
    const answer = await route.handler(call as Call<never, never, never>)
    return answer.stream ? stream(res, req, answer) : send(res, req, route, answer)
  }

  const { value, hash, streamed } = await readBody(req, res, route, call as Call<never, never, never>)
  call.body = streamed ? value : parseBody(route, value)
  const ifMatch = req.get('if-match')
  const work = async (): Promise<Answer> => {
    if (ifMatch !== undefined) {
      await precondition(route, call, ifMatch)
      call.expectedRevision = revisionIn(ifMatch)
    }
    return route.handler(call as Call<never, never, never>)
  }
  if (route.method !== 'post') return send(res, req, route, await work())
  const seal = route.confidential ? deps.cipher : undefined
  write(res, await withIdempotency({ db: deps.db, caller, req, hash, seal }, async () => toSend(route, await work())))
}

async function allow(route: Route, deps: ApiDeps, req: Request): Promise<Principal> {
  if (route.scope === undefined) return { workspaceId: '', name: '', actor: 'nobody', scopes: [] }
  const caller = await authenticate(deps, req)
  requireScope(caller, route.scope)
  return caller
}

function parse(schema: z.ZodType | undefined, value: unknown, where: Where): unknown {
  if (schema === undefined) return {}
  const found = schema.safeParse(value)
  if (!found.success) throw fromZod(found.error, where)
  return found.data
}

function parseQuery(route: Route, req: Request): unknown {
  for (const [name, value] of [...Object.entries(req.params), ...Object.entries(req.query)])
    for (const text of Array.isArray(value) ? value : [value]) checkText(String(text), name)
  const unknown = Object.keys(req.query).filter((name) => route.query?.shape[name] === undefined)
  if (unknown.length > 0) {
    const known = Object.keys(route.query?.shape ?? {})
    const help = known.length === 0 ? 'This route takes none.' : `This route takes ${known.join(', ')}.`
    throw new TileworkError(
      'invalid',
      `There is no parameter "${unknown[0]}" here. ${help}`,
      unknown.map((name) => ({ path: `?${name}`, code: 'unknown_parameter', message: `There is no parameter "${name}" here. ${help}` })),
    )
  }
  return parse(route.query, req.query, 'query')
}

function parseBody(route: Route, value: unknown): unknown {
  if (route.body === undefined) {
    const fields = value === undefined || value === null ? [] : Object.keys(value)
    if (fields.length === 0 && (value === undefined || (typeof value === 'object' && !Array.isArray(value)))) return {}
    throw new TileworkError(
      'invalid',
      'This route takes no fields. Send no body, or {}.',
      fields.map((name) => ({ path: `/${name}`, code: 'unknown_field', message: `There is no field "${name}" here.` })),
    )
  }
  return parse(route.body, value === undefined ? {} : value, 'body')
}

async function precondition(route: Route, call: Call<unknown, unknown, unknown>, header: string): Promise<void> {
  if (route.current === undefined)
    throw new TileworkError('invalid', 'This route takes no If-Match: it changes no one resource. Leave the header out.', [
      { path: 'If-Match', code: 'unknown_parameter', message: 'It means nothing here.' },
    ])
  requireMatch(header, await route.current(call as Call<never, never, never>), route.matchedBy)
}

/** An answer as it goes over the wire; kept for Idempotency-Key like this. */
export interface Sent {
  status: number
  headers: Record<string, string>
  body: string
}

function toSend(route: Route, answer: Answer): Sent {
  const status = answer.status ?? route.answer.status
  const headers: Record<string, string> = { 'Cache-Control': 'private, no-cache', ...answer.headers }
  if (answer.body === undefined) return { status, headers, body: '' }
  const body = JSON.stringify(answer.body)
  headers['Content-Type'] = 'application/json; charset=utf-8'
  headers['ETag'] = etagOf(body, answer.revision)
  return { status, headers, body }
}

function send(res: Response, req: Request, route: Route, answer: Answer): void {
  const sent = toSend(route, answer)
  if (req.method !== 'GET' && req.method !== 'HEAD') return write(res, sent)
  if (sent.headers['ETag'] !== undefined && notModified(req, sent.headers['ETag'])) {
    res.status(304).setHeader('ETag', sent.headers['ETag']).end()
    return
  }
  write(res, sent)
}

/** One that breaks half-way is cut off: the status is sent by then. Whoever goes away ends what makes it. */
async function stream(res: Response, req: Request, { stream, headers }: Answer): Promise<void> {
  const { contentType, chunks } = stream!
  const source = chunks instanceof Readable ? chunks : Readable.from(chunks)
  res.status(200).setHeader('Cache-Control', 'private, no-store').setHeader('Content-Type', contentType)
  for (const [name, value] of Object.entries(headers ?? {})) res.setHeader(name, value)
  if (req.method === 'HEAD' || res.destroyed) {
    source.destroy()
    return void res.end()
  }
  await pipeline(source, res).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  })
}

function write(res: Response, { status, headers, body }: Sent): void {
  res.status(status)
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  res.end(body)
}
