import { NO_READS } from '../../model/condition.js'
import type { TileLogic } from '../decide.js'
import type { ProfileChange, UpdateProfileConfig } from './schema.js'

export type { ProfileChange } from './schema.js'

/** Hands its changes to the step, which applies them in its transaction: `applyChanges` in SQL. */
export const updateProfileLogic: TileLogic<UpdateProfileConfig> = {
  reads: () => NO_READS,
  decide: (config) => ({ decision: { do: 'go', port: 'next' }, changes: config.changes }),
}

/**
 * Applies changes to traits, in order; the same rules as the SQL function tw_apply_changes.
 *
 * | op | trait is missing or null | right type | another type |
 * | --- | --- | --- | --- |
 * | set | set | replaced | replaced |
 * | unset | – | removed | removed |
 * | increment | becomes `by` | number: added | left alone |
 * | append | list of one | list: added at the end, also when it is in it | left alone |
 * | remove | – | list: every equal element taken out | left alone |
 */
export function applyChanges(traits: Record<string, unknown>, changes: readonly ProfileChange[]): Record<string, unknown> {
  const result = { ...traits }
  for (const change of changes) apply(result, change)
  return result
}

function apply(traits: Record<string, unknown>, change: ProfileChange): void {
  const old = Object.hasOwn(traits, change.trait) ? (traits[change.trait] ?? undefined) : undefined
  const put = (value: unknown): void =>
    void Object.defineProperty(traits, change.trait, { value, enumerable: true, writable: true, configurable: true })
  switch (change.op) {
    case 'set':
      return put(change.value)
    case 'unset':
      delete traits[change.trait]
      return
    case 'increment':
      if (old === undefined) put(change.by)
      else if (typeof old === 'number') put(old + change.by)
      return
    case 'append':
      if (old === undefined) put([change.value])
      else if (Array.isArray(old)) put([...(old as unknown[]), change.value])
      return
    case 'remove':
      if (Array.isArray(old)) put(old.filter((item) => item !== change.value))
  }
}
