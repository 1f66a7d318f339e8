import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { NODE_FLAGS } from '../../scripts/node-flags.mjs'
import { eventually } from './canvas.js'

/** A Tilework that the start command runs, in a process and a data directory of its own. */
export interface Started {
  child: ChildProcess
  url: string
  directory: string
  /** As Ctrl-C does. */
  stop(): Promise<void>
}

/** What Node.js is given to run the start command, as `npm start` does. */
export const START = [...NODE_FLAGS, '--import', 'tsx', 'cli/main.ts', 'start']

/** A data directory that the user postgres can reach. */
export function dataDirectory(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tilework-start-'))
  fs.chmodSync(directory, 0o755)
  return directory
}

/** Runs the start command until it is ready. */
export async function runStart(directory: string, env: Record<string, string>): Promise<Started> {
  const child = spawn(process.execPath, START, {
    env: { ...process.env, NODE_OPTIONS: '', DATA_DIR: directory, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output += data.toString()))
  const found = await eventually(
    () => Promise.resolve(/Tilework +(http\S+)/.exec(output)?.[1]),
    (url) => {
      if (child.exitCode !== null) throw new Error(output)
      return url !== undefined
    },
    90_000,
  )
  const url = found!
  await eventually(
    async () => (await fetch(`${url}/health/ready`)).status,
    (status) => status === 200,
  )
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await gone
  }
  return { child, url, directory, stop }
}
