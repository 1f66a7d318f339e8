import { exported, fileName, readFile } from './json-file.js'

const canvas = { tiles: [{ id: 'entry', type: 'entry' as const, config: {} }], edges: [], settings: { timezone: 'UTC' } }

test('what was exported is read back, without what belongs to the original', () => {
  const journey = { id: 'jrn_1', status: 'active', version: 3, name: 'A', description: 'B', tags: ['c'], ...canvas }
  expect(readFile('a.json', exported(journey))).toEqual({
    file: 'a.json',
    tiles: 1,
    input: { name: 'A', description: 'B', tags: ['c'], ...canvas },
  })
})

test('a file without a name is called as the file is', () => {
  expect(readFile('Spring.json', JSON.stringify(canvas)).input).toEqual({ name: 'Spring', ...canvas })
})

test.each([
  ['{', 'noJson'],
  ['[]', 'noCanvas'],
  ['null', 'noCanvas'],
  ['{"tiles":{}}', 'noCanvas'],
])('%s is %s', (text, problem) => expect(readFile('x.json', text)).toEqual({ file: 'x.json', tiles: 0, problem }))

test.each([
  ['Welcome series', 'Welcome-series.json'],
  ['../../etc/passwd', 'etc-passwd.json'],
  ['Größe & Maß', 'Größe-Maß.json'],
  ['///', 'orchestration.json'],
])('%s is kept as %s', (name, file) => expect(fileName(name)).toBe(file))
