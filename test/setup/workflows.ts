import type { WorkflowBundlePath } from '@temporalio/worker'

/** The bundle of the workflows that the global set-up made: webpack once for all tests, and not once a file. */
export function workflowBundle(): WorkflowBundlePath {
  const codePath = process.env.TILEWORK_TEST_WORKFLOWS
  if (!codePath) throw new Error('The global set-up of the tests has not run.')
  return { codePath }
}
