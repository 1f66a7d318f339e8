import { IconArrowBackUp } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useTemplateVersion, useTemplateVersions, type TemplateContent, type TemplateVersionSummary } from '../../api/templates.js'
import { Button } from '../../kit/button.js'
import { Card } from '../../kit/card.js'
import { cx } from '../../kit/cx.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { Pill } from '../../kit/pill.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { Time } from '../../kit/time.js'
import { asText } from './content.js'

/** The versions of a template: each against the one before, and a way back to it. */
export function Versions({ id, onRestore }: { id: string; onRestore: ((content: TemplateContent, version: number) => void) | undefined }) {
  const { t } = useTranslation()
  const list = useTemplateVersions(id)
  const [chosen, setChosen] = useState<number>()
  const rows = list.rows ?? []
  const row = rows.find(({ version }) => version === chosen) ?? rows[0]
  const before = row && rows.find(({ version }) => version < row.version)
  const [now, past] = [useTemplateVersion(id, row?.version).data, useTemplateVersion(id, before?.version).data]
  if (list.error) return <ErrorState error={list.error} onRetry={list.retry} />
  return (
    <div className="grid grid-cols-[260px_minmax(0,1fr)] items-start gap-4 max-lg:grid-cols-1">
      <nav aria-label={t('content:versions')} className="flex flex-col gap-2">
        {!list.rows && <SkeletonLines lines={3} label={t('content:versions')} />}
        {rows.map((each) => (
          <Row key={each.version} row={each} current={each === row} onOpen={() => setChosen(each.version)} />
        ))}
        <LoadMore list={list} />
      </nav>
      {row && (
        <Card
          title={
            before ? t('content:against', { version: row.version, before: before.version }) : t('content:first', { version: row.version })
          }
          actions={
            onRestore &&
            now &&
            row !== rows[0] && (
              <Button size="s" icon={IconArrowBackUp} onClick={() => onRestore(now.content, row.version)}>
                {t('content:restore', { version: row.version })}
              </Button>
            )
          }
        >
          {now && (!before || past) ? (
            <Merge before={past ? asText(past.content) : ''} after={asText(now.content)} label={t('content:changes')} />
          ) : (
            <SkeletonLines lines={6} label={t('content:changes')} />
          )}
        </Card>
      )}
    </div>
  )
}

function Row({ row, current, onOpen }: { row: TemplateVersionSummary; current: boolean; onOpen(): void }) {
  const { t } = useTranslation()
  const { version, status, publishedAt, publishedByName, createdAt } = row
  return (
    <button
      type="button"
      aria-current={current}
      onClick={onOpen}
      className={cx('flex flex-col gap-1 rounded-card border p-3 text-left', current ? 'border-accent bg-accent-soft' : 'border-line bg-surface hover:bg-hover')}
    >
      <span className="flex items-center gap-2">
        <span className="font-medium">{t('content:version', { version })}</span>
        {status !== 'past' && <Pill tone={status === 'live' ? 'green' : 'grey'}>{t(`content:status.${status}`)}</Pill>}
      </span>
      <span className="text-label text-muted">
        <Time at={publishedAt ?? createdAt} /> {publishedByName !== null && `· ${publishedByName}`}
      </span>
    </button>
  )
} // prettier-ignore

function Merge({ before, after, label }: { before: string; after: string; label: string }) {
  const at = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let end: (() => void) | undefined
    let gone = false
    void import('./merge.js').then(({ showMerge }) => {
      if (!gone) end = showMerge(at.current!, before, after, label)
    })
    return () => {
      gone = true
      end?.()
    }
  }, [before, after, label])
  return <div ref={at} className="min-w-0 overflow-hidden" />
}
