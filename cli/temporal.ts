import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { Connection } from '@temporalio/client'
import proto from '@temporalio/proto'
import { SEARCH_ATTRIBUTES } from '../workflows/api.js'
import { freePort, isOurs, stopProcess } from './processes.js'

/** The local Temporal server of a data directory. */
export interface LocalTemporal {
  address: string
  uiUrl: string
  stop(): Promise<void>
}

/** Longest that the server may take to answer, in ms. */
const START_PATIENCE_MS = 60_000

/** Starts Temporal's development server on a file; one that a killed process left behind is stopped first. */
export async function startTemporal(
  dataDirectory: string,
  ports: { port: number; uiPort: number },
  say: (text: string) => void,
): Promise<LocalTemporal> {
  const file = path.join(dataDirectory, 'temporal.db')
  const pidFile = path.join(dataDirectory, 'temporal.pid')
  await stopLeftBehind(pidFile, file)
  const { FAIR, temporalCli } = await import('../scripts/tools.mjs')
  const command = await temporalCli()
  const port = await freePort(ports.port, '127.0.0.1', 'Temporal', say)
  const uiPort = await freePort(ports.uiPort, '127.0.0.1', "Temporal's Web UI", say)
  const log = fs.openSync(path.join(dataDirectory, 'temporal.log'), 'a')
  const child = spawn(command, serverArguments(file, port, uiPort, FAIR), { stdio: ['ignore', log, log], detached: true })
  fs.writeFileSync(pidFile, String(child.pid))
  const address = `127.0.0.1:${port}`
  await answering(address, child)
  return { address, uiUrl: `http://127.0.0.1:${uiPort}`, stop: () => stop(child, pidFile) }
}

function serverArguments(file: string, port: number, uiPort: number, fair: readonly string[]): string[] {
  return [
    ...['server', 'start-dev', '--port', String(port), '--ui-port', String(uiPort), '--db-filename', file, '--log-level', 'warn'],
    // Without these a server on a file is two times slower; a write-ahead log survives a kill.
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
    ...fair,
  ]
}

async function stopLeftBehind(pidFile: string, file: string): Promise<void> {
  if (!fs.existsSync(pidFile)) return
  const pid = Number(fs.readFileSync(pidFile, 'utf8'))
  if (isOurs(pid, ['start-dev', file])) await stopProcess(pid, 'SIGTERM')
  fs.rmSync(pidFile, { force: true })
}

async function stop(child: ChildProcess, pidFile: string): Promise<void> {
  if (child.exitCode === null && child.pid !== undefined) await stopProcess(child.pid, 'SIGTERM')
  fs.rmSync(pidFile, { force: true })
}

async function answering(address: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_PATIENCE_MS
  for (;;) {
    if (child.exitCode !== null) throw new Error('The Temporal server stopped as it started; see temporal.log in the data directory.')
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1_000 })
      await connection.workflowService.describeNamespace({ namespace: 'default' })
      await connection.close()
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

/** Registers Tilework's search attributes in a namespace; those that are there stay. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in (customAttributes ?? {})))
  if (missing.length === 0) return
  await addSearchAttributes(connection, namespace, missing)
}

/** Registers search attributes that are not there. */
export async function addSearchAttributes(
  connection: Connection,
  namespace: string,
  attributes: [name: string, type: 'KEYWORD' | 'INT'][] = Object.entries(SEARCH_ATTRIBUTES),
): Promise<void> {
  const types = proto.temporal.api.enums.v1.IndexedValueType
  const searchAttributes = Object.fromEntries(
    attributes.map(([name, type]) => [name, type === 'INT' ? types.INDEXED_VALUE_TYPE_INT : types.INDEXED_VALUE_TYPE_KEYWORD]),
  )
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes })
}
