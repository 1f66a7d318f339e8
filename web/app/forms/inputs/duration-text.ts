/** The words that people write for each part of a duration, in small letters. */
export interface Units {
  years: readonly string[]
  months: readonly string[]
  weeks: readonly string[]
  days: readonly string[]
  hours: readonly string[]
  minutes: readonly string[]
  seconds: readonly string[]
}

const DATE_PARTS = [['years', 'Y'], ['months', 'M'], ['weeks', 'W'], ['days', 'D']] as const // prettier-ignore
const TIME_PARTS = [['hours', 'H'], ['minutes', 'M'], ['seconds', 'S']] as const // prettier-ignore
const ISO = /^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/

/**
 * Reads what a person writes for a duration: `3 days`, `1 h 30 min`, `P3D`.
 * @returns an ISO 8601 duration; undefined of what cannot be read: an unknown unit, a part twice, a fraction of anything but seconds
 */
export function readDurationText(text: string, units: Units): string | undefined {
  const iso = text.trim().toUpperCase()
  if (ISO.test(iso)) return iso
  const parts = new Map<keyof Units, string>()
  const rest = text.toLowerCase().replace(/(\d+(?:\.\d+)?)\s*(\p{L}+)\.?/gu, (_, count: string, word: string) => {
    const unit = (Object.keys(units) as (keyof Units)[]).find((each) => units[each].includes(word))
    if (!unit || parts.has(unit) || (count.includes('.') && unit !== 'seconds')) return '?'
    parts.set(unit, count.replace(/^0+(?=\d)/, ''))
    return ''
  })
  if (parts.size === 0 || !/^[\s,]*((and|&)[\s,]*)*$/.test(rest)) return undefined
  const written = (list: readonly (readonly [keyof Units, string])[]): string =>
    list.map(([part, letter]) => (parts.has(part) ? parts.get(part)! + letter : '')).join('')
  const time = written(TIME_PARTS)
  return `P${written(DATE_PARTS)}${time && `T${time}`}`
}

/** Units out of a translated sentence for each: `h, hr, hour, hours`. */
export const unitsOf = (t: (key: string) => string): Units =>
  Object.fromEntries(
    (['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'] as const).map((part) => [
      part,
      t(`inputs:units.${part}`).split(/,\s*/),
    ]),
  ) as unknown as Units
