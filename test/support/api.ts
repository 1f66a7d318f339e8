import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino, type Logger } from 'pino'
import supertest from 'supertest'
import { createApi, type ApiDeps } from '../../api/index.js'
import { expressPath } from '../../api/mount.js'
import { problemSchema } from '../../api/openapi.js'
import { ROUTES } from '../../api/routes/index.js'
import { createVendors } from '../../destinations/index.js'
import { createCipher } from '../../store/cipher.js'
import { openDb, type Db } from '../../store/db.js'
import { createKey, type Scope } from '../../store/keys.js'
import { putMessage } from '../../store/sandbox.js'
import { DEFAULT_WORKSPACE, ensureDefaultWorkspace } from '../../store/workspaces.js'
import { freshDatabase } from '../setup/db.js'
import { recordingTemporal, type RecordingTemporal } from './recording-temporal.js'

export const ADMIN_KEY = 'an admin key for the tests, long enough'

/** What came back. */
export interface Reply {
  status: number
  headers: Record<string, string>
  // The tests look at whatever it is.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any
  text: string
}

export interface Sending {
  body?: unknown
  /** Sent as it is, with this Content-Type. */
  raw?: { type: string; text: string | Buffer }
  headers?: Record<string, string>
}

/** Sends a request under /api/v1 and checks that the answer is what the route's declaration says. */
export type Caller = (method: string, path: string, sending?: Sending) => Promise<Reply>

/** The API on a database of its own, listening, with a Temporal that only writes down. */
export interface TestApi {
  db: Db
  temporal: RecordingTemporal
  url: string
  /** Calls with the admin key. */
  api: Caller
  /** Calls with a new key of these scopes. */
  as(scopes: Scope[], workspaceId?: string): Promise<Caller>
  /** Ends the server as a crash does, and answers how to start it again, on the same port and database. */
  crash(): Promise<() => Promise<void>>
  stop(): Promise<void>
}

export async function startTestApi(more: Partial<Omit<ApiDeps, 'settings'>> & { publicUrl?: string } = {}): Promise<TestApi> {
  const database = await freshDatabase()
  const db = openDb(database.url, { max: 5 })
  await ensureDefaultWorkspace(db)
  await db.query(`insert into workspace (id, name) values ('wsp_other', 'Other')`)
  const temporal = recordingTemporal()
  const { publicUrl = 'http://127.0.0.1:3000', ...deps } = more
  const logger: Logger = pino({ level: 'silent' })
  const listen = async (port: number): Promise<Server> => {
    const app = createApi({
      db,
      temporal,
      cipher: createCipher('a key for tests, thirty-two characters'),
      vendors: createVendors({ putSandboxMessage: (message) => putMessage(db, message) }),
      logger,
      settings: { host: '127.0.0.1', port: 0, adminKey: ADMIN_KEY, version: '0.0.0', outboundAllow: [], eventMonths: 13, publicUrl },
      ...deps,
    })
    return new Promise((resolve) => {
      const listening = app.listen(port, '127.0.0.1', () => resolve(listening))
    })
  }
  let server = await listen(0)
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const close = (): Promise<unknown> =>
    new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  const caller =
    (key: string): Caller =>
    (method, path, sending) =>
      send(url, key, method, path, sending)
  return {
    db,
    temporal,
    url,
    api: caller(ADMIN_KEY),
    as: async (scopes, workspaceId = DEFAULT_WORKSPACE) => caller((await createKey(db, workspaceId, { name: 'test', scopes })).key),
    crash: async () => {
      await close()
      return async () => {
        server = await listen(port)
      }
    },
    stop: async () => {
      await close()
      await db.close()
      await database.drop()
    },
  }
}

async function send(url: string, key: string, method: string, path: string, sending: Sending = {}): Promise<Reply> {
  const { body, raw, headers = {} } = sending
  const request = supertest(url)
    [method.toLowerCase() as 'get'](`/api/v1${path}`)
    .set('Authorization', `Bearer ${key}`)
    .set(headers)
    .redirects(0)
  if (raw) void request.set('Content-Type', raw.type).send(raw.text)
  else if (body !== undefined) void request.send(body as object)
  const { status, headers: answered, body: parsed, text } = await request
  const reply: Reply = { status, headers: answered as Record<string, string>, body: parsed as unknown, text }
  checkAnswer(method.toLowerCase(), path, reply)
  return reply
}

/** Fails when an answer is not what is declared: the documentation is made from the declaration. */
function checkAnswer(method: string, path: string, { status, headers, body, text }: Reply): void {
  if (status >= 400) {
    expect(headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(problemSchema.parse(body)).toMatchObject({ status, requestId: headers['x-request-id'] })
    return
  }
  const route = ROUTES.find((each) => each.method === method && matches(each.path, path.split('?')[0]!))
  if (!route) throw new Error(`No route ${method} ${path}`)
  if (status === 304) return
  if (route.streams) return expect(route.streams).toContain(headers['content-type']?.split(';')[0])
  const answer = status === route.alternative?.status ? route.alternative : route.answer
  expect(status).toBe(answer.status)
  if (!answer.schema) return expect(text).toBe('')
  // What the schema does not know is stripped by parsing: nothing may be.
  expect(answer.schema.parse(body)).toEqual(body)
  expect(headers['etag']).toMatch(/^"[^"]+"$/)
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${expressPath(pattern).replace(/:\w+/g, '[^/]+')}$`).test(path)
}
