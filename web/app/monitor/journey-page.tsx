import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Journey } from '../api/journeys.js'
import { Page, type Crumb } from '../frame/page.js'
import { cx } from '../kit/cx.js'
import { StatePill } from '../kit/pill.js'
import { TabLinks } from '../kit/tabs.js'

export interface JourneyPageProps {
  id: string
  /** Undefined while it is on its way. */
  journey: Pick<Journey, 'name' | 'status'> | undefined
  /** Its state now, where it is known better. */
  status?: Journey['status'] | undefined
  /** What the page is about; the monitor is about the orchestration itself. */
  title?: string
  /** The page above it, below the orchestration. */
  under?: Crumb
  actions?: ReactNode
  /** It fills the window. */
  whole?: boolean
  children: ReactNode
}

/** A page of one orchestration: its name above, the ways to its other pages, its state. */
export function JourneyPage({ id, journey, status, title, under, actions, whole = false, children }: JourneyPageProps) {
  const { t } = useTranslation()
  const name = journey?.name ?? '…'
  const state = status ?? journey?.status
  const all = { label: t('journeys:title'), to: '/journeys' }
  const itself = { label: name, to: `/journeys/${id}/monitor` }
  const tabs = (
    <TabLinks
      label={t('monitor:parts')}
      tabs={[
        { to: `/journeys/${id}/monitor`, label: t('monitor:part.monitor') },
        { to: `/journeys/${id}/members`, label: t('monitor:part.members') },
        { to: `/journeys/${id}/versions`, label: t('monitor:part.versions') },
        { to: `/journeys/${id}/edit?test`, label: t('monitor:part.test') },
        { to: `/journeys/${id}/edit`, label: t('monitor:part.edit') },
      ]}
    />
  )
  return (
    <Page
      title={title ?? name}
      crumbs={title === undefined ? [all] : [all, itself, ...(under ? [under] : [])]}
      // Beside a member's name it would be taken for theirs; on a phone the name of the page needs the room.
      state={
        state &&
        !under && (
          <span className={cx(title !== undefined && 'max-sm:hidden')}>
            <StatePill state={state} />
          </span>
        )
      }
      {...(actions !== undefined && { actions })}
      whole={whole}
    >
      {whole ? (
        <>
          <div className="shrink-0 bg-surface px-4 max-sm:px-3">{tabs}</div>
          {children}
        </>
      ) : (
        <>
          {tabs}
          {children}
        </>
      )}
    </Page>
  )
}
