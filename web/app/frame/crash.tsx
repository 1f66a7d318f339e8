import { IconMapPinOff, IconMoodConfuzed, IconRefresh } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { isRouteErrorResponse, useRouteError } from 'react-router'
import { Button, ButtonLink } from '../kit/button.js'
import { Code } from '../kit/code.js'
import { EmptyState } from '../kit/empty-state.js'
import { Page } from './page.js'

/** Instead of a page that stopped: says so, and how to go on. A part of an older build that is gone asks for a reload. */
export function Crash() {
  const { t } = useTranslation()
  const error = useRouteError()
  if (isRouteErrorResponse(error) && error.status === 404) return <Missing />
  const message = error instanceof Error ? error.message : String(error)
  const old = /dynamically imported module|Importing a module script failed|error loading dynamically/i.test(message)
  return (
    <Page title={t(old ? 'frame:crash.renewed' : 'frame:crash.title')}>
      <div role="alert">
        <EmptyState
          icon={old ? IconRefresh : IconMoodConfuzed}
          title={t(old ? 'frame:crash.renewed' : 'frame:crash.title')}
          action={
            <Button variant="primary" onClick={() => window.location.reload()}>
              {t('frame:crash.reload')}
            </Button>
          }
        >
          <p>{t(old ? 'frame:crash.renewedText' : 'frame:crash.text')}</p>
          {!old && <Code block text={message} className="mt-3 text-left" />}
        </EmptyState>
      </div>
    </Page>
  )
}

/** An address without a page. */
export function Missing() {
  const { t } = useTranslation()
  return (
    <Page title={t('frame:missing.title')}>
      <EmptyState
        icon={IconMapPinOff}
        title={t('frame:missing.title')}
        action={<ButtonLink to="/journeys">{t('frame:missing.home')}</ButtonLink>}
      >
        {t('frame:missing.text')}
      </EmptyState>
    </Page>
  )
}
