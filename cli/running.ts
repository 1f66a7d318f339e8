import fs from 'node:fs'
import path from 'node:path'
import { isOurs } from './processes.js'

/** What a running Tilework tells the other commands on the same data directory. */
export interface Running {
  pid: number
  url: string
  databaseUrl: string
}

const fileOf = (dataDirectory: string): string => path.join(dataDirectory, 'running.json')

/** The Tilework that runs on a data directory, if one does. */
export function whatRuns(dataDirectory: string): Running | undefined {
  try {
    const running = JSON.parse(fs.readFileSync(fileOf(dataDirectory), 'utf8')) as Running
    return running.pid !== process.pid && isOurs(running.pid, ['cli/main', 'start']) ? running : undefined
  } catch {
    return undefined
  }
}

/** Writes it down, for its owner only. */
export function nowRuns(dataDirectory: string, running: Running): void {
  fs.writeFileSync(fileOf(dataDirectory), JSON.stringify(running, null, 2), { mode: 0o600 })
}

export const runsNoMore = (dataDirectory: string): void => fs.rmSync(fileOf(dataDirectory), { force: true })
