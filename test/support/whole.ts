import fs from 'node:fs'
import { pino } from 'pino'
import { createApi } from '../../api/index.js'
import { createVendors } from '../../destinations/index.js'
import { createHttp } from '../../destinations/outbound/http.js'
import { startRouter } from '../../ingest/router.js'
import { Breaker } from '../../sending/breaker.js'
import { createCipher } from '../../store/cipher.js'
import { openDb } from '../../store/db.js'
import { putMessage } from '../../store/sandbox.js'
import { ensureDefaultWorkspace } from '../../store/workspaces.js'
import { connectTemporal } from '../../temporal/client.js'
import { installRuntime, startWorker } from '../../worker/index.js'

/*
 * All of Tilework in a process of its own, as `tilework start`, but for the vendors: they are called at the addresses that the test gives.
 * BUNDLE= is a file with the workflows, bundled.
 */

const env = (name: string): string => process.env[name]!

const logger = pino({ level: env('LOG_LEVEL') })
installRuntime(env('LOG_LEVEL') === 'trace' ? 'TRACE' : 'ERROR')
const db = openDb(env('DATABASE_URL'), { max: 20 })
await ensureDefaultWorkspace(db)
const address = env('TEMPORAL_ADDRESS')
const temporal = await connectTemporal({ address, namespace: 'default', taskQueue: env('TASK_QUEUE') })
const cipher = createCipher(env('ENCRYPTION_KEY'))
const toward = (origin: string): string => env(origin.endsWith('push.apple.com') ? 'VENDOR_HTTP2' : 'VENDOR')
const vendors = createVendors({ putSandboxMessage: (message) => putMessage(db, message), http: createHttp(toward) })
const outboundAllow = ['127.0.0.0/8']
const publicUrl = 'https://tilework.example'
const breaker = new Breaker(db, { failures: 4, firstMs: 200, longestMs: 200 })
await startWorker({
  db,
  temporal,
  address,
  namespace: 'default',
  cipher,
  vendors,
  outboundAllow,
  publicUrl,
  breaker,
  ...(process.env.BUNDLE && { bundle: { code: fs.readFileSync(process.env.BUNDLE, 'utf8') } }),
})
const router = startRouter({ db, temporal, databaseUrl: env('DATABASE_URL'), onError: (error) => logger.error({ err: error }, 'router') })
const app = createApi({
  db,
  temporal,
  cipher,
  vendors,
  logger,
  wakeRouter: () => router.wake(),
  settings: { host: '127.0.0.1', port: 0, adminKey: env('TILEWORK_ADMIN_KEY'), version: 'test', outboundAllow, eventMonths: 13, publicUrl },
})
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening ${typeof address === 'object' ? address?.port : ''}`)
})
