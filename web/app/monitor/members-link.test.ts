import { membersLink } from './members-link.js'

test('the members behind a number are those that the filter of the monitor counts', () => {
  expect(membersLink('jrn_1', {})).toBe('/journeys/jrn_1/members')
  expect(membersLink('jrn_1', { version: 2, from: '2026-11-25T09:20:00.000Z' }, { tile: 'a', status: 'parked' })).toBe(
    '/journeys/jrn_1/members?tile=a&status=parked&version=2&enteredFrom=2026-11-25T09%3A20%3A00.000Z',
  )
})
