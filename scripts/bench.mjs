// `npm run bench`: N= members, ROUNDS= paired rounds.
import { spawnSync } from 'node:child_process'
import { prepare, root } from './prepare.mjs'
import { temporalCli } from './tools.mjs'

await prepare()
const env = { ...process.env, TEMPORAL_CLI_PATH: await temporalCli() }
process.exit(spawnSync(process.execPath, ['--import', 'tsx', 'bench/engine.ts'], { cwd: root, env, stdio: 'inherit' }).status ?? 1)
