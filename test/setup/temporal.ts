import { TestWorkflowEnvironment } from '@temporalio/testing'
import { addSearchAttributes } from '../../cli/temporal.js'
import { installRuntime } from '../../worker/index.js'

// Failed attempts are what many tests are about: only faults are told.
installRuntime('ERROR')

/** Address (host:port) of the real Temporal server that the tests share. */
export function temporalAddress(): string {
  const address = process.env.TILEWORK_TEST_TEMPORAL
  if (!address) throw new Error('The global set-up of the tests has not run.')
  return address
}

/** Starts a time-skipping server of the test's own, with Tilework's search attributes. The caller tears it down. */
export async function timeSkippingServer(): Promise<TestWorkflowEnvironment> {
  const { testServer } = await import('../../scripts/tools.mjs')
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: await testServer() } },
  })
  await addSearchAttributes(env.connection, 'default')
  return env
}
