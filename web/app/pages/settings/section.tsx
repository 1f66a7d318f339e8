import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '../../frame/page.js'
import { TabLinks } from '../../kit/tabs.js'

const SECTIONS = {
  workspace: '/settings',
  users: '/settings/users',
  keys: '/settings/api-keys',
  topics: '/settings/topics',
  suppressions: '/settings/suppressions',
  limits: '/settings/limits',
  audit: '/settings/audit-log',
  appearance: '/settings/appearance',
  about: '/settings/about',
}

/** A page of the settings, with the way to the others. */
export function Section({ name, actions, children }: { name: keyof typeof SECTIONS; actions?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation()
  const tabs = (Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).map((each) => ({
    to: SECTIONS[each],
    label: t(`settings:section.${each}`),
    end: true,
  }))
  return (
    <Page title={t(`settings:section.${name}`)} crumbs={[{ label: t('settings:title'), to: '/settings' }]} actions={actions}>
      <TabLinks label={t('settings:title')} tabs={tabs} />
      {children}
    </Page>
  )
}
