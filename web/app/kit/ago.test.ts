import { ago } from './ago.js'

const NOW = new Date('2026-11-25T12:00:00Z')
const before = (ms: number): string => ago(new Date(NOW.getTime() - ms), NOW)

test.each([
  [0, 'now'],
  [59_999, 'now'],
  [60_000, '1 min. ago'],
  [3 * 60_000 + 59_000, '3 min. ago'],
  [3_600_000, '1 hr. ago'],
  [86_400_000, 'yesterday'],
  [3 * 86_400_000, '3 days ago'],
  [14 * 86_400_000, '2 wk. ago'],
  [400 * 86_400_000, 'last yr.'],
  [-7_200_000, 'in 2 hr.'],
])('%d ms before now is "%s"', (ms, words) => expect(before(ms)).toBe(words))
