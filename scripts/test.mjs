// `npm test`: gets everything that the tests need, checks the code, runs the tests. Arguments go to jest.
import { spawnSync } from 'node:child_process'
import { buildApp, prepare, root } from './prepare.mjs'
import { chromium, openapi, temporalCli, testServer } from './tools.mjs'

await prepare()
await buildApp()
const env = {
  ...process.env,
  TEMPORAL_CLI_PATH: await temporalCli(),
  TEMPORAL_TEST_SERVER_PATH: await testServer(),
  CHROMIUM_PATH: await chromium(),
  OPENAPI_PATH: await openapi(),
  // Above jest's own limit for a process (jest.config.js), which is looked at between two files.
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning --max-old-space-size=6144`,
}
const args = process.argv.slice(2)
const step = (command, rest) => spawnSync(process.execPath, [command, ...rest], { cwd: root, env, stdio: 'inherit' }).status ?? 1

if (args.length === 0) {
  const checked = step('scripts/check.mjs', [])
  if (checked !== 0) process.exit(checked)
}
process.exit(step('node_modules/jest/bin/jest.js', [...args, '--reporters=default', '--reporters=./scripts/summary-reporter.mjs']))
