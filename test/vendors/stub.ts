import http from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { createHttp, type Http } from '../../destinations/outbound/http.js'
import type { Vendor } from '../../destinations/vendor.js'

/** A request as a vendor got it. */
export interface Seen {
  method: string
  /** Path without the query. */
  path: string
  query: URLSearchParams
  headers: http.IncomingHttpHeaders
  body: string
  /** The body as it came. */
  bytes: Buffer
  /** The body as a JSON object; empty when it is none. */
  json: Record<string, unknown>
  /** The body as a form. */
  form: URLSearchParams
  /** The host that was meant. */
  host: string
}

export interface Reply {
  status: number
  headers?: Record<string, string>
  json?: unknown
  text?: string
}

/** What a vendor does by its documented rules. */
export type Rules = (seen: Seen) => Reply | Promise<Reply>

/** Instead of what the rules say: an answer, no answer at all, a connection that is cut once the request has been read, or a stream of HTTP/2 that is refused. */
export type Trouble = Reply | 'silence' | 'reset' | 'refused'

/** A vendor on loopback. */
export interface Stub {
  /** For `createHttp`: every origin leads here; the host that was meant is in `Seen.host`. */
  toward(origin: string): string
  readonly seen: Seen[]
  /** What the next requests meet. */
  trouble: Trouble[]
  stop(): Promise<void>
}

type Asked = http.IncomingMessage | http2.Http2ServerRequest
type Answering = http.ServerResponse | http2.Http2ServerResponse

const running = new Set<Stub>()
// A test that fails half-way leaves nothing running.
afterEach(() => Promise.all([...running].map((stub) => stub.stop())))

/**
 * A server that plays a vendor by rules; it stops with the test.
 * @param aside requests that meet no trouble, such as those for a token
 * @param how.http2 speaks HTTP/2 and nothing else
 */
export async function startStub(rules: Rules, aside: (seen: Seen) => boolean = () => false, how: { http2?: boolean } = {}): Promise<Stub> {
  const seen: Seen[] = []
  const trouble: Trouble[] = []
  const take = (req: Asked, res: Answering): void => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      void (async () => {
        const each = seenOf(req, Buffer.concat(chunks))
        seen.push(each)
        const next = aside(each) ? undefined : trouble.shift()
        if (next === 'silence') return
        if (next === 'reset') return cut(req)
        if (next === 'refused') return refuse(req)
        answer(res as http.ServerResponse, next ?? (await rules(each)))
      })()
    })
  }
  const server = how.http2 ? http2.createServer(take) : http.createServer(take)
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stub: Stub = {
    toward: () => `http://127.0.0.1:${port}`,
    seen,
    trouble,
    stop: async () => {
      if (!running.delete(stub)) return
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  running.add(stub)
  return stub
}

function cut(req: Asked): void {
  if ('stream' in req) req.stream.session?.destroy()
  else req.socket.destroy()
}

function refuse(req: Asked): void {
  if ('stream' in req) req.stream.close(http2.constants.NGHTTP2_REFUSED_STREAM)
}

function seenOf({ method = '', url = '/', headers }: Asked, bytes: Buffer): Seen {
  const { pathname, searchParams } = new URL(url, 'http://vendor')
  const body = bytes.toString('utf8')
  const form = new URLSearchParams(headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? body : '')
  const host = (headers[':authority'] as string | undefined) ?? headers.host ?? ''
  return { method, path: pathname, query: searchParams, headers, body, bytes, json: parsed(body), form, host }
}

function parsed(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>
  } catch {
    return {}
  }
}

function answer(res: http.ServerResponse, { status, headers = {}, json, text = '' }: Reply): void {
  res.writeHead(status, json === undefined ? headers : { 'content-type': 'application/json', ...headers })
  res.end(json === undefined ? text : JSON.stringify(json))
}

/**
 * A vendor that is played by rules which keep something, while some work is done with it.
 * @param kept what the rules keep: what the vendor took
 */
export async function withVendor<K, C, S>(
  make: (http: Http) => Vendor<C, S>,
  rules: (kept: K) => Rules,
  kept: K,
  work: (vendor: Vendor, stub: Stub, kept: K) => Promise<void>,
): Promise<void> {
  const stub = await startStub(rules(kept))
  await work(make(createHttp(stub.toward)) as Vendor, stub, kept)
}
