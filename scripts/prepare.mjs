// What `npm start` and `npm test` do first: packages, the Prisma client and the web application, each only when it is missing or out of date.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './tools.mjs'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Says so and stops when Node is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Tilework needs Node 20.19 or later; this is ${process.versions.node}.`)
  process.exit(1)
}

/** Installs packages and makes the Prisma client when the lock file or the schema changed since. */
export async function prepare() {
  checkNode()
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  await once('node_modules/.tilework-lock', ['package-lock.json'], () =>
    run('Installing packages', npm, ['ci', '--no-audit', '--no-fund'], { cwd: root }),
  )
  await once('prisma/client/.tilework-schema', ['prisma/schema.prisma', 'package-lock.json'], () => {
    // The client needs no engine; Prisma's CLI would download one unless it is given a file.
    const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath }
    return run('Making the database client', process.execPath, ['node_modules/prisma/build/index.js', 'generate'], { cwd: root, env })
  })
}

/** Builds the web application when what it is made from changed since. */
export async function buildApp() {
  const vite = ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn']
  await once('web/dist/.tilework-app', ['package-lock.json', 'web/vite.config.ts', 'web/tsconfig.json', 'web/app', 'tiles', 'model'], () =>
    run('Building the web application', process.execPath, vite, { cwd: root }),
  )
}

/** Does the work unless the mark says that it was done for these very files. */
async function once(mark, inputs, work) {
  const file = path.join(root, mark)
  const hash = createHash('sha256')
  // Of folders the names count too: a file that was moved is another one.
  for (const name of inputs.flatMap(filesOf)) hash.update(inputs.includes(name) ? '' : name).update(fs.readFileSync(path.join(root, name)))
  const digest = hash.digest('hex')
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === digest) return
  if (!(await work())) process.exit(1)
  fs.writeFileSync(file, digest)
}

/** The files of a folder, in order, or the file itself; relative to the root. Tests are no part of what is built. */
function filesOf(name) {
  if (!fs.statSync(path.join(root, name)).isDirectory()) return [name]
  const inside = fs.readdirSync(path.join(root, name)).sort()
  return inside.filter((file) => !file.endsWith('.test.ts')).flatMap((file) => filesOf(`${name}/${file}`))
}
