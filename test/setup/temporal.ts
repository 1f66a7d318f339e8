import proto from '@temporalio/proto'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { installRuntime } from '../../worker/index.js'
import { SEARCH_ATTRIBUTES } from '../../workflows/api.js'

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
  const types = proto.temporal.api.enums.v1.IndexedValueType
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [
        name,
        type === 'INT' ? types.INDEXED_VALUE_TYPE_INT : types.INDEXED_VALUE_TYPE_KEYWORD,
      ]),
    ),
  })
  return env
}
