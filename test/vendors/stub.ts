import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as a vendor got it. */
export interface Seen {
  method: string
  /** Path without the query. */
  path: string
  query: URLSearchParams
  headers: http.IncomingHttpHeaders
  body: string
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

/** Instead of what the rules say: an answer, no answer at all, or a connection that is cut once the request has been read. */
export type Trouble = Reply | 'silence' | 'reset'

/** A vendor on loopback. */
export interface Stub {
  /** For `createHttp`: every origin leads here; the host that was meant is in `Seen.host`. */
  toward(origin: string): string
  readonly seen: Seen[]
  /** What the next requests meet. */
  trouble: Trouble[]
  stop(): Promise<void>
}

/**
 * A server that plays a vendor by rules.
 * @param aside requests that meet no trouble, such as those for a token
 */
export async function startStub(rules: Rules, aside: (seen: Seen) => boolean = () => false): Promise<Stub> {
  const seen: Seen[] = []
  const trouble: Trouble[] = []
  const server = http.createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      void (async () => {
        const each = seenOf(req, Buffer.concat(chunks).toString('utf8'))
        seen.push(each)
        const next = aside(each) ? undefined : trouble.shift()
        if (next === 'silence') return
        if (next === 'reset') return void req.socket.destroy()
        answer(res, next ?? (await rules(each)))
      })()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    toward: () => `http://127.0.0.1:${port}`,
    seen,
    trouble,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function seenOf({ method = '', url = '/', headers }: http.IncomingMessage, body: string): Seen {
  const { pathname, searchParams } = new URL(url, 'http://vendor')
  const form = new URLSearchParams(headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? body : '')
  return { method, path: pathname, query: searchParams, headers, body, json: parsed(body), form, host: headers.host ?? '' }
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
