import type { Condition } from '../../../../model/condition.js'

/** A text as a condition, as far as the browser can tell: an object of JSON. The API judges the rest. */
export type Read = { when: Condition } | { problem: 'empty' | 'syntax' | 'object' }

/** Reads what was typed. */
export function readCondition(text: string): Read {
  if (text.trim() === '') return { problem: 'empty' }
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { when: value as Condition } : { problem: 'object' }
  } catch {
    return { problem: 'syntax' }
  }
}

/** A condition as it is typed. */
export const writeCondition = (when: Condition | undefined): string => (when === undefined ? '' : JSON.stringify(when, null, 2))
