import { useTranslation } from 'react-i18next'
import { TabLinks } from '../../kit/tabs.js'

/** What stands still, and work over many rows. */
export function OperationsTabs() {
  const { t } = useTranslation()
  return (
    <TabLinks
      label={t('operations:title')}
      tabs={[
        { to: '/operations', label: t('operations:errors.title'), end: true },
        { to: '/operations/jobs', label: t('operations:jobs.title') },
      ]}
    />
  )
}
