import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { StatsFilter } from '../api/monitor.js'
import { cx } from '../kit/cx.js'
import { Skeleton } from '../kit/skeleton.js'
import { LiveCount } from './live-bits.js'
import { membersLink } from './members-link.js'
import { percent } from './numbers.js'
import { useLive } from './watch.js'

const STATES = ['active', 'held', 'parked', 'exited'] as const

/** How many entered, where they are now, how many converted. Each leads to the members. */
export function Totals({ id, filter }: { id: string; filter: StatsFilter }) {
  const { t } = useTranslation()
  const members = useLive(({ state }) => state?.stats.members)
  const rate = members && members.entered > 0 ? members.converted / members.entered : undefined
  return (
    <dl className="grid grid-cols-6 gap-px overflow-hidden rounded-card border border-line bg-line max-sm:grid-cols-3">
      <Total label={t('monitor:total.entered')} n={members?.entered} to={membersLink(id, filter)} />
      {STATES.map((state) => (
        <Total
          key={state}
          label={t(`monitor:total.${state}`)}
          n={members?.[state]}
          to={membersLink(id, filter, { status: state })}
          tone={state === 'held' ? 'amber' : state === 'parked' ? 'red' : undefined}
        />
      ))}
      <Total
        label={t('monitor:total.converted')}
        n={members?.converted}
        to={membersLink(id, filter, { converted: 'true' })}
        note={rate === undefined || members!.converted === 0 ? undefined : percent(rate)}
      />
    </dl>
  )
}

interface TotalProps {
  label: string
  n: number | undefined
  to?: string
  /** It stands out when it is not zero. */
  tone?: 'amber' | 'red' | undefined
  note?: string | undefined
}

function Total({ label, n, to, tone, note }: TotalProps) {
  const loud = tone !== undefined && n !== undefined && n > 0
  return (
    <div
      className={cx(
        'relative flex min-w-0 flex-col gap-0.5 px-3 py-2',
        loud ? (tone === 'red' ? 'bg-red-soft' : 'bg-amber-soft') : 'bg-surface',
        to !== undefined && 'hover:bg-hover',
      )}
    >
      <dt className={cx('truncate text-label', loud ? (tone === 'red' ? 'font-medium text-red' : 'font-medium text-amber') : 'text-muted')}>
        {to === undefined ? (
          label
        ) : (
          <Link to={to} className="rounded-[4px] after:absolute after:inset-0">
            {label}
          </Link>
        )}
      </dt>
      <dd className="flex items-baseline gap-1.5 text-[16px]/6 font-semibold">
        {n === undefined ? <Skeleton className="h-6 w-12" /> : <LiveCount n={n} alarm={tone === 'red'} />}
        {note !== undefined && <span className="text-label font-normal text-muted tabular-nums">{note}</span>}
      </dd>
    </div>
  )
}
