import { TileworkError } from '../../model/errors.js'
import type { Temporal } from '../../temporal/client.js'

/** A Temporal of ours that writes down what it is asked to do: for the logic of routes. */
export interface RecordingTemporal extends Temporal {
  readonly calls: { name: string; args: unknown[] }[]
  /** Set: it cannot be reached. */
  down: boolean
  /** What `operate` does besides being written down. */
  onOperate?: (memberId: string) => Promise<void>
}

export function recordingTemporal(): RecordingTemporal {
  const note = (name: string, ...args: unknown[]): Promise<void> => {
    if (temporal.down) return Promise.reject(new TileworkError('unavailable', 'Temporal cannot be reached now; try again in a moment.'))
    temporal.calls.push({ name, args })
    return Promise.resolve()
  }
  const temporal: RecordingTemporal = {
    calls: [],
    down: false,
    startMember: (start) => note('startMember', start),
    send: (memberId, message) => note('send', memberId, message).then(() => 'sent' as const),
    operate: (memberId, command) => note('operate', memberId, command).then(() => temporal.onOperate?.(memberId)),
    startEnrol: (jobId) => note('startEnrol', jobId),
    startImport: (jobId) => note('startImport', jobId),
    startOperate: (jobId) => note('startOperate', jobId),
    startResume: (input) => note('startResume', input),
    startMigrate: (jobId) => note('startMigrate', jobId),
    startBuild: (input) => note('startBuild', input),
    runOf: () => Promise.resolve('running'),
    uiLink: (id) => `http://temporal.test/workflows/${id}`,
    ready: () => Promise.resolve(!temporal.down),
    get client(): never {
      throw new Error('Routes do not use the client itself.')
    },
    taskQueue: 'tests',
    close: () => Promise.resolve(),
  }
  return temporal
}
