import { useTranslation } from 'react-i18next'
import type { Topic } from '../../api/consent.js'
import { useAll } from '../../api/query.js'
import { text } from '../../canvas/words/say.js'
import { Select } from '../../kit/select.js'
import { Switch } from '../../kit/switch.js'
import { Bound, Place, useReadOnly } from '../inputs/form.js'
import { put } from '../inputs/put.js'

/** No id of a topic. */
const NONE = ' '

interface ConsentProps {
  config: Record<string, unknown>
  onChange(config: Record<string, unknown>): void
}

/** What a message is about, or that the customer needs it whatever they subscribed to. */
export function ConsentFields({ config, onChange }: ConsentProps) {
  const { t } = useTranslation()
  const readOnly = useReadOnly()
  const topics = useAll<Topic>('topics').data ?? []
  const topic = text(config.topic)
  const known = topic === undefined || topics.some(({ id }) => id === topic)
  return (
    <>
      {config.transactional !== true || topic !== undefined ? (
        <Bound path="/config/topic" label={t('tiles:action.topic')} hint={t('tiles:action.topicHint')} optional>
          <Select
            value={topic ?? NONE}
            onChange={(id) => onChange(put(config, 'topic', id === NONE ? undefined : id))}
            options={[
              { value: NONE, label: t('tiles:action.noTopic') },
              ...topics.map(({ id, name, optIn }) => ({
                value: id,
                label: name,
                hint: t(optIn ? 'consent:topics.asked' : 'consent:topics.assumed'),
              })),
              ...(known ? [] : [{ value: topic, label: topic }]),
            ]}
          />
        </Bound>
      ) : null}
      <Place path="/config/transactional">
        <Switch
          label={t('tiles:action.transactional')}
          hint={t('tiles:action.transactionalHint')}
          checked={config.transactional === true}
          disabled={readOnly}
          onChange={(on) => onChange(put(on ? put(config, 'topic', undefined) : config, 'transactional', on ? true : undefined))}
        />
      </Place>
    </>
  )
}
