import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { HOSTILE } from './hostile.js'

const root = path.resolve(import.meta.dirname, '../..')

/** In a process of its own with little memory: one that ran away would end there, and not the tests. */
const ran = (): Record<string, { ms: number; code: string; message: string }> => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--max-old-space-size=160', '--import', 'tsx', path.join(root, 'test/templates/hostile.ts')],
    { cwd: root, encoding: 'utf8', timeout: 120_000 },
  )
  if (status !== 0) throw new Error(`The process ended with ${status}: ${stderr.slice(-2_000)}`)
  return JSON.parse(stdout) as ReturnType<typeof ran>
}

describe('templates that would take time, memory or the stack', () => {
  let results: ReturnType<typeof ran>
  beforeAll(() => void (results = ran()), 120_000)

  test.each(HOSTILE.map(({ name, says }) => [name, says] as const))('%s ends with a word', (name, says) => {
    expect(results[name]).toMatchObject({ code: 'template_error', message: expect.stringMatching(says) as unknown })
  })
})
