import { holding } from './holding.js'

const body = (changes: object = {}): string =>
  JSON.stringify({
    type: 'action',
    action: 'send',
    fields: { to: '{{ a }}', subject: 'x', 'a/b': '1' },
    customer: { id: 'ada' },
    ...changes,
  })
const found = ['/fields/to', '/fields/subject', '/fields/a~1b'].map((path) => ({ path }))
const held = (changes: object): string[] => holding(body(), body(changes), found).map(({ path }) => path)

test('what was found holds as long as its field, the customer and the action are the same', () => {
  expect(held({})).toHaveLength(3)
  expect(held({ fields: { to: '{{ a }}', subject: 'y', 'a/b': '1' } })).toEqual(['/fields/to', '/fields/a~1b'])
  expect(held({ fields: { to: '{{ a }}', subject: 'x', 'a/b': '2' } })).toEqual(['/fields/to', '/fields/subject'])
  expect(held({ customer: { id: 'bob' } })).toEqual([])
  expect(held({ customer: undefined })).toEqual([])
  expect(held({ action: 'other' })).toEqual([])
})
