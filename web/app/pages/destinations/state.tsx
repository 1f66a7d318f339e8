import { useTranslation } from 'react-i18next'
import { Pill } from '../../kit/pill.js'

/** Whether a destination can be sent through. */
export function DestinationState({ status }: { status: string }) {
  const { t } = useTranslation()
  return <Pill tone={status === 'ready' ? 'green' : 'red'}>{t(`destinations:state.${status}`, { defaultValue: status })}</Pill>
}
