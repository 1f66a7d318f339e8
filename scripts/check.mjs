// `npm run check`: format, lint, types, the import rule, sizes, the lock file. Says which failed.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { prepare, root } from './prepare.mjs'

const MAX_LINES = 600

const tool = (file, ...args) =>
  spawnSync(process.execPath, [path.join(root, 'node_modules', file), ...args], { cwd: root, stdio: 'inherit' }).status === 0

const SOURCES = [
  'model',
  'tiles',
  'engine',
  'workflows',
  'destinations',
  'store',
  'temporal',
  'activities',
  'ingest',
  'sending',
  'api',
  'web',
  'worker',
  'cli',
]

function tracked() {
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  return stdout.split('\n').filter((file) => file && fs.existsSync(path.join(root, file)))
}

function sizes() {
  const code = tracked().filter((file) => /\.(ts|tsx|js|mjs|cjs|css)$/.test(file))
  const long = code.filter((file) => fs.readFileSync(path.join(root, file), 'utf8').split('\n').length - 1 > MAX_LINES)
  for (const file of long) console.error(`${file} has more than ${MAX_LINES} lines; split it.`)
  return long.length === 0
}

function lockFile() {
  const hosts = fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8').match(/"resolved": "https?:\/\/[^/"]+/g) ?? []
  if (hosts.length > 0)
    console.error(`package-lock.json names download hosts (${hosts[0]}…); write it with omit-lockfile-registry-resolved.`)
  return hosts.length === 0
}

await prepare()
const steps = [
  ['format', () => tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')],
  ['lint', () => tool('eslint/bin/eslint.js', '.')],
  ['types', () => tool('typescript/bin/tsc', '--noEmit')],
  ['types of the web application', () => tool('typescript/bin/tsc', '-p', 'web')],
  ['imports', () => tool('dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', ...SOURCES)],
  ['file sizes', sizes],
  ['lock file', lockFile],
]
const failed = steps.filter(([name, check]) => {
  const from = Date.now()
  const ok = check()
  console.log(`[check] ${name}: ${ok ? 'ok' : 'FAILED'} (${((Date.now() - from) / 1000).toFixed(1)} s)`)
  return !ok
})
process.exit(failed.length === 0 ? 0 : 1)
