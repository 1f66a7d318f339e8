import fc from 'fast-check'
import { mostBytes } from './keepable.js'
import { LIMITS, readEvent, type Envelope } from './segment.js'

const received = new Date('2026-05-01T12:00:00.000Z')
const read = (raw: unknown, type?: 'track' | 'identify', envelope: Envelope = {}) => readEvent(raw, type, envelope, received)
const kept = (raw: unknown, type?: 'track' | 'identify', envelope?: Envelope) => {
  const answer = read(raw, type, envelope)
  if ('rejected' in answer) throw new Error(answer.rejected)
  return answer.event
}
const reason = (raw: unknown) => {
  const answer = read(raw)
  if ('event' in answer) throw new Error('It was kept.')
  return answer.rejected
}
const json = (text: string): unknown => JSON.parse(text)

test('a track is kept with what the specification names', () => {
  const raw = { type: 'track', userId: 'ada', event: 'Bought', messageId: 'm1', properties: { total: 3 }, context: { locale: 'es' } }
  expect(kept(raw, undefined, { context: { ip: '1.2.3.4', locale: 'en' } })).toEqual({
    messageId: 'm1',
    customerId: 'ada',
    type: 'track',
    event: 'Bought',
    properties: { total: 3 },
    context: { ip: '1.2.3.4', locale: 'es' },
    timestamp: received,
  })
})

test('each call has its name and its fields', () => {
  const of = (raw: object) => {
    const { event, properties } = kept({ userId: 'ada', ...raw })
    return [event, properties]
  }
  expect(of({ type: 'identify', traits: { plan: 'gold' } })).toEqual(['$identify', { plan: 'gold' }])
  expect(of({ type: 'page', name: 'Home', properties: { url: '/' } })).toEqual(['$page', { name: 'Home', url: '/' }])
  expect(of({ type: 'screen', category: 'App' })).toEqual(['$screen', { category: 'App' }])
  expect(of({ type: 'group', groupId: 'g1', traits: { size: 3 } })).toEqual(['$group', { groupId: 'g1', size: 3 }])
  expect(of({ type: 'alias', previousId: 'anon' })).toEqual(['$alias', { previousId: 'anon' }])
})

test('the customer is userId, else anonymousId; numbers are texts', () => {
  const of = (ids: object) => kept({ type: 'page', ...ids }).customerId
  expect(of({ userId: 'u', anonymousId: 'a' })).toBe('u')
  expect(of({ userId: '', anonymousId: 'a' })).toBe('a')
  expect(of({ userId: null, anonymousId: 'a' })).toBe('a')
  expect(of({ userId: 42 })).toBe('42')
})

test('an anonymousId is kept, unless it is the userId', () => {
  const of = (ids: object) => kept({ type: 'page', ...ids }).anonymousId
  expect(of({ userId: 'u', anonymousId: 'a' })).toBe('a')
  expect(of({ anonymousId: 'a' })).toBe('a')
  expect(of({ userId: 'u', anonymousId: 'u' })).toBeUndefined()
  expect(of({ userId: 'u' })).toBeUndefined()
})

test('a message without an id gets one of its own', () => {
  const ids = [{}, { messageId: null }].map((more) => kept({ type: 'page', userId: 'ada', ...more }).messageId)
  expect(new Set(ids).size).toBe(2)
  for (const id of ids) expect(id).toMatch(/^evt_/)
})

test.each([
  [7, /JSON object/],
  [{ userId: 'ada', event: 'x' }, /'type' is one of track/],
  [{ type: 'delete', userId: 'ada' }, /'type' is one of/],
  [{ type: 'page' }, /'userId' or 'anonymousId'/],
  [{ type: 'alias', userId: 'ada' }, /'previousId' and 'userId'/],
  [{ type: 'alias', anonymousId: 'a', previousId: 'b' }, /'previousId' and 'userId'/],
  [{ type: 'page', userId: 'x'.repeat(256) }, /1 to 255/],
  [{ type: 'page', userId: 'a\0da' }, /control characters/],
  [{ type: 'page', userId: 'a\ud800' }, /control characters/],
  [{ type: 'track', userId: 'ada' }, /Give 'event'/],
  [{ type: 'track', userId: 'ada', event: { a: 1 } }, /Give 'event'/],
  [{ type: 'page', userId: 'ada', messageId: 'x'.repeat(256) }, /'messageId'/],
  [json('{"type":"page","userId":"ada","properties":{"n":1e999}}'), /number too large/],
])('%j is rejected', (raw, why) => {
  expect(reason(raw)).toMatch(why)
})

test('nesting without end is rejected, however deep', () => {
  expect(reason(json(`{"type":"page","userId":"ada","properties":${'['.repeat(200_000)}${']'.repeat(200_000)}}`))).toMatch(
    /deeper than 100/,
  )
})

test('what PostgreSQL cannot keep is cleaned out', () => {
  const raw = json('{"type":"track","userId":"ada","event":"B\\u0000uy","properties":{"a\\u0000":"x\\u0000y","h":"\\ud83d!","ok":"😀"}}')
  expect(kept(raw)).toMatchObject({ event: 'Buy', properties: { a: 'xy', h: '\uFFFD!', ok: '😀' } })
})

test('__proto__ is no field, and changes no object', () => {
  const event = kept(json('{"type":"identify","userId":"ada","traits":{"__proto__":{"admin":true},"constructor":1}}'))
  expect(Object.keys(event.properties)).toEqual(['constructor'])
  expect((event.properties as { admin?: unknown }).admin).toBeUndefined()
  expect(({} as { admin?: unknown }).admin).toBeUndefined()
})

test('the limit of an event counts bytes, not characters', () => {
  const of = (text: string) => read({ type: 'track', userId: 'ada', event: 'x', properties: { text } })
  expect('event' in of('x'.repeat(LIMITS.eventBytes - 100))).toBe(true)
  expect(of('é'.repeat(LIMITS.eventBytes / 2))).toMatchObject({ tooLarge: true, rejected: expect.stringContaining('32 KB') as string })
})

describe('the clock of the sender', () => {
  const at = (more: object, envelope?: Envelope) =>
    kept({ type: 'page', userId: 'ada', ...more }, undefined, envelope).timestamp.toISOString()

  test('ours when it says nothing, or nothing that is a date', () => {
    expect(at({})).toBe(received.toISOString())
    expect(at({ timestamp: 'yesterday' })).toBe(received.toISOString())
    expect(at({ timestamp: '-000560-01-01T00:00:00Z' })).toBe(received.toISOString())
  })

  test('its timestamp when it does not say when it sent', () => {
    expect(at({ timestamp: '2026-05-01T11:00:00Z' })).toBe('2026-05-01T11:00:00.000Z')
  })

  test('corrected by how far sentAt is off', () => {
    // Ten minutes fast: the event was five seconds before sending.
    const more = { timestamp: '2026-05-01T12:09:55Z', sentAt: '2026-05-01T12:10:00Z' }
    expect(at(more)).toBe('2026-05-01T11:59:55.000Z')
    expect(at({ timestamp: more.timestamp }, { sentAt: more.sentAt })).toBe('2026-05-01T11:59:55.000Z')
  })

  test('a correction out of all calendars is none', () => {
    expect(at({ timestamp: '1970-01-02T00:00:00Z', sentAt: '9999-01-01T00:00:00Z' })).toBe(received.toISOString())
  })
})

test('The quick bound of an event’s size is never below its size', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => mostBytes(value) >= Buffer.byteLength(JSON.stringify(value))))
})
