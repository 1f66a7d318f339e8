import { drawn } from '../canvas/doc/fixture.js'
import { inputOf, moment, NO_VALUES, scriptFor, type Script, type Values } from './script.js'

const doc = drawn([
  ['entry', 'entry', { triggers: [{ type: 'event', event: 'signed_up' }, { type: 'manual' }] }],
  ['crm', 'webhook'],
  ['mail', 'action'],
  ['end', 'exit'],
])
const EMPTY: Script = { ...scriptFor(doc), entry: { by: 'hand', event: '', audienceId: '', values: NO_VALUES } }
const values = (object: Record<string, unknown>): Values => ({
  rows: Object.entries(object).map(([name, value], key) => ({ key, name, value })),
  json: undefined,
})
const json = (text: string): Values => ({ rows: [], json: text })
const made = (script: Partial<Script>) => inputOf({ ...EMPTY, ...script }, doc, (fault) => fault)

test('a new script enters by the first trigger of the canvas', () => {
  expect(scriptFor(doc).entry).toMatchObject({ by: 'event', event: 'signed_up' })
  const audience = drawn([['entry', 'entry', { triggers: [{ type: 'audience', audienceId: 'aud_1' }] }]])
  expect(scriptFor(audience).entry).toMatchObject({ by: 'audience', audienceId: 'aud_1' })
  expect(scriptFor(drawn([['entry', 'entry']])).entry.by).toBe('hand')
})

test('who it is, how they enter and what they do becomes a request', () => {
  expect(made({})).toEqual({ input: { customer: { traits: {} }, events: [] } })
  const purchase = { key: 1, does: 'event' as const, at: moment(2, 'hours'), event: ' purchase ', values: values({ total: 80 }) }
  const profile = { ...purchase, key: 2, does: 'profile' as const, at: moment(1.5, 'days'), values: json('{"plan": null}') }
  const later = { ...purchase, key: 3, at: { ...moment(0, 'days'), how: 'at' as const, local: '2027-01-31T09:00' } }
  const script = { traits: values({ plan: 'gold', '': 1, empty: undefined }), zone: 'Asia/Tokyo', happenings: [purchase, profile, later] }
  expect(made({ ...script, entry: { ...EMPTY.entry, by: 'event', event: 'signed_up', values: values({ from: 'ad' }) } })).toEqual({
    input: {
      customer: { traits: { plan: 'gold', timezone: 'Asia/Tokyo' } },
      entry: { event: 'signed_up', properties: { from: 'ad' } },
      events: [
        { at: 'PT120M', event: 'purchase', properties: { total: 80 } },
        { at: 'PT2160M', event: '$identify', properties: { plan: null } },
        { at: new Date('2027-01-31T09:00').toISOString(), event: 'purchase', properties: { total: 80 } },
      ],
    },
  })
  expect(made({ entry: { ...EMPTY.entry, values: values({ ref: 7 }) } })).toMatchObject({ input: { entry: { properties: { ref: 7 } } } })
})

test('made-up audiences are told; a real customer keeps its own unless told', () => {
  const entry = { ...EMPTY.entry, by: 'audience' as const, audienceId: 'aud_1' }
  expect(made({ entry, audiences: ['aud_2'] })).toEqual({ input: { customer: { traits: {}, audiences: ['aud_2', 'aud_1'] }, events: [] } })
  expect(made({ customerId: 'ada', audiences: ['aud_2'] })).toEqual({ input: { customer: { id: 'ada', traits: {} }, events: [] } })
  expect(made({ customerId: 'ada', ownAudiences: false })).toMatchObject({ input: { customer: { id: 'ada', audiences: [] } } })
})

test('times of the clock and answers by tile become a request; answers of tiles that are gone do not', () => {
  const answer = { key: 1, kind: 'ok' as const, code: '', body: '{"code": 1}' }
  const answers = {
    crm: [{ ...answer, kind: 'retry' as const, code: '503' }, answer],
    mail: [answer],
    gone: [answer],
  }
  expect(made({ answers, startAt: '2027-01-31T09:00', until: moment(30, 'days') })).toEqual({
    input: {
      customer: { traits: {} },
      startAt: new Date('2027-01-31T09:00').toISOString(),
      events: [],
      answers: {
        crm: [
          { ok: false, kind: 'retry', code: '503' },
          { ok: true, body: { code: 1 } },
        ],
        mail: [{ ok: true }],
      },
      until: 'P30D',
    },
  })
})

test('what is wrong is said by the pointer of its field', () => {
  const happening = { key: 1, does: 'event' as const, at: { ...moment(1, 'days'), n: undefined }, event: ' ', values: json('7') }
  const script = {
    traits: json('[]'),
    entry: { ...EMPTY.entry, by: 'event' as const, values: json('{') },
    happenings: [happening],
    startAt: 'soon',
    until: { ...moment(1, 'days'), how: 'at' as const },
    answers: { crm: [{ key: 1, kind: 'ok' as const, code: '', body: '{' }] },
  }
  const found = made(script)
  expect('faults' in found && found.faults.map(({ path, message }) => `${path} ${message}`)).toEqual([
    '/customer/traits noObject', '/entry/properties noObject', '/entry/event missing', '/startAt noInstant', '/events/0/at missing',
    '/events/0/properties noObject', '/events/0/event missing', '/answers/crm/0/body noJson', '/until noInstant',
  ]) // prettier-ignore
  expect(made({ entry: { ...EMPTY.entry, by: 'audience' } })).toEqual({
    faults: [{ path: '/entry/audience', code: 'missing', message: 'missing' }],
  })
})
