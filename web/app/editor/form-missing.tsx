import { useTranslation } from 'react-i18next'
import { Banner } from '../kit/banner.js'

/** In place of a form that could not be loaded: what it edits can be edited as JSON. */
export function FormMissing() {
  const { t } = useTranslation()
  return <Banner tone="amber">{t('editor:panel.formMissing')}</Banner>
}
