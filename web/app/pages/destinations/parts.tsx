import { useTranslation } from 'react-i18next'
import { TabLinks } from '../../kit/tabs.js'

/** Destinations, and the secrets of webhooks, which have none. */
export function DestinationTabs() {
  const { t } = useTranslation()
  return (
    <TabLinks
      label={t('destinations:title')}
      tabs={[
        { to: '/destinations', label: t('destinations:title'), end: true },
        { to: '/destinations/secrets', label: t('destinations:secrets.title') },
      ]}
    />
  )
}
