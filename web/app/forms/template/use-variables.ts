import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useNames } from '../../api/query.js'
import { useSeenOf, useSeenTraits } from '../../api/schema.js'
import type { Doc } from '../../canvas/doc/types.js'
import { eventsAt, secretVariables, variablesAt, type Variable } from './variables.js'

/** What the templates of a tile can read, with the traits and properties that came in. */
export function useVariables(doc: Doc, tileId: string): Variable[] {
  const traits = useSeenTraits()
  const events = eventsAt(doc, tileId)
  const properties = useSeenOf(events)
  const key = JSON.stringify(events)
  return useMemo(
    () =>
      variablesAt(doc, tileId, { traits: traits ?? [], properties: new Map(events.map((event, index) => [event, properties[index]!])) }),
    // Events by their names: the list is another one at each call.
    [doc, tileId, traits, properties, key],
  )
}

/** The same for a header of a webhook, which may read secrets. */
export function useWithSecrets(variables: readonly Variable[]): Variable[] {
  const secrets = useNames('secrets')
  return useMemo(() => [...variables, ...secretVariables(secrets?.values() ?? [])], [variables, secrets])
}

/** Says of a variable which tile it is of, its type, and a value. */
export function useHint(): (variable: Variable) => string {
  const { t } = useTranslation()
  return useCallback(
    ({ group, type, sample, of }) => {
      const kind = type === undefined ? '' : t(`inputs:type.${type}`)
      const what =
        group === 'secrets' ? t('inputs:variable.hidden')
        : sample === undefined ? kind
        : kind === '' ? t('inputs:variable.from', { sample })
        : t('inputs:sample', { kind, sample }) // prettier-ignore
      return [of, what].filter(Boolean).join(' · ')
    },
    [t],
  )
}
