import fc from 'fast-check'
import fs from 'node:fs'
import { durationWords } from '../../canvas/words/time.js'
import { readDurationText, unitsOf } from './duration-text.js'

const texts = (area: string) =>
  JSON.parse(fs.readFileSync(`web/app/i18n/en/${area}.json`, 'utf8')) as Record<string, Record<string, string>>
const { duration } = texts('canvas')
const units = unitsOf((key) => texts('inputs').units![key.split('.')[1]!]!)
const show = (iso: string): string =>
  durationWords(iso, {
    locale: 'en',
    names: {},
    t: (key, values) =>
      duration![`${key.split('.')[1]}_${values!.count === 1 ? 'one' : 'other'}`]!.replace('{{count}}', String(values!.count)),
  })

const part = (letter: string) => fc.oneof(fc.constant(''), fc.integer({ min: 1, max: 99 }).map((count) => `${count}${letter}`)) // prettier-ignore
const seconds = fc.oneof(fc.constant(''), fc.integer({ min: 1, max: 99_999 }).map((ms) => `${ms / 1000}S`)) // prettier-ignore
const durations = fc
  .tuple(part('Y'), part('M'), part('W'), part('D'), part('H'), part('M'), seconds)
  .map(([y, mo, w, d, h, m, s]) => `P${y}${mo}${w}${d}${h + m + s && `T${h}${m}${s}`}`)
  .filter((iso) => iso !== 'P')

test('what is shown of a duration reads back as it', () => {
  fc.assert(fc.property(durations, (iso) => expect(readDurationText(show(iso), units)).toBe(iso)))
})

test.each([
  ['3 days', 'P3D'],
  ['p3d', 'P3D'],
  ['1 h 30 min', 'PT1H30M'],
  ['1h30m', 'PT1H30M'],
  ['2 weeks and 1 day', 'P2W1D'],
  ['90s', 'PT90S'],
  ['1.5 s', 'PT1.5S'],
  ['6 mo', 'P6M'],
  ['PT72H', 'PT72H'],
  ['P0D', 'P0D'],
])('reads %s as %s', (text, iso) => expect(readDurationText(text, units)).toBe(iso))

test.each(['', '3', 'days', '3 moons', '1.5 days', '1 day 2 days', '3 days ago', 'P', 'PT', '-3 days'])('does not read %j', (text) =>
  expect(readDurationText(text, units)).toBeUndefined(),
)
