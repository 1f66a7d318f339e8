import { errorWithout, HIDDEN, lettingIn, redacted, textsIn, withoutSecrets } from './redact.js'
import { SendError } from './vendor.js'

test.each([
  'Authorization', 'X-Auth', 'cookie', 'Set-Cookie', 'X-Api-Key', 'apikey', 'X-Amz-Security-Token', 'client-secret', 'X-Password', 'X-Signature', 'X-Key',
])('the header %s is not shown', (name) => {
  expect(redacted({ [`headers.${name}`]: 'whatever' }, [])).toEqual({ [`headers.${name}`]: HIDDEN })
}) // prettier-ignore

test.each(['Accept', 'X-Author', 'Idempotency-Key', 'Content-Type', 'X-Campaign'])('the header %s is', (name) => {
  expect(redacted({ [`headers.${name}`]: 'whatever' }, [])).toEqual({ [`headers.${name}`]: 'whatever' })
})

test('a field that is no header is shown whatever its name is', () => {
  expect(redacted({ secret: 'a tale', body: 'token' }, [])).toEqual({ secret: 'a tale', body: 'token' })
})

test('secrets are hidden at any depth, also in names; an empty one hides nothing', () => {
  expect(withoutSecrets({ status: 400, deep: ['a pw b pw', { 'of pw': null }, true] }, ['pw', ''])).toEqual({
    status: 400,
    deep: [`a ${HIDDEN} b ${HIDDEN}`, { [`of ${HIDDEN}`]: null }, true],
  })
})

const SECRET = 'p"w/1 é&\\<>\n=+%~.'
const json = (text: string): string => JSON.stringify(text).slice(1, -1)
const base64 = (text: string): string => Buffer.from(text).toString('base64')
test.each([
  ['as it is', SECRET],
  ['in JSON', json(SECRET)],
  ['in JSON in JSON', json(json(SECRET))],
  ['in JSON of PHP', json(SECRET).replaceAll('/', '\\/')],
  ['in JSON of Go', json(SECRET).replaceAll('&', '\\u0026').replaceAll('<', '\\u003C').replaceAll('>', '\\u003e')],
  ['in a URL', encodeURIComponent(SECRET)],
  ['in a URL, in small letters', encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase())],
  ['in a form', new URLSearchParams({ k: SECRET }).toString().slice(2)],
  ['in HTML', SECRET.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&#62;').replaceAll('"', '&quot;')],
])('a secret is hidden %s', (_, text) => {
  expect(withoutSecrets(`a ${text} b`, [SECRET])).toBe(`a ${HIDDEN} b`)
})

test.each(['', 'u:', '\0u\0', 'user:', 'abcd1234:'])('a secret is hidden in base64, behind %j', (before) => {
  for (const secret of ['a-password', SECRET])
    for (const text of [base64(before + secret), Buffer.from(`${before}${secret}:x`).toString('base64url')]) {
      const shown = Buffer.from((withoutSecrets(text, [secret]) as string).replace(HIDDEN, 'AAAA'), 'base64').toString()
      expect([text.includes(HIDDEN), shown.includes(secret.slice(1, -1))]).toEqual([false, false])
      expect(withoutSecrets(text, [secret])).toContain(HIDDEN)
    }
})

test('of a URL that is a secret, what of it one has to know is hidden too', () => {
  const hidden = textsIn({ url: 'https://hooks.example.com/services/T01/abcdefghijklmnopqrst?sig=0123456789%2Babcdefghij' })
  for (const text of ['abcdefghijklmnopqrst', '0123456789%2Babcdefghij', '0123456789+abcdefghij'])
    expect(withoutSecrets(text, hidden)).toBe(HIDDEN)
  expect(withoutSecrets('/services/T01 of hooks.example.com', hidden)).toBe('/services/T01 of hooks.example.com')
})

test('what lets a request in: sensitive headers, whole and what comes behind the scheme', () => {
  const token = 'abcdefghijklmnopqrstuvwxyz'
  const headers = { authorization: `Bearer ${token}`, 'x-api-key': 'short', vapid: 'no', cookie: `t=${token}.x, k=y`, accept: 'text/plain' }
  expect(lettingIn(headers)).toEqual([`Bearer ${token}`, token, 'short', `t=${token}.x, k=y`, `${token}.x`])
})

test('what is no error of a send may have arrived, and is told without secrets', () => {
  expect(errorWithout(new TypeError('no a-secret there'), ['a-secret'])).toMatchObject({ kind: 'ambiguous', code: 'fault', message: expect.stringContaining(`no ${HIDDEN} there`) as string }) // prettier-ignore
  const error = new SendError('retry', 'x', 'a-secret', { retryAfterMs: 5, answer: ['a-secret'] })
  expect(errorWithout(error, ['a-secret'])).toMatchObject({ kind: 'retry', code: 'x', message: HIDDEN, retryAfterMs: 5, answer: [HIDDEN] })
})
