import { useTranslation } from 'react-i18next'
import type { Audience } from '../../api/audiences.js'
import { Pill } from '../../kit/pill.js'

/** Whether every customer has been judged by the audience; how far it is while not. */
export function AudienceState({ audience: { status, progress } }: { audience: Audience }) {
  const { t } = useTranslation()
  if (status === 'ready') return <Pill tone="green">{t('audiences:state.ready')}</Pill>
  const share = progress && progress.total > 0 ? Math.floor(Math.min(progress.done / progress.total, 1) * 100) : 0
  return <Pill tone="blue">{t('audiences:state.building', { share })}</Pill>
}
