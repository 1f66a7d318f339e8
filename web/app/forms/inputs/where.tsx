import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../kit/button.js'
import type { Say } from '../../canvas/words/say.js'
import { ConditionBuilder } from '../condition/condition-builder.js'
import { leafOf } from '../condition/edit.js'
import type { Scope } from '../condition/scope.js'
import { Place } from './form.js'

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
  return (
    <Place path={path}>
      <span className="text-label font-medium">{t('inputs:where.label')}</span>
      {value === undefined ? (
        <Button size="s" icon={IconPlus} className="self-start" onClick={() => onChange(leafOf('property'))}>
          {t('inputs:where.add')}
        </Button>
      ) : (
        <ConditionBuilder {...{ path, value, onChange, scope, say }} label={t('inputs:where.label')} />
      )}
    </Place>
  )
}
