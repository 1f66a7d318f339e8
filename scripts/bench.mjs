// `npm run bench [-- engine | pause | audiences | ingest | import | gather | rate-limit | canvas]`: N= members, customers, batches or rows, ROUNDS= paired rounds. Without a name, all.
import { spawnSync } from 'node:child_process'
import { buildApp, prepare, root } from './prepare.mjs'
import { chromium, temporalCli } from './tools.mjs'

const ALL = ['engine', 'pause', 'audiences', 'ingest', 'import', 'gather', 'rate-limit', 'canvas']
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !ALL.includes(name))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}; there are ${ALL.join(', ')}.`)
  process.exit(1)
}
await prepare()
await buildApp()
const env = { ...process.env, TEMPORAL_CLI_PATH: await temporalCli(), CHROMIUM_PATH: await chromium() }
for (const name of asked.length > 0 ? asked : ALL) {
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', `bench/${name}.ts`], { cwd: root, env, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
