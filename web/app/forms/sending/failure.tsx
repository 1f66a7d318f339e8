import { useTranslation } from 'react-i18next'
import { ON_FAILURE } from '../../../../tiles/choices.js'
import { record, text } from '../../canvas/words/say.js'
import { NumberInput } from '../../kit/number-input.js'
import { RadioGroup } from '../../kit/radio.js'
import { DurationField } from '../inputs/duration-input.js'
import { Bound, Place } from '../inputs/form.js'
import { put } from '../inputs/put.js'

interface ConfigProps {
  config: Record<string, unknown>
  onChange(config: Record<string, unknown>): void
}

/** What becomes of a member whose send or call has failed for good. */
export function OnFailure({ config, onChange }: ConfigProps) {
  const { t } = useTranslation()
  return (
    <Place path="/config/onFailure">
      <RadioGroup
        label={t('inputs:failure.label')}
        value={text(config.onFailure) ?? ON_FAILURE[0]}
        onChange={(onFailure) => onChange({ ...config, onFailure })}
        options={ON_FAILURE.map((value) => ({ value, label: t(`inputs:failure.${value}`), hint: t(`inputs:failure.${value}Hint`) }))}
      />
    </Place>
  )
}

/** How often and how fast it is tried again; what is left empty is as the placeholder says. */
export function RetryFields({ config, onChange }: ConfigProps) {
  const { t } = useTranslation()
  const retry = record(config.retry)
  const set = (field: string) => (value: unknown) => {
    const next = put(retry, field, value)
    onChange(put(config, 'retry', Object.keys(next).length === 0 ? undefined : next))
  }
  const number = (field: string): number | undefined => (typeof retry[field] === 'number' ? retry[field] : undefined)
  return (
    <Place path="/config/retry">
      <div className="grid grid-cols-2 gap-3">
        <Bound path="/config/retry/maxAttempts" label={t('inputs:retry.attempts')} hint={t('inputs:retry.attemptsHint')} optional>
          <NumberInput value={number('maxAttempts')} onChange={set('maxAttempts')} />
        </Bound>
        <Bound path="/config/retry/backoff" label={t('inputs:retry.backoff')} hint={t('inputs:retry.backoffHint')} optional>
          <NumberInput value={number('backoff')} onChange={set('backoff')} />
        </Bound>
      </div>
      <DurationField
        path="/config/retry/initialInterval"
        label={t('inputs:retry.first')}
        hint={t('inputs:retry.firstHint')}
        optional
        value={text(retry.initialInterval)}
        onChange={set('initialInterval')}
      />
      <DurationField
        path="/config/retry/maxInterval"
        label={t('inputs:retry.longest')}
        hint={t('inputs:retry.longestHint')}
        optional
        value={text(retry.maxInterval)}
        onChange={set('maxInterval')}
      />
    </Place>
  )
}
