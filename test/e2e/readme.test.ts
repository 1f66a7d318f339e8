import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { eventually } from '../support/canvas.js'
import { dataDirectory, runStart, type Started } from '../support/started.js'

/* The worked example of the README, copied line by line into a shell against a server that the start command runs. */

const directory = dataDirectory()
let started: Started
beforeAll(async () => {
  const env = { PORT: '39400', TEMPORAL_PORT: '39500', TEMPORAL_UI_PORT: '39600', TILEWORK_ADMIN_KEY: 'local-admin-key-0123456789' }
  started = await runStart(directory, env)
}, 120_000)
afterAll(async () => {
  await started?.stop()
  fs.rmSync(directory, { recursive: true, force: true })
}, 60_000)

const blocks = [...fs.readFileSync('README.md', 'utf8').matchAll(/```sh example\n([\s\S]*?)```/g)].map(([, block]) => block!)

/** A shell that is typed into; answers what a block prints. */
function shell(): { type(block: string): Promise<string>; close(): Promise<void> } {
  const bash = spawn('bash', [], { stdio: ['pipe', 'pipe', 'pipe'] })
  const gone = new Promise<void>((resolve) => bash.once('exit', () => resolve()))
  let output = ''
  bash.stdout.on('data', (data: Buffer) => (output += data.toString()))
  bash.stderr.on('data', (data: Buffer) => (output += data.toString()))
  let serial = 0
  return {
    async type(block) {
      const mark = `--end-${++serial}--`
      output = ''
      bash.stdin.write(`${block}\necho ${mark}\n`)
      await eventually(
        () => Promise.resolve(output),
        (text) => text.includes(mark),
        60_000,
      )
      return output.replace(`${mark}\n`, '').trim()
    },
    close: async () => {
      bash.stdin.end()
      await gone
    },
  }
}

test('the worked example does what it says', async () => {
  expect(blocks).toHaveLength(8)
  const bash = shell()
  const type = (index: number): Promise<string> => bash.type(blocks[index]!.replaceAll('http://127.0.0.1:3000', started.url))
  try {
    expect(await type(0)).toBe('')
    expect(await type(1)).toMatch(/^jrn_\w{26}$/)
    expect(await type(2)).toBe('active\n3')
    // "Repeat it until they are there."
    await eventually(
      () => type(3),
      (printed) => ['ada', 'grace', 'linus'].every((id) => printed.includes(`Hello, ${id}`)),
    )
    expect(await type(4)).toBe('paused\n3')
    expect(await type(5)).toBe('3\n3')
    const printed = await type(6)
    expect(printed).toContain('held pause')
    expect(printed).toContain('exited done')
    const link = printed.split('\n').at(-1)!
    expect(link).toMatch(/\/namespaces\/default\/workflows\/mem_/)
    expect((await fetch(link)).status).toBe(200)
    // The page asks this for the run that it shows.
    const run = (await (await fetch(link.replace('/namespaces/', '/api/v1/namespaces/'))).json()) as {
      workflowExecutionInfo?: { type: unknown }
    }
    expect(run.workflowExecutionInfo?.type).toEqual({ name: 'member' })
    expect(await type(7)).toBe('{"success":true}')
    await eventually(
      () => type(3),
      (text) => text.includes('Hello, margaret'),
    )
  } finally {
    await bash.close()
  }
}, 240_000)
