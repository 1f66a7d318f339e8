import { IconPlugConnected, IconPlugConnectedX, IconRefresh } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StatsFilter } from '../api/monitor.js'
import { useVersions } from '../api/versions.js'
import { exactly } from '../kit/ago.js'
import { Select } from '../kit/select.js'
import { TextInput } from '../kit/text-input.js'
import { cx } from '../kit/cx.js'
import { useUrlChoice, useUrlValue } from '../url.js'
import { RANGES, spanOf, versionIn } from './numbers.js'
import type { Link } from './feed.js'
import { useLive } from './watch.js'

/** Which members are counted, from the address. The span is that of when the range was chosen. */
export function useFilter(): StatsFilter {
  const [version] = useUrlValue('version')
  const [range] = useUrlChoice('range', RANGES, 'all')
  const [from] = useUrlValue('from')
  const [to] = useUrlValue('to')
  const [now] = useState(() => new Date())
  return useMemo(() => ({ version: versionIn(version), ...spanOf(range, now, { from, to }) }), [version, range, from, to, now])
}

/** Version and time of entry; how fresh the numbers are. */
export function FilterBar({ id }: { id: string }) {
  const { t } = useTranslation()
  const versions = useVersions(id).rows ?? []
  const [version, setVersion] = useUrlValue('version')
  const [range, setRange] = useUrlChoice('range', RANGES, 'all')
  const [from, setFrom] = useUrlValue('from')
  const [to, setTo] = useUrlValue('to')
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select
        label={t('monitor:filter.version')}
        value={version === '' ? '*' : version}
        onChange={(next) => setVersion(next === '*' ? '' : next)}
        className="w-44 max-sm:flex-1"
        options={[
          { value: '*', label: t('monitor:filter.all') },
          ...versions
            .filter(({ status }) => status !== 'draft')
            .map((each) => ({
              value: String(each.version),
              label: t(each.status === 'live' ? 'monitor:filter.live' : 'monitor:filter.past', { version: each.version }),
              hint: t('monitor:filter.walking', { count: each.members }),
            })),
        ]}
      />
      <Select
        label={t('monitor:filter.range')}
        value={range}
        onChange={setRange}
        className="w-48 max-sm:flex-1"
        options={RANGES.map((value) => ({ value, label: t(`monitor:range.${value}`) }))}
      />
      {range === 'custom' && (
        <>
          <TextInput type="date" aria-label={t('monitor:filter.from')} value={from} onChange={setFrom} className="w-36 max-sm:flex-1" />
          <TextInput type="date" aria-label={t('monitor:filter.to')} value={to} onChange={setTo} className="w-36 max-sm:flex-1" />
        </>
      )}
      <Freshness />
    </div>
  )
}

const ICONS: Record<Link, typeof IconRefresh> = {
  connecting: IconRefresh,
  live: IconPlugConnected,
  polled: IconRefresh,
  lost: IconPlugConnectedX,
}

/** What the numbers are as of, and whether they still change. */
function Freshness() {
  const { t } = useTranslation()
  const { link, asOf } = useLive(({ link, state }) => ({ link, asOf: state?.stats.asOf }))
  const Glyph = ICONS[link]
  const at = asOf && new Date(asOf).toLocaleTimeString('en-GB')
  return (
    <span
      className={cx(
        'ml-auto flex items-center gap-1.5 text-label max-sm:ml-0 max-sm:w-full',
        link === 'lost' ? 'font-medium text-red' : 'text-muted',
      )}
      title={asOf && exactly(new Date(asOf))}
    >
      <Glyph size={16} className="shrink-0" aria-hidden />
      <span role="status">{t(`monitor:link.${link}`)}</span>
      {at !== undefined && <span className="tabular-nums">{t('monitor:asOf', { at })}</span>}
    </span>
  )
}
