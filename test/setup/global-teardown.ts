import fs from 'node:fs'
import type { Running } from './global-setup.js'

/** Stops what the global set-up started. */
export default async function teardown(): Promise<void> {
  const running = (globalThis as { __tilework?: Running }).__tilework
  if (!running) return
  running.temporal.kill('SIGKILL')
  await running.postgres.stop()
  fs.rmSync(running.directory, { recursive: true, force: true })
}
