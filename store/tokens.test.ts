import { createCipher } from './cipher.js'
import { textOf, tokenOf } from './tokens.js'

const cipher = createCipher('a key of twenty-four or more')

describe('tokens of links', () => {
  const token = tokenOf(cipher, 'click', 'mem_1:a:1 https://example.com/ñ?a=b')

  it('are the same each time, and fit into a URL', () => {
    expect(tokenOf(cipher, 'click', 'mem_1:a:1 https://example.com/ñ?a=b')).toBe(token)
    expect(token).toMatch(/^[A-Za-z0-9_.-]+$/)
  })

  it('open for their purpose only', () => {
    expect(textOf(cipher, 'click', token)).toBe('mem_1:a:1 https://example.com/ñ?a=b')
    expect(textOf(cipher, 'open', token)).toBeUndefined()
    expect(textOf(createCipher('another key of twenty-four'), 'click', token)).toBeUndefined()
  })

  it.each(['', '.', 'a', 'a.b', `${token}.x`, token.slice(0, -1), `${token}A`, `B${token.slice(1)}`, token.replace('.', '..')])(
    'refuse %j',
    (changed) => expect(textOf(cipher, 'click', changed)).toBeUndefined(),
  )
})
