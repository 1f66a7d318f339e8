import { readFile, writeFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { z } from 'zod'
import { goodCanvas } from '../test/support/good-canvas.js'
import { canvasJsonSchema } from './json-schema.js'

const FILE = 'docs/canvas.schema.json'

test(`${FILE} is up to date (UPDATE=1 writes it)`, async () => {
  const options = { ...(await resolveConfig(FILE)), filepath: FILE }
  const current = await format(JSON.stringify(canvasJsonSchema()), options)
  if (process.env.UPDATE) await writeFile(FILE, current)
  expect(await readFile(FILE, 'utf8')).toBe(current)
})

describe('read back as a schema, it', () => {
  const schema = z.fromJSONSchema(canvasJsonSchema() as Parameters<typeof z.fromJSONSchema>[0])
  const accepts = (document: unknown): boolean => schema.safeParse(document).success

  test('accepts the good canvas', () => {
    expect(accepts({ name: 'Welcome', description: '', ...goodCanvas() })).toBe(true)
    expect(accepts(goodCanvas())).toBe(true)
  })
  test.each([
    ['no tiles', { name: 'x' }],
    ['an unknown field', { name: 'x', ...goodCanvas(), extra: 1 }],
    ['an unknown field in a config', { name: 'x', tiles: [{ id: 'end', type: 'exit', config: { reason: 'x', extra: 1 } }] }],
    ['a config that lacks something', { name: 'x', tiles: [{ id: 'end', type: 'exit', config: {} }] }],
    ['an unknown type', { name: 'x', tiles: [{ id: 'end', type: 'end', config: {} }] }],
    [
      'a malformed condition',
      { name: 'x', tiles: [{ id: 'w', type: 'wait', config: { kind: 'condition', when: { all: [{ trait: 'x' }] } } }] },
    ],
  ])('refuses %s', (_, document) => {
    expect(accepts(document)).toBe(false)
  })
})
