import { EMPTY, inputOf } from './script.js'

const event = { key: 1, after: 2, unit: 'hours' as const, event: ' purchase ', properties: '{"total": 80}' }

test('a script becomes a request', () => {
  expect(inputOf(EMPTY)).toEqual({ input: { customer: { traits: {} }, events: [] } })
  const script = { customerId: 'ada', traits: '{"plan":"gold"}', entryEvent: 'signed_up', entryProperties: '', events: [event, { ...event, after: 1.5, unit: 'days' as const, properties: '' }] } // prettier-ignore
  expect(inputOf(script)).toEqual({
    input: {
      customer: { id: 'ada', traits: { plan: 'gold' } },
      entry: { event: 'signed_up', properties: {} },
      events: [
        { at: 'PT120M', event: 'purchase', properties: { total: 80 } },
        { at: 'PT2160M', event: 'purchase', properties: {} },
      ],
    },
  })
})

test('what is wrong is said by field', () => {
  const script = { ...EMPTY, traits: '[]', entryProperties: '{', events: [{ ...event, after: undefined, event: ' ', properties: '7' }] }
  expect(inputOf(script)).toEqual({
    faults: { traits: 'noObject', entryProperties: 'noObject', '1.event': 'missing', '1.after': 'missing', '1.properties': 'noObject' },
  })
})
