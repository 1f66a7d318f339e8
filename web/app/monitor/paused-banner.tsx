import { IconPlayerPlay } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LifecycleDialog, type Subject } from '../pages/journeys/lifecycle.js'
import { Banner } from '../kit/banner.js'
import { Button } from '../kit/button.js'
import { Time } from '../kit/time.js'
import { useLive } from './watch.js'

/** While it is paused: since when, by whom, how many are held, what a resume will do, and the button for it. */
export function PausedBanner({ journey }: { journey: Subject }) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  const state = useLive(({ state }) => state)
  if (state?.status !== 'paused') return null
  const { paused, held, inFlight } = state
  return (
    <Banner
      tone="amber"
      actions={
        <Button variant="primary" icon={IconPlayerPlay} onClick={() => setAsking(true)}>
          {t('journeys:menu.resume')}
        </Button>
      }
    >
      <p>
        {paused ? (
          <>
            <strong className="font-semibold">{t('monitor:paused.since')}</strong> <Time at={paused.at} />{' '}
            {t('monitor:paused.by', { who: paused.by.replace(/^\w+:/, '') })}
          </>
        ) : (
          <strong className="font-semibold">{t('monitor:paused.plain')}</strong>
        )}{' '}
        {t('monitor:paused.held', { count: held })} {inFlight ? t('monitor:paused.inFlight', { count: inFlight }) : null}
      </p>
      {paused && (
        <p className="text-table text-muted">
          {t(`monitor:paused.${paused.clocks}`)} {t(`monitor:paused.${paused.entries}`, { count: paused.queued })}
        </p>
      )}
      {asking && <LifecycleDialog verb="resume" journey={journey} onClose={() => setAsking(false)} />}
    </Banner>
  )
}
