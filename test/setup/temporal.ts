import { TestWorkflowEnvironment } from '@temporalio/testing'
import { addSearchAttributes } from '../../cli/temporal.js'
import { installRuntime } from '../../worker/index.js'

let quiet = false

/**
 * Failed attempts are what many tests are about: only faults are told. Called where a connection is opened next, and not on import: the SDK's runtime
 * ends with its last connection or worker, and one that never had any keeps the process of the tests alive.
 */
function quietRuntime(): void {
  if (!quiet) installRuntime('ERROR')
  quiet = true
}

/** Address (host:port) of the real Temporal server that the tests share, for a caller that connects a worker to it, and stops it. */
export function temporalAddress(): string {
  quietRuntime()
  return sharedTemporal()
}

/** The same address, for a process of its own: nothing in this one connects. */
export function sharedTemporal(): string {
  const address = process.env.TILEWORK_TEST_TEMPORAL
  if (!address) throw new Error('The global set-up of the tests has not run.')
  return address
}

/** Starts a time-skipping server of the test's own, with Tilework's search attributes. The caller tears it down. */
export async function timeSkippingServer(): Promise<TestWorkflowEnvironment> {
  quietRuntime()
  const { testServer } = await import('../../scripts/tools.mjs')
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: await testServer() } },
  })
  await addSearchAttributes(env.connection, 'default')
  return env
}
