import { useTranslation } from 'react-i18next'
import { PRIORITIES } from '../../../../tiles/choices.js'
import { text } from '../../canvas/words/say.js'
import { Select } from '../../kit/select.js'
import { Bound } from '../inputs/form.js'

const INHERIT = 'inherit'

export interface PriorityProps {
  path: string
  value: unknown
  onChange(value: string | undefined): void
  /** What holds when nothing is said; absent: normal. */
  inherits?: unknown
}

/** Which message goes first when a customer may only have one of several. */
export function PriorityField({ path, value, onChange, inherits }: PriorityProps) {
  const { t } = useTranslation()
  const above = PRIORITIES.find((each) => each === inherits)
  const none = above ? t('inputs:priority.inherit', { priority: t(`inputs:priority.${above}`) }) : t('inputs:priority.unset')
  return (
    <Bound path={path} label={t('inputs:priority.label')} hint={t('inputs:priority.hint')} optional>
      <Select
        value={text(value) ?? INHERIT}
        options={[
          { value: INHERIT, label: none },
          ...[...PRIORITIES].reverse().map((each) => ({ value: each, label: t(`inputs:priority.${each}`) })),
        ]}
        onChange={(next) => onChange(next === INHERIT ? undefined : next)}
      />
    </Bound>
  )
}
