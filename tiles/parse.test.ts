import fc from 'fast-check'
import { goodCanvas } from '../test/support/good-canvas.js'
import { DRAFTS } from '../test/support/drafts.js'
import type { DraftCanvas } from './index.js'
import { normalise, parseDraft } from './parse.js'

function errorsOf(input: unknown): { path: string; code: string; message: string; tileId?: string | undefined }[] {
  const parsed = parseDraft(input)
  return 'errors' in parsed ? parsed.errors : []
}

function canvasOf(input: unknown): DraftCanvas {
  const parsed = parseDraft(input)
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors))
  return parsed.canvas
}

const withConfig = (type: string, config: unknown): unknown => ({ tiles: [{ id: 'x', type, config }] })

describe('refused at once, with a pointer', () => {
  test.each([
    ['no object', null, '', /is null; give an object/],
    ['tiles that are no list', { tiles: {} }, '/tiles', /'tiles' is an object; give an array/],
    ['an unknown field of the canvas', { setings: {} }, '/setings', /did you mean 'settings'/],
    ['an unknown field of a tile', { tiles: [{ id: 'x', type: 'exit', confg: {} }] }, '/tiles/0/confg', /did you mean 'config'/],
    [
      'an unknown field of a position',
      { tiles: [{ id: 'x', type: 'exit', position: { x: 1, y: 2, z: 3 } }] },
      '/tiles/0/position/z',
      /x, y/,
    ],
    ['an unknown type', { tiles: [{ id: 'x', type: 'email', config: {} }] }, '/tiles/0/type', /'type' is 'email'; give one of entry, wait/],
    ['an id with a space', { tiles: [{ id: 'a b', type: 'exit' }] }, '/tiles/0/id', /1 to 64 letters/],
    ['an id of 65 characters', { tiles: [{ id: 'a'.repeat(65), type: 'exit' }] }, '/tiles/0/id', /1 to 64 letters/],
    ['an id that objects treat in a way of their own', { tiles: [{ id: '__proto__', type: 'exit' }] }, '/tiles/0/id', /cannot be an id/],
    ['an edge without an end', { edges: [{ from: 'a' }] }, '/edges/0/to', /Give 'to'/],
    ['an unknown field of an edge', { edges: [{ form: 'a', from: 'a', to: 'b' }] }, '/edges/0/form', /did you mean 'from'/],
    ['a config that is no object', withConfig('exit', 'completed'), '/tiles/0/config', /is a text; give an object/],
    [
      'a wrong type in a config',
      withConfig('wait', { kind: 'duration', duration: 3 }),
      '/tiles/0/config/duration',
      /is a number; give a text/,
    ],
    [
      'a number for a choice',
      withConfig('webhook', { method: 5, url: 'https://x' }),
      '/tiles/0/config/method',
      /is a number; give one of GET/,
    ],
    ['a number for a kind', withConfig('wait', { kind: 5 }), '/tiles/0/config/kind', /is a number; give one of duration/],
    ['null', withConfig('webhook', { method: 'GET', url: 'https://x', body: null }), '/tiles/0/config/body', /is null/],
    ['an unknown field in a config', withConfig('exit', { reason: 'x', convert: true }), '/tiles/0/config/convert', /no field 'convert'/],
    [
      'an unknown field in a half-filled config',
      withConfig('wait', { kind: 'duration', duraton: 'P1D' }),
      '/tiles/0/config/duraton',
      /'duration'/,
    ],
    [
      'an unknown field deep in a condition',
      withConfig('wait', { kind: 'condition', when: { all: [{ not: { event: 'x', op: 'performed', count: { atleast: 1 } } }] } }),
      '/tiles/0/config/when/all/0/not/count/atleast',
      /did you mean 'atLeast'/,
    ],
    [
      'a field of no condition',
      withConfig('wait', { kind: 'condition', when: { tait: 'x', op: 'exists' } }),
      '/tiles/0/config/when/tait',
      /'trait'/,
    ],
    [
      'a field of another kind',
      withConfig('wait', { kind: 'duration', duration: 'P1D', time: '09:00' }),
      '/tiles/0/config/time',
      /no field 'time'/,
    ],
    ['a setting of the wrong type', { settings: { timezone: 5 } }, '/settings/timezone', /is a number; give a text/],
    ['an unknown time zone of all', { settings: { timezone: 'Mars' } }, '/settings/timezone', /IANA/],
    ['an unknown mode', { settings: { reentry: { mode: 'sometimes' } } }, '/settings/reentry/mode', /never, afterExit, always/],
    [
      'a key that a pointer escapes',
      withConfig('webhook', { 'a/b~c': 1, method: 'GET', url: 'https://x' }),
      '/tiles/0/config/a~1b~0c',
      /a\/b~c/,
    ],
    [
      'a field that objects treat in a way of their own',
      JSON.parse('{"tiles":[{"id":"x","type":"action","config":{"fields":{"__proto__":"a"}}}]}'),
      '/tiles/0/config/fields/__proto__',
      /no field '__proto__'/,
    ],
    ['501 tiles', { tiles: Array.from({ length: 501 }, (_, i) => ({ id: `t${i}`, type: 'exit' })) }, '/tiles', /at most 500 tiles/],
  ])('%s', (_, input, path, says) => {
    expect(errorsOf(input)).toContainEqual(expect.objectContaining({ path, message: expect.stringMatching(says) }))
  })

  test('names the tile', () => {
    expect(errorsOf(withConfig('exit', { reason: 5 }))).toEqual([expect.objectContaining({ tileId: 'x', code: 'invalid_type' })])
  })

  test('conditions nested a hundred thousand deep, without exhausting the stack', () => {
    let when: unknown = {}
    for (let i = 0; i < 100_000; i++) when = { not: when }
    expect(errorsOf(withConfig('wait', { kind: 'condition', when }))).toEqual([expect.objectContaining({ code: 'too_deep' })])
  })
})

describe('saved in a draft', () => {
  test.each([
    ['no config', { tiles: [{ id: 'x', type: 'wait' }] }],
    ['an empty config', withConfig('action', {})],
    ['a kind and nothing else', withConfig('wait', { kind: 'event' })],
    ['empty texts', withConfig('action', { destinationId: '', action: '', fields: { to: '' } })],
    ['an empty text for a number', withConfig('branch', { kind: 'percentage', paths: [{ id: 'a', weight: '' }] })],
    ['an empty list', withConfig('branch', { kind: 'condition', paths: [] })],
    ['an empty condition', withConfig('wait', { kind: 'condition', when: {} })],
    ['a condition without its subject', withConfig('wait', { kind: 'condition', when: { op: 'eq', value: 1 } })],
    ['a condition without its operator', withConfig('wait', { kind: 'condition', when: { any: [{ trait: 'x' }] } })],
    ['a duration that is none', withConfig('wait', { kind: 'duration', duration: 'soon' })],
    ['edges to nowhere', { edges: [{ from: 'a', to: 'b' }] }],
    ['nothing', {}],
  ])('%s', (_, input) => {
    expect(errorsOf(input)).toEqual([])
  })
})

describe('normalised', () => {
  test('ports, ids of edges and defaults of whole configs; what is half filled in stays as it is', () => {
    const canvas = canvasOf({
      tiles: [
        { id: 'hook', type: 'webhook', config: { method: 'GET', url: 'https://example.com' }, position: { x: 1.5, y: -2 } },
        { id: 'half', type: 'webhook', config: { method: 'GET' } },
        { id: 'end', type: 'exit' },
      ],
      edges: [
        { from: 'hook', to: 'half' },
        { id: 'e2', from: 'half', port: 'failed', to: 'end' },
        { from: 'half', to: 'end' },
      ],
    })
    expect(canvas.tiles[0]).toMatchObject({ position: { x: 1.5, y: -2 }, config: { headers: {}, timeout: 'PT10S', onFailure: 'park' } })
    expect(canvas.tiles[1]!.config).toEqual({ method: 'GET' })
    expect(canvas.edges).toEqual([
      { id: 'e1', from: 'hook', port: 'next', to: 'half' },
      { id: 'e2', from: 'half', port: 'failed', to: 'end' },
      { id: 'e3', from: 'half', port: 'next', to: 'end' },
    ])
    expect(canvas.settings).toEqual({})
  })

  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

  test(`a normalised draft is read and normalised to itself (SEED=${seed})`, () => {
    fc.assert(
      fc.property(DRAFTS, (draft) => {
        const once = canvasOf(draft)
        expect(canvasOf(once)).toEqual(once)
        expect(normalise(once)).toEqual(once)
        // It is kept as JSON, which knows one zero only.
        const kept = JSON.parse(JSON.stringify(once)) as typeof once
        expect(canvasOf(kept)).toEqual(kept)
        expect(new Set(once.edges.map(({ id }) => id)).size).toBe(once.edges.length)
      }),
      { seed, numRuns: 300 },
    )
  })

  test('the good canvas is normal but for its defaults', () => {
    expect(canvasOf(goodCanvas()).edges).toEqual(goodCanvas().edges)
  })
})
