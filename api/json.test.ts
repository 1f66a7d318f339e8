import { TileworkError } from '../model/errors.js'
import { parseJson } from './json.js'

const parse = (text: string): unknown => parseJson(new TextEncoder().encode(text))

function failure(text: string | Uint8Array): TileworkError {
  try {
    parseJson(typeof text === 'string' ? new TextEncoder().encode(text) : text)
  } catch (error) {
    if (error instanceof TileworkError) return error
    throw error
  }
  throw new Error(`accepted: ${String(text)}`)
}

it('parses what is JSON', () => {
  expect(parse(' {"a":[1,-2.5e3,"x\\u00e9",true,null,{}],"b":{"c":[]}} ')).toEqual({ a: [1, -2500, 'xé', true, null, {}], b: { c: [] } })
})

it.each([
  ['', 0],
  ['{', 1],
  ['{"a":1', 6],
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ['{a:1}', 1],
  ['[1,]', 3],
  ['[1 2]', 3],
  ['[[1],[2}]', 7],
  ['{"a":[ ], "b": x}', 15],
  ['{"a":"un\nquoted"}', 5],
  ['{"a":1} {"b":2}', 8],
  ['nul', 0],
  ['[01]', 2],
  ['{"a":{"b":1}"c":2}', 12],
])('says where %j stops being JSON', (text, position) => {
  const { code, extra, message } = failure(text)
  expect(code).toBe('bad_request')
  expect(extra['position']).toBe(position)
  expect(message).toContain(`position ${position}`)
})

it('says line and column', () => {
  expect(failure('{\n  "a": 1,\n  b: 2\n}').message).toContain('line 3, column 3')
})

it('agrees with JSON.parse on every damaged prefix of a document', () => {
  const whole = '{"name":"x","tiles":[{"id":"a","n":-1.5e2,"ok":true,"no":null},[]],"e":{}}'
  for (let end = 0; end < whole.length; end++) expect(failure(whole.slice(0, end)).extra['position']).toBeLessThanOrEqual(end)
})

it.each([
  ['{"a":{"b":"x\\u0000"}}', 'nul_character', '/a/b'],
  ['{"a\\u0000":1}', 'nul_character', '/a\\u0000'],
  ['{"a":"\\ud800"}', 'broken_character', ''],
  ['{"a":[1,1e999]}', 'number_too_large', '/a/1'],
  ['{"__proto__":{"x":1}}', 'unknown_field', '/__proto__'],
])('refuses %j, which cannot be kept', (text, code, path) => {
  const { code: kind, errors } = failure(text)
  expect(kind).toBe('invalid')
  expect(errors).toEqual([expect.objectContaining({ code, path })])
})

it('refuses what is nested too deep, without running out of stack', () => {
  expect(failure('['.repeat(50_000) + ']'.repeat(50_000)).errors[0]!.code).toBe('too_deep')
})

it('refuses what is not UTF-8', () => {
  expect(failure(new Uint8Array([0x22, 0xff, 0x22])).code).toBe('bad_request')
})
