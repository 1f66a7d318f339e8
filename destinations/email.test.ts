import { mailboxOf, replyTo, sender } from './email.js'

const from = sender('Anywhere')

test.each([
  ['ada@example.com', { email: 'ada@example.com' }],
  ['<ada@example.com>', { email: 'ada@example.com' }],
  ['Ada Lovelace <ada@example.com>', { email: 'ada@example.com', name: 'Ada Lovelace' }],
  ['"Lovelace, Ada" <ada@example.com>', { email: 'ada@example.com', name: 'Lovelace, Ada' }],
  ['Zoë <zoe@bücher.example>', { email: 'zoe@bücher.example', name: 'Zoë' }],
])('%s is an address with its name', (text, mailbox) => {
  expect(from.parse(text)).toBe(text)
  expect(mailboxOf(text)).toEqual(mailbox)
})

test.each([
  '',
  'ada',
  'ada@',
  'Ada ada@example.com',
  'a@example.com, b@example.com',
  'Ada <ada@example.com>\r\nBcc: eve@example.com',
  'Ada <a@b@c>',
])('%j is no sender', (text) => {
  expect(from.safeParse(text).success).toBe(false)
})

test('replies go nowhere else when the field is empty', () => {
  expect([undefined, '', 'Help <help@example.com>', 'help'].map((text) => replyTo.safeParse(text).success)).toEqual([
    true,
    true,
    true,
    false,
  ])
})
