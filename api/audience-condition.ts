import { conditionSchema, leavesOf, type Condition } from '../model/condition.js'
import { TileworkError, type FieldError } from '../model/errors.js'
import { pointer } from '../model/pointer.js'
import { longWindows } from '../tiles/checks/windows.js'
import { read } from '../tiles/issues.js'

/** Most parts of the condition of one audience that look at something. */
const MAX_PARTS = 200

export const invalid = (path: string, code: string, message: string): TileworkError =>
  new TileworkError('invalid', message, [{ path, code, message }])

/**
 * The condition of an audience of a kind, checked; undefined for a list.
 * @param when what stands at `/when`
 * @param eventMonths how long events are kept
 * @throws TileworkError invalid with the path of what is wrong
 */
export function whenOf(kind: 'list' | 'condition', when: unknown, eventMonths: number): Condition | undefined {
  if (kind === 'list') {
    if (when === undefined) return undefined
    throw invalid('/when', 'not_available', 'A list has no condition; leave \'when\' out, or give "kind": "condition".')
  }
  if (when === undefined) throw invalid('/when', 'missing', "Give 'when': the condition that tells who is in the audience.")
  return parseWhen(when, eventMonths)
}

/**
 * @param eventMonths how long events are kept: a longer window would forget in silence
 * @throws TileworkError invalid with the path of what is wrong
 */
export function parseWhen(when: unknown, eventMonths: number): Condition {
  const parsed = read(conditionSchema, when)
  if ('issues' in parsed)
    throw refuse(parsed.issues.map(({ path, code, message }) => ({ path: pointer(['when', ...path]), code, message })))
  const parts = [...leavesOf(parsed.data)]
  if (parts.length > MAX_PARTS)
    throw invalid(
      '/when',
      'too_large',
      `The condition looks at ${parts.length} things, and may at ${MAX_PARTS}; divide it into several audiences.`,
    )
  const errors = parts.flatMap(({ condition, path, inWhere }): FieldError[] => {
    if (!('property' in condition) || (inWhere && condition.of === undefined)) return []
    const message = "An audience knows no entry and no tiles: a property can only be of an event, inside 'where' and without 'of'."
    return [{ path: pointer(['when', ...path, condition.of === undefined ? 'property' : 'of']), code: 'not_available', message }]
  })
  errors.push(...longWindows({ when: parsed.data }, eventMonths).map((window) => ({ code: 'window_too_long', ...window })))
  if (errors.length > 0) throw refuse(errors)
  return parsed.data
}

const refuse = (errors: FieldError[]): TileworkError =>
  new TileworkError(
    'invalid',
    `${errors[0]!.path}: ${errors[0]!.message}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''}`,
    errors,
  )
