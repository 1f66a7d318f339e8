import { useTranslation } from 'react-i18next'
import type { Say } from '../../canvas/words/say.js'
import { ConditionBuilder } from '../condition/condition-builder.js'
import { leafOf } from '../condition/edit.js'
import type { Scope } from '../condition/scope.js'
import { AddButton } from './add-button.js'
import { Place, useReadOnly } from './form.js'

export interface WhereProps {
  path: string
  value: unknown
  /** Undefined: any event of that name. */
  onChange(value: unknown): void
  scope: Scope
  say: Say
}

/** What an event must be like, where it must be like anything. */
export function Where({ path, value, onChange, scope, say }: WhereProps) {
  const { t } = useTranslation()
  if (useReadOnly() && value === undefined) return null
  return (
    <Place path={path}>
      <span className="text-label font-medium">{t('inputs:where.label')}</span>
      {value === undefined ? (
        <AddButton onClick={() => onChange(leafOf('property'))}>{t('inputs:where.add')}</AddButton>
      ) : (
        <ConditionBuilder {...{ path, value, onChange, scope, say }} label={t('inputs:where.label')} />
      )}
    </Place>
  )
}
