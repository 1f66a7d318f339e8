import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { NODE_FLAGS } from '../../scripts/node-flags.mjs'
import { eventually } from './canvas.js'

/** What the process is given: see whole.ts. */
export interface WholeEnv {
  DATABASE_URL: string
  TEMPORAL_ADDRESS: string
  TASK_QUEUE: string
  ENCRYPTION_KEY: string
  TILEWORK_ADMIN_KEY: string
  /** Where every vendor is, and one that speaks HTTP/2. */
  VENDOR: string
  VENDOR_HTTP2: string
  LOG_LEVEL: 'trace' | 'silent'
  BUNDLE?: string
}

export interface Whole {
  url: string
  /** Everything that it said. */
  said: { stdout: string; stderr: string }
  /** Ends it without warning. */
  kill(): Promise<void>
}

/** Starts all of Tilework in a process of its own. */
export async function startWhole(env: WholeEnv): Promise<Whole> {
  const file = fileURLToPath(new URL('./whole.ts', import.meta.url))
  const child = spawn(process.execPath, [...NODE_FLAGS, '--import', 'tsx', file], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (data: Buffer) => (said.stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (said.stderr += data.toString()))
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const port = await eventually(
    () => Promise.resolve(/^listening (\d+)$/m.exec(said.stdout)?.[1]),
    (found) => {
      if (child.exitCode !== null) throw new Error(said.stdout + said.stderr)
      return found !== undefined
    },
    60_000,
  )
  return { url: `http://127.0.0.1:${port}`, said, kill: () => (child.kill('SIGKILL'), gone) }
}
