import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { createApi } from '../../api/index.js'
import { createVendors } from '../../destinations/index.js'
import { startRouter, type Router } from '../../ingest/router.js'
import { createCipher } from '../../store/cipher.js'
import { createKey } from '../../store/keys.js'
import { putMessage } from '../../store/sandbox.js'
import { startRig, WORKSPACE, type Rig, type RigOptions } from './rig.js'

/** The key of the tests, with all rights. */
export const ADMIN_KEY = 'a-key-for-the-tests-with-all-rights'

/** All of Tilework in this process, listening on a free port: API, worker, router. */
export interface RunningServer extends Rig {
  url: string
  writeKey: string
  /** Runs something while no event is routed, as after the process of the router died. */
  withoutRouter(work: () => Promise<void>): Promise<void>
  /** Calls the API with all rights; answers status and body. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: any; headers: Headers }> // eslint-disable-line @typescript-eslint/no-explicit-any
}

export async function startServer(options: RigOptions = {}): Promise<RunningServer> {
  const rig = await startRig(options)
  const { db, temporal } = rig
  const route = (): Router => startRouter({ db, temporal, databaseUrl: rig.databaseUrl })
  let router = route()
  const vendors = options.vendors ?? createVendors({ putSandboxMessage: (message) => putMessage(db, message) })
  const settings = {
    host: '127.0.0.1',
    port: 0,
    adminKey: ADMIN_KEY,
    version: 'test',
    outboundAllow: ['127.0.0.0/8'],
    eventMonths: 13,
    publicUrl: 'http://127.0.0.1',
  }
  const app = createApi({
    db,
    temporal,
    vendors,
    settings,
    cipher: createCipher('a key for tests, thirty-two characters'),
    logger: pino({ level: 'silent' }),
    wakeRouter: () => router.wake(),
    workerPolling: () => rig.worker.healthy(),
  })
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  settings.publicUrl = url
  const { key: writeKey } = await createKey(db, WORKSPACE, { name: 'tests', scopes: ['ingest'] })
  return {
    ...rig,
    url,
    writeKey,
    withoutRouter: async (work) => {
      await router.stop()
      await work().finally(() => (router = route()))
    },
    call: (method, path, body, headers = {}) => call(`${url}/api/v1${path}`, method, body, headers),
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await router.stop()
      await rig.stop()
    },
  }
}

async function call(url: string, method: string, body: unknown, headers: Record<string, string>) {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
}
