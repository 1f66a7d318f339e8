import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAudienceNames } from '../../api/customers.js'
import { conditionWords } from '../../canvas/words/condition.js'
import type { Say } from '../../canvas/words/say.js'

/** What conditions are said with: audiences by their names. */
export function useConditionSay(): Say {
  const { t, i18n } = useTranslation()
  const { data: audiences } = useAudienceNames()
  return useMemo(
    () => ({
      t: (key: string, values?: Record<string, unknown>) => t(key, values ?? {}),
      locale: i18n.language,
      names: audiences ? { audiences } : {},
    }),
    [t, i18n.language, audiences],
  )
}

/** Says a condition in one line. */
export function useConditionWords(): (when: unknown) => string {
  const say = useConditionSay()
  return (when) => conditionWords(when, say) ?? ''
}
