import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAudienceNames } from '../../api/customers.js'
import { conditionWords } from '../../canvas/words/condition.js'

/** Says a condition in one line, audiences by their names. */
export function useConditionWords(): (when: unknown) => string {
  const { t, i18n } = useTranslation()
  const { data: audiences } = useAudienceNames()
  return useMemo(() => {
    const say = {
      t: (key: string, values?: Record<string, unknown>) => t(key, values ?? {}),
      locale: i18n.language,
      names: audiences ? { audiences } : {},
    }
    return (when) => conditionWords(when, say) ?? ''
  }, [t, i18n.language, audiences])
}
