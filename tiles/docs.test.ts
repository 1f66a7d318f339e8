import { readFile } from 'node:fs/promises'
import { conditionSchema, OPERATORS } from '../model/condition.js'
import { TILE_TYPES, type DraftTile } from './index.js'
import { parseConfig, parseDraft } from './parse.js'
import { PROBLEMS, validate, WARNINGS, type Lookups, type ProblemCode } from './validate.js'

const [language, numbers] = await Promise.all([readFile('docs/canvas.md', 'utf8'), readFile('docs/validation.md', 'utf8')])

const text = { required: [], known: ['to', 'subject', 'text'], channel: 'email' }
const LOOKUPS: Lookups = {
  destinations: new Map([['sandbox', { type: 'sandbox', actions: { send_email: text } }]]),
  audiences: new Set(),
  journeys: new Map(),
  secrets: new Map(),
  templates: new Map(),
  topics: new Set(['top_01jd9']),
}

describe('docs/validation.md', () => {
  const sections = [...numbers.matchAll(/^### (TW\d+) (.*)$([^#]*)/gm)].map(([, code, title, body]) => ({ code, title, body: body! }))

  test('has a section for each number, in order, under the title that it has', () => {
    expect(sections.map(({ code, title }) => [code, title])).toEqual(Object.entries(PROBLEMS))
  })
  test.each(sections)('$code says what to do, and whether it is a warning', ({ code, body }) => {
    expect(body.trim().length).toBeGreaterThan(20)
    expect(body.includes('_Warning._')).toBe(WARNINGS.has(code as ProblemCode))
  })
})

describe('docs/canvas.md', () => {
  const blocks = [...language.matchAll(/```json\n([^]*?)```/g)].map(([, json]) => JSON.parse(json!) as Record<string, unknown>)

  test.each(blocks.map((block) => [block]))('%j is of the language', (block) => {
    if ('tiles' in block) {
      const { name: _name, description: _description, ...canvas } = block
      const parsed = parseDraft(canvas)
      if (!('canvas' in parsed)) throw new Error(JSON.stringify(parsed.errors))
      expect(validate(parsed.canvas, LOOKUPS)).toEqual({ errors: [], warnings: [] })
    } else if ('config' in block) expect(parseConfig(block as unknown as DraftTile).issues).toEqual([])
    else expect(conditionSchema.safeParse(block).success).toBe(true)
  })

  test('shows every tile and names every operator', () => {
    const shown = new Set(blocks.map(({ type }) => type))
    expect(TILE_TYPES.filter((type) => !shown.has(type))).toEqual([])
    expect(OPERATORS.filter((op) => !language.includes(`\`${op}\``))).toEqual([])
  })

  test('shows every kind of wait and branch', () => {
    const kinds = blocks.flatMap(({ type, config }) => (config ? [`${String(type)} ${String((config as { kind?: string }).kind)}`] : []))
    for (const kind of ['duration', 'time', 'date', 'trait', 'event', 'condition']) expect(kinds).toContain(`wait ${kind}`)
    for (const kind of ['condition', 'percentage', 'time']) expect(kinds).toContain(`branch ${kind}`)
  })
})
