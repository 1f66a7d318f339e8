import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode } from '@temporalio/worker'

/*
 * A process of its own that bundles the workflows into the file that it is told: webpack would leave its 200 MB with a worker that runs for months.
 */

const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error }
const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const workflowsPath = fileURLToPath(new URL(`../workflows/index.${ending}`, import.meta.url))
const { code } = await bundleWorkflowCode({ workflowsPath, logger: quiet })
fs.writeFileSync(process.argv[2]!, code)
