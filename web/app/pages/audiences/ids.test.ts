import { inParts, readIds } from './ids.js'

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
