import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'

/** Whether a process lives, and its command line holds all of the given words: pids are used again by others. */
export function isOurs(pid: number, words: readonly string[]): boolean {
  const command = commandLine(pid)
  return command !== undefined && words.every((word) => command.includes(word))
}

function commandLine(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return undefined
  }
}

/** Asks a process to stop and waits until it is gone; kills it when it does not within `patienceMs`. */
export async function stopProcess(pid: number, signal: NodeJS.Signals, patienceMs = 15_000): Promise<void> {
  const deadline = Date.now() + patienceMs
  kill(pid, signal)
  while (alive(pid)) {
    if (Date.now() > deadline) kill(pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone.
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // A zombie answers too.
  return process.platform !== 'linux' || !/\) Z /.test(readOr(`/proc/${pid}/stat`))
}

function readOr(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ') Z '
  }
}

/** The first free port at or after `wanted`. Says so when it is another. */
export async function freePort(wanted: number, host: string, what: string, say: (text: string) => void): Promise<number> {
  for (let port = wanted; port < wanted + 100 && port <= 65_535; port++) {
    if (!(await isFree(port, host))) continue
    if (port !== wanted) say(`Port ${wanted} is taken; ${what} uses ${port}.`)
    return port
  }
  throw new Error(`No port from ${wanted} to ${wanted + 99} is free for ${what}.`)
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
