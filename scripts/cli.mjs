// `npm start`, `npm run sign-in`, `npm run tilework -- …`: prepares the clone, then runs the command in a process group of its own, so that
// Ctrl-C reaches only this process and everything stops in order.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { NODE_FLAGS } from './node-flags.mjs'
import { buildApp, prepare, root } from './prepare.mjs'

const args = process.argv.slice(2)
await prepare()
if (args[0] === 'start') await buildApp()
const child = spawn(process.execPath, [...NODE_FLAGS, '--import', 'tsx', path.join(root, 'cli/main.ts'), ...args], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  detached: process.platform !== 'win32',
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'))
child.on('exit', (code) => process.exit(code ?? 1))
