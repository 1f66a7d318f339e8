import { fork } from 'node:child_process'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkflowBundle } from '@temporalio/worker'

/**
 * Bundles the workflows: webpack over workflows/index, in a process that ends with it.
 * @throws Error with what the process said when it fails
 */
export async function bundleWorkflows(): Promise<WorkflowBundle> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tilework-workflows-'))
  try {
    const file = path.join(folder, 'bundle.js')
    await bundleInto(file)
    return { code: await fs.readFile(file, 'utf8') }
  } finally {
    await fs.rm(folder, { recursive: true, force: true })
  }
}

function bundleInto(file: string): Promise<void> {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const program = fileURLToPath(new URL(`./bundle-process.${ending}`, import.meta.url))
  const child = fork(program, [file], { execArgv: ending === 'ts' ? ['--import', 'tsx'] : [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let said = ''
  child.stderr!.on('data', (data: Buffer) => (said += data.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The workflows cannot be bundled (exit ${code}):\n${said}`))))
  })
}
