import { useTranslation } from 'react-i18next'
import { useAll } from '../api/query.js'
import { AudienceInput } from '../forms/inputs/names.js'
import { Bound } from '../forms/inputs/form.js'
import { Checkbox } from '../kit/checkbox.js'
import { Tag } from '../kit/pill.js'
import type { Script } from './script.js'

interface AudiencesFieldProps {
  script: Pick<Script, 'customerId' | 'ownAudiences' | 'audiences'>
  onChange(part: Partial<Pick<Script, 'ownAudiences' | 'audiences'>>): void
}

/** Audiences that the customer is in for the time of the test; a real one is in its own unless told. */
export function AudiencesField({ script: { customerId, ownAudiences, audiences }, onChange }: AudiencesFieldProps) {
  const { t } = useTranslation()
  const { data = [] } = useAll<{ id: string; name: string }>('audiences')
  const isReal = customerId !== ''
  const nameOf = (id: string): string => data.find((each) => each.id === id)?.name ?? id
  return (
    <>
      {isReal && <Checkbox checked={ownAudiences} onChange={(own) => onChange({ ownAudiences: own })} label={t('testRun:ownAudiences')} />}
      {(!isReal || !ownAudiences) && (
        <Bound path="/customer/audiences" deep label={t('testRun:audiences')} hint={t('testRun:audiencesHint')} optional>
          <AudienceInput value={undefined} onChange={(id) => audiences.includes(id) || onChange({ audiences: [...audiences, id] })} />
        </Bound>
      )}
      {(!isReal || !ownAudiences) && audiences.length > 0 && (
        <ul aria-label={t('testRun:audiences')} className="flex flex-wrap gap-1">
          {audiences.map((id) => (
            <li key={id} className="max-w-full">
              <Tag
                onRemove={() => onChange({ audiences: audiences.filter((each) => each !== id) })}
                removeLabel={t('inputs:item.remove', { name: nameOf(id) })}
              >
                {nameOf(id)}
              </Tag>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
