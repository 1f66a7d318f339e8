import { holds, inOneLine } from './words.js'

test('properties in one line', () => {
  expect(inOneLine({})).toBe('')
  expect(inOneLine({ total: 42, item: 'Book', tags: ['a'] })).toBe('total 42 · item "Book" · tags ["a"]')
  expect(inOneLine({ long: 'x'.repeat(500) })).toHaveLength(161)
})

test('a text anywhere in it', () => {
  expect(holds({ a: { b: 'Order Completed' } }, 'order comp')).toBe(true)
  expect(holds({ a: 1 }, 'order')).toBe(false)
})
