// `npm run bench [-- engine | pause | audiences | ingest | import]`: N= members, customers, batches or rows, ROUNDS= paired rounds. Without a name, all.
import { spawnSync } from 'node:child_process'
import { prepare, root } from './prepare.mjs'
import { temporalCli } from './tools.mjs'

const ALL = ['engine', 'pause', 'audiences', 'ingest', 'import']
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !ALL.includes(name))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}; there are ${ALL.join(', ')}.`)
  process.exit(1)
}
await prepare()
const env = { ...process.env, TEMPORAL_CLI_PATH: await temporalCli() }
for (const name of asked.length > 0 ? asked : ALL) {
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', `bench/${name}.ts`], { cwd: root, env, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
