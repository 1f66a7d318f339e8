import { useTranslation } from 'react-i18next'
import { MAX_REASON } from '../choices.js'
import type { TileFormProps } from '../../web/app/editor/tile-form.js'
import { Switch } from '../../web/app/kit/switch.js'
import { TextInput } from '../../web/app/kit/text-input.js'
import { Bound, Form, Part } from '../../web/app/forms/inputs/form.js'
import { put } from '../../web/app/forms/inputs/put.js'

/** Why members leave here, and whether they have converted. */
export default function ExitForm({ tile: { config }, onChange, problems, focus, readOnly }: TileFormProps) {
  const { t } = useTranslation()
  return (
    <Form problems={problems} base="/config" focus={focus} readOnly={readOnly}>
      <Part part="does">
        <Bound path="/config/reason" label={t('tiles:exit.reason')} hint={t('tiles:exit.reasonHint')}>
          <TextInput
            value={typeof config.reason === 'string' ? config.reason : ''}
            maxLength={MAX_REASON}
            onChange={(reason) => onChange({ ...config, reason })}
          />
        </Bound>
        <Switch
          checked={config.conversion === true}
          label={t('tiles:exit.conversion')}
          hint={t('tiles:exit.conversionHint')}
          onChange={(conversion) => onChange(put(config, 'conversion', conversion || undefined))}
        />
      </Part>
    </Form>
  )
}
