import fs from 'node:fs'
import type { Server } from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { pino, type Logger } from 'pino'
import { createApi, LiveHub, startSweep } from '../api/index.js'
import { createVendors } from '../destinations/index.js'
import { startAudienceClock } from '../ingest/audience-clock.js'
import { startRetention } from '../ingest/retention.js'
import { startRouter, type Router } from '../ingest/router.js'
import { migrate } from '../scripts/migrate.mjs'
import { createCipher } from '../store/cipher.js'
import { openDb, type Db } from '../store/db.js'
import { createSignInLink, everSignedIn } from '../store/keys.js'
import { putMessage } from '../store/sandbox.js'
import { DEFAULT_WORKSPACE, ensureDefaultWorkspace } from '../store/workspaces.js'
import { connectTemporal, type Temporal, type TemporalOptions } from '../temporal/client.js'
import { installRuntime, startWorker, type RunningWorker } from '../worker/index.js'
import { startReconciler } from '../worker/reconcile.js'
import { startTally } from '../worker/tally.js'
import { startPostgres } from './postgres.js'
import { freePort } from './processes.js'
import { nowRuns, runsNoMore, whatRuns } from './running.js'
import { keptSecrets, type Settings } from './settings.js'
import { registerSearchAttributes, startTemporal } from './temporal.js'

/** Version of the package, as /api/v1/openapi.json says it. */
export const VERSION = '0.1.0'

const DATABASE_CONNECTIONS = 25

const say = (text: string): void => console.log(text)

/** Something to stop; stopped in the opposite order of its start. */
type Stop = () => Promise<unknown>

/**
 * `tilework start`: everything that the settings do not name is started here: PostgreSQL, Temporal, then the roles of this process.
 * @returns what stops it all
 */
export async function start(settings: Settings): Promise<Stop> {
  const dataDirectory = path.resolve(settings.DATA_DIR)
  fs.mkdirSync(dataDirectory, { recursive: true })
  const other = whatRuns(dataDirectory)
  if (other)
    throw new Error(
      `Tilework runs on ${settings.DATA_DIR} already (process ${other.pid}, ${other.url}). Stop it first, or set DATA_DIR to another folder.`,
    )
  const stops: Stop[] = []
  const stopAll = async (): Promise<void> => {
    for (const stop of stops.reverse()) await stop().catch((error: unknown) => console.error(error))
  }
  try {
    await startParts(settings, dataDirectory, stops)
  } catch (error) {
    await stopAll()
    throw error
  }
  return stopAll
}

async function startParts(settings: Settings, dataDirectory: string, stops: Stop[]): Promise<void> {
  const logger = pino({ level: settings.LOG_LEVEL })
  installRuntime(settings.LOG_LEVEL === 'debug' || settings.LOG_LEVEL === 'trace' ? 'DEBUG' : 'ERROR')
  const secrets = keptSecrets(dataDirectory)
  const databaseUrl = settings.DATABASE_URL ?? (await localPostgres(dataDirectory, secrets.postgresPassword, stops))
  await migrate(databaseUrl, fileURLToPath(new URL(`${here()}prisma/migrations`, import.meta.url)))
  const db = openDb(databaseUrl, { max: DATABASE_CONNECTIONS })
  stops.push(() => db.close())
  await ensureDefaultWorkspace(db)
  const temporalOptions = await temporalOf(settings, dataDirectory, stops)
  const temporal = await connectTemporal(temporalOptions)
  stops.push(() => temporal.close())
  await registerSearchAttributes(temporal.client.connection as never, temporalOptions.namespace)

  const cipher = createCipher(settings.ENCRYPTION_KEY ?? secrets.encryptionKey)
  const vendors = createVendors({ putSandboxMessage: (message) => putMessage(db, message) })
  const port = settings.ROLES.includes('api') ? await freePort(settings.PORT, settings.HOST, 'Tilework', say) : settings.PORT
  const publicUrl = (settings.PUBLIC_URL ?? urlOf(settings.HOST, port)).replace(/\/+$/, '')
  const parts: Parts = { settings, db, temporal, temporalOptions, cipher, vendors, logger, databaseUrl, port, publicUrl }
  const worker = settings.ROLES.includes('worker') ? await startWorkerRole(parts, stops) : undefined
  const router = settings.ROLES.includes('router') ? startRouterRole(parts, stops) : undefined
  if (!settings.ROLES.includes('api')) return say(`Tilework runs as ${settings.ROLES.join(', ')}.`)
  const url = await startApiRole(parts, { worker, router }, stops)
  nowRuns(dataDirectory, { pid: process.pid, url, databaseUrl })
  stops.push(() => Promise.resolve(runsNoMore(dataDirectory)))
  await greet(db, url, temporalOptions.uiUrl)
}

const urlOf = (host: string, port: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}`

interface Parts {
  settings: Settings
  db: Db
  temporal: Temporal
  temporalOptions: TemporalOptions
  cipher: ReturnType<typeof createCipher>
  vendors: ReturnType<typeof createVendors>
  logger: Logger
  databaseUrl: string
  port: number
  /** Where others reach the API, without a slash at its end. */
  publicUrl: string
}

/** From the compiled file, the project's folder is one further up. */
const here = (): string => (import.meta.url.endsWith('.ts') ? '../' : '../../')

async function localPostgres(dataDirectory: string, password: string, stops: Stop[]): Promise<string> {
  say('Starting PostgreSQL …')
  const postgres = await startPostgres(dataDirectory, password, say)
  stops.push(() => postgres.stop())
  return postgres.url
}

async function temporalOf(settings: Settings, dataDirectory: string, stops: Stop[]): Promise<TemporalOptions> {
  if (settings.TEMPORAL_ADDRESS !== undefined) {
    const { connectionOptions, namespace } = loadClientConnectConfig()
    return {
      address: connectionOptions.address ?? settings.TEMPORAL_ADDRESS,
      namespace: namespace ?? settings.TEMPORAL_NAMESPACE,
      ...(settings.TEMPORAL_UI_URL && { uiUrl: settings.TEMPORAL_UI_URL }),
      ...(connectionOptions.tls !== undefined && connectionOptions.tls !== null && { tls: connectionOptions.tls }),
      ...(typeof connectionOptions.apiKey === 'string' && { apiKey: connectionOptions.apiKey }),
    }
  }
  say('Starting Temporal …')
  const temporal = await startTemporal(dataDirectory, { port: settings.TEMPORAL_PORT, uiPort: settings.TEMPORAL_UI_PORT }, say)
  stops.push(() => temporal.stop())
  return { address: temporal.address, namespace: 'default', uiUrl: temporal.uiUrl }
}

async function startWorkerRole(parts: Parts, stops: Stop[]): Promise<RunningWorker> {
  say('Starting the worker …')
  const { db, temporal, temporalOptions, cipher, vendors, settings, logger, publicUrl } = parts
  const { address, namespace, tls, apiKey } = temporalOptions
  const worker = await startWorker({
    db,
    temporal,
    address,
    namespace,
    cipher,
    vendors,
    outboundAllow: settings.OUTBOUND_ALLOW,
    publicUrl,
    ...(settings.UNSUBSCRIBE_EMAIL !== undefined && { unsubscribeEmail: settings.UNSUBSCRIBE_EMAIL }),
    ...(tls !== undefined && tls !== null && { tls }),
    ...(apiKey !== undefined && { apiKey }),
    onFailure: (error) => logger.fatal({ err: error }, 'the worker stopped'),
    onError: (error) => logger.error({ err: error }, 'the task queues of destinations'),
  })
  stops.push(async () => {
    await worker.stop()
    for (const vendor of vendors.values()) vendor.close?.()
  })
  const reconciler = startReconciler(
    { db, temporal },
    {
      everyMs: settings.RECONCILE_SECONDS * 1000,
      onError: (error) => logger.warn({ err: error }, 'workflows that were ended from outside could not be looked for'),
    },
  )
  stops.push(() => reconciler.stop())
  const tally = startTally(db, (error) =>
    logger.warn({ err: error }, 'the counters could not be brought up to date; stats are right, and slower'),
  )
  stops.push(() => tally.stop())
  return worker
}

function startRouterRole({ settings, db, temporal, databaseUrl, logger }: Parts, stops: Stop[]): Router {
  const router = startRouter({
    db,
    temporal,
    databaseUrl,
    onError: (error) => logger.error({ err: error }, 'events could not be routed; they are tried again'),
  })
  stops.push(() => router.stop())
  const clock = startAudienceClock({
    db,
    onError: (error) => logger.error({ err: error }, 'customers could not be judged as time went by; they are judged in a moment'),
  })
  stops.push(() => clock.stop())
  const retention = startRetention(db, settings.EVENT_RETENTION_MONTHS, (error) =>
    logger.warn({ err: error }, 'old events could not be dropped, or the tables of coming months made; it is tried again'),
  )
  stops.push(() => retention.stop())
  return router
}

async function startApiRole(
  parts: Parts,
  roles: { worker: RunningWorker | undefined; router: Router | undefined },
  stops: Stop[],
): Promise<string> {
  const { settings, db, temporal, temporalOptions, cipher, vendors, logger, port, publicUrl } = parts
  const live = new LiveHub(logger)
  const app = createApi({
    live,
    db,
    temporal,
    cipher,
    vendors,
    logger,
    settings: {
      host: settings.HOST,
      port,
      version: VERSION,
      outboundAllow: settings.OUTBOUND_ALLOW,
      eventMonths: settings.EVENT_RETENTION_MONTHS,
      publicUrl,
      ...(settings.TILEWORK_ADMIN_KEY !== undefined && { adminKey: settings.TILEWORK_ADMIN_KEY }),
      ...(temporalOptions.uiUrl !== undefined && { temporalUiUrl: temporalOptions.uiUrl }),
    },
    ...(roles.router && { wakeRouter: () => roles.router!.wake() }),
    ...(roles.worker && { workerPolling: () => roles.worker!.healthy() }),
  })
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = app.listen(port, settings.HOST, (error?: Error) => (error ? reject(error) : resolve(listening)))
  })
  stops.push(() => {
    live.close()
    return closeServer(server)
  })
  const sweep = startSweep({ db, temporal, logger })
  stops.push(() => sweep.stop())
  return publicUrl
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), 5_000).unref()
  })
}

async function greet(db: Db, url: string, uiUrl: string | undefined): Promise<void> {
  say('')
  say(`  Tilework     ${url}`)
  say(`  API          ${url}/docs`)
  if (uiUrl !== undefined) say(`  Temporal     ${uiUrl}`)
  if (!(await everSignedIn(db)))
    say(`  Sign in      ${url}/sign-in?token=${await createSignInLink(db, DEFAULT_WORKSPACE)}   (works once, for 15 minutes)`)
  say('')
  say('  Stop with Ctrl-C; data stays, and the next start goes on where this one was.')
}
