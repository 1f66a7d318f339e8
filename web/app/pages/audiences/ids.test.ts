import { inParts, readIds } from './ids.js'
import { readCondition, writeCondition } from './read-condition.js'

test.each([
  ['ada\nbob\r\ncy', ['ada', 'bob', 'cy']],
  ['ada\n\n  bob  \nada\n', ['ada', 'bob']],
  ['id,plan\nada,gold\nbob,free', ['ada', 'bob']],
  ['\uFEFFcustomerId;plan\nada;gold', ['ada']],
  ['CUSTOMER_ID\tplan\nada\tgold', ['ada']],
  ['"ada, the first",x\n"say ""hi""",y', ['ada, the first', 'say "hi"']],
  ['identity\nada', ['identity', 'ada']],
  ['', []],
  ['id', []],
])('reads the ids of %j', (text, ids) => expect(readIds(text)).toEqual(ids))

it('divides a list without losing any', () => {
  expect(inParts([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect(inParts([], 2)).toEqual([])
})

test.each([
  ['', { problem: 'empty' }],
  ['  ', { problem: 'empty' }],
  ['{', { problem: 'syntax' }],
  ['[]', { problem: 'object' }],
  ['null', { problem: 'object' }],
  ['7', { problem: 'object' }],
  ['{"not":{}}', { when: { not: {} } }],
])('reads %j', (text, read) => expect(readCondition(text)).toEqual(read))

it('writes what it reads', () => {
  const when = { trait: 'plan', op: 'eq' as const, value: 'gold' }
  expect(readCondition(writeCondition(when))).toEqual({ when })
  expect(writeCondition(undefined)).toBe('')
})
