import { useTranslation } from 'react-i18next'
import { SUB_MODES } from '../choices.js'
import type { TileFormProps } from '../../web/app/editor/tile-form.js'
import { text } from '../../web/app/canvas/words/say.js'
import { RadioGroup } from '../../web/app/kit/radio.js'
import { Bound, Form, Part, Place } from '../../web/app/forms/inputs/form.js'
import { OrchestrationInput } from '../../web/app/forms/inputs/names.js'
import { put } from '../../web/app/forms/inputs/put.js'

/** Which orchestration members enter, and whether they wait for it. */
export default function SubOrchestrationForm({ tile: { config }, onChange, problems, focus, readOnly, orchestrationId }: TileFormProps) {
  const { t } = useTranslation()
  return (
    <Form problems={problems} base="/config" focus={focus} readOnly={readOnly}>
      <Part part="does">
        <Bound path="/config/orchestrationId" label={t('tiles:sub.orchestration')}>
          <OrchestrationInput
            selfId={orchestrationId}
            value={text(config.orchestrationId)}
            onChange={(id) => onChange(put(config, 'orchestrationId', id))}
          />
        </Bound>
        <Place path="/config/mode">
          <RadioGroup
            label={t('tiles:sub.mode')}
            value={text(config.mode) ?? ''}
            onChange={(mode) => onChange({ ...config, mode })}
            options={SUB_MODES.map((value) => ({ value, label: t(`tiles:sub.${value}`), hint: t(`tiles:sub.${value}Hint`) }))}
          />
        </Place>
      </Part>
    </Form>
  )
}
