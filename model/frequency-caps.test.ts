import { cappedBy, type Cap } from './frequency-caps.js'

/* The random test beside the SQL function (store/slots.test.ts) holds the two together; here is what cannot come of messages that caps have let go. */

const HOUR = 3_600_000
const cap = (more: Partial<Cap>): Cap => ({
  id: 'cap_a', name: 'A', channel: null, topic: null, topicName: null, most: 1, per: 'PT3H', perMs: 3 * HOUR, otherwise: 'delay', ...more,
}) // prettier-ignore
const sentAt = (...hours: number[]) => hours.map((hour) => ({ channel: 'email' as const, at: hour * HOUR }))
const ask = (caps: Cap[], hours: number[], now: number, own?: number) =>
  cappedBy(caps, sentAt(...hours), own, { channel: 'email' }, now * HOUR)

it('of a cap that came after the messages, waits until as many are free as are wanted', () => {
  expect(ask([cap({})], [0, 0.1, 0.2], 2.9)).toMatchObject({ do: 'later', had: 3, at: 3.2 * HOUR })
  expect(ask([cap({ most: 2 })], [0, 0.1, 0.2], 2.9)).toMatchObject({ had: 3, at: 3.1 * HOUR })
})

it('asks again within the hour, and rounds up: at that instant the slot is free', () => {
  expect(ask([cap({})], [0], 1)).toMatchObject({ at: 2 * HOUR })
  const part = cappedBy([cap({})], [{ channel: 'email', at: 0.25 }], undefined, { channel: 'email' }, 2.5 * HOUR)
  expect(part).toMatchObject({ at: 3 * HOUR + 1 })
})

it('of several, waits for the last; and is left out where any says so', () => {
  const day = cap({ id: 'cap_b', name: 'B', perMs: 3.5 * HOUR })
  expect(ask([day, cap({})], [0], 2.9)).toMatchObject({ do: 'later', cap: { name: 'B' }, at: 3.5 * HOUR })
  expect(ask([day, cap({ otherwise: 'skip' })], [0], 2.9)).toMatchObject({ do: 'skip', cap: { name: 'A' } })
})
