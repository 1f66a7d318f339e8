import { HIDDEN, redacted, withoutSecrets } from './redact.js'

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

test('secrets are hidden at any depth, as they are and as JSON and URLs write them; an empty one hides nothing', () => {
  const secret = 'p"w/1 é'
  const texts = { plain: `a ${secret} b ${secret}`, json: JSON.stringify({ secret }), url: `https://x/?k=${encodeURIComponent(secret)}` }
  expect(withoutSecrets({ status: 400, deep: [texts, null, true] }, [secret, ''])).toEqual({
    status: 400,
    deep: [{ plain: `a ${HIDDEN} b ${HIDDEN}`, json: `{"secret":"${HIDDEN}"}`, url: `https://x/?k=${HIDDEN}` }, null, true],
  })
})
