import { dayBegins } from './days.js'

it('begins and ends a day where the viewer is', () => {
  expect(dayBegins('2026-12-24')).toBe(new Date(2026, 11, 24).toISOString())
  expect(dayBegins('2026-12-31', 1)).toBe(new Date(2027, 0, 1).toISOString())
})

test.each(['', '24.12.2026', '2026-12'])('takes %j for no day', (text) => expect(dayBegins(text)).toBeUndefined())
