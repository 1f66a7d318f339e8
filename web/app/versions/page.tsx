import { IconArrowBackUp, IconPencil, IconRocket } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { useJourney } from '../api/journeys.js'
import { useDropDraft, useRestore, useVersion, useVersions, type VersionSummary } from '../api/versions.js'
import { Button, ButtonLink } from '../kit/button.js'
import { ConfirmDialog } from '../kit/confirm-dialog.js'
import { cx } from '../kit/cx.js'
import { EmptyState } from '../kit/empty-state.js'
import { ErrorState } from '../kit/error-state.js'
import { LoadMore } from '../kit/load-more.js'
import { Pill } from '../kit/pill.js'
import { Select } from '../kit/select.js'
import { Skeleton, SkeletonLines } from '../kit/skeleton.js'
import { Time } from '../kit/time.js'
import { JourneyPage } from '../monitor/journey-page.js'
import { useUrlValue } from '../url.js'
import { DiffView } from './diff-view.js'
import { PublishDialog } from './publish-dialog.js'
import { useVersionDoc } from './use-version-doc.js'

/** /journeys/:id/versions: every version, how it differs from another, publish the draft, go back to an old one. */
export default function VersionsPage() {
  const { id = '' } = useParams()
  const { t } = useTranslation()
  const journey = useJourney(id)
  const list = useVersions(id)
  const [shown, setShown] = useUrlValue('version')
  const [against, setAgainst] = useUrlValue('against')
  const rows = list.rows ?? []
  const version = rows.find((row) => String(row.version) === shown) ?? rows[0]
  const others = rows.filter((row) => row.version !== version?.version)
  // Unless told, what it is compared with is the one before it.
  const other =
    others.find((row) => String(row.version) === against) ?? others.find((row) => row.version < (version?.version ?? 0)) ?? others[0]
  if (list.error)
    return (
      <JourneyPage id={id} journey={journey.data} title={t('monitor:part.versions')}>
        <ErrorState error={list.error} onRetry={list.retry} />
      </JourneyPage>
    )
  return (
    <JourneyPage id={id} journey={journey.data} title={t('monitor:part.versions')}>
      <div className="grid grid-cols-[280px_1fr] gap-6 max-lg:grid-cols-1">
        <nav aria-label={t('monitor:part.versions')} className="flex flex-col gap-2">
          {!list.rows && <SkeletonLines label={t('kit:loading')} />}
          {rows.map((row) => (
            <Row key={row.version} row={row} current={row === version} onOpen={() => setShown(String(row.version))} />
          ))}
          {list.hasMore && <LoadMore list={list} />}
        </nav>
        <div className="flex min-w-0 flex-col gap-4">
          {version && (
            <>
              <Acts
                id={id}
                version={version}
                live={rows.find(({ status }) => status === 'live')}
                draft={rows.find(({ status }) => status === 'draft')}
              />
              {other ? (
                <>
                  <Select
                    label={t('versions:against')}
                    value={String(other.version)}
                    onChange={setAgainst}
                    className="w-64 max-sm:w-full"
                    options={others.map((row) => ({
                      value: String(row.version),
                      label: t('versions:comparedWith', { version: row.version }),
                    }))}
                  />
                  <Compared id={id} before={other.version} after={version.version} />
                </>
              ) : (
                <EmptyState title={t('versions:only.title')}>{t('versions:only.text')}</EmptyState>
              )}
            </>
          )}
        </div>
      </div>
    </JourneyPage>
  )
}

function Row({ row, current, onOpen }: { row: VersionSummary; current: boolean; onOpen(): void }) {
  const { t } = useTranslation()
  const { version, status, publishedAt, createdAt, members } = row
  return (
    <button
      type="button"
      aria-current={current ? 'true' : undefined}
      onClick={onOpen}
      className={cx(
        'flex flex-col gap-1 rounded-card border p-3 text-left',
        current ? 'border-accent bg-accent-soft' : 'border-line bg-surface hover:bg-hover',
      )}
    >
      <span className="flex items-center justify-between gap-2">
        <span className="font-semibold">{t('versions:version', { version })}</span>
        <Pill tone={status === 'live' ? 'green' : status === 'draft' ? 'accent' : 'grey'}>{t(`versions:status.${status}`)}</Pill>
      </span>
      <span className="text-table text-muted">
        {publishedAt === null ? t('versions:begun') : t('versions:published')} <Time at={publishedAt ?? createdAt} />
      </span>
      {status !== 'draft' && <span className="text-table tabular-nums">{t('versions:members', { count: members })}</span>}
    </button>
  )
}

interface ActsProps {
  id: string
  version: VersionSummary
  live: VersionSummary | undefined
  draft: VersionSummary | undefined
}

/** What can be done with a version: publish or drop the draft, make a draft of an old one. */
function Acts({ id, version, live, draft }: ActsProps) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState<'publish' | 'restore' | 'drop'>()
  const close = (): void => setAsking(undefined)
  return (
    <div className="flex flex-wrap items-center gap-2">
      <h2 className="mr-auto text-heading font-semibold">{t('versions:version', { version: version.version })}</h2>
      {version.status === 'draft' ? (
        <>
          {live && <Button onClick={() => setAsking('drop')}>{t('versions:drop.action')}</Button>}
          <ButtonLink to={`/journeys/${id}/edit`} icon={IconPencil}>
            {t('versions:edit')}
          </ButtonLink>
          {live && (
            <Button variant="primary" icon={IconRocket} onClick={() => setAsking('publish')}>
              {t('versions:publish.open')}
            </Button>
          )}
        </>
      ) : (
        live && (
          <Button
            icon={version.status === 'live' ? IconPencil : IconArrowBackUp}
            disabled={draft !== undefined}
            title={draft && t('versions:restore.draft')}
            onClick={() => setAsking('restore')}
          >
            {t(version.status === 'live' ? 'versions:restore.openLive' : 'versions:restore.open')}
          </Button>
        )
      )}
      {asking === 'publish' && live && <PublishDialog id={id} draft={version.version} live={live.version} onClose={close} />}
      {asking === 'restore' && <RestoreDialog id={id} version={version.version} onClose={close} />}
      {asking === 'drop' && <DropDialog id={id} version={version.version} onClose={close} />}
    </div>
  )
}

function RestoreDialog({ id, version, onClose }: { id: string; version: number; onClose(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const old = useVersion(id, version)
  const restore = useRestore(id)
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('versions:restore.title', { version })}
      description={t('versions:restore.text')}
      action={t('versions:restore.action')}
      busy={restore.isPending || !old.data}
      error={restore.error?.message ?? old.error?.message}
      onConfirm={() => old.data && restore.mutate(old.data.data, { onSuccess: () => void navigate(`/journeys/${id}/edit`) })}
    />
  )
}

function DropDialog({ id, version, onClose }: { id: string; version: number; onClose(): void }) {
  const { t } = useTranslation()
  const drop = useDropDraft(id)
  return (
    <ConfirmDialog
      open
      danger
      onClose={onClose}
      title={t('versions:drop.title', { version })}
      description={t('versions:drop.text')}
      action={t('versions:drop.action')}
      busy={drop.isPending}
      error={drop.error?.message}
      onConfirm={() => drop.mutate(version, { onSuccess: onClose })}
    />
  )
}

function Compared({ id, before, after }: { id: string; before: number; after: number }) {
  const { t } = useTranslation()
  const [a, b] = [useVersion(id, before), useVersion(id, after)]
  const [was, now] = [useVersionDoc(id, a.data?.data), useVersionDoc(id, b.data?.data)]
  const error = a.error ?? b.error
  if (error) return <ErrorState error={error} onRetry={() => void (a.refetch(), b.refetch())} />
  if (!was || !now) return <Skeleton className="h-[56vh] w-full" />
  return <DiffView key={`${before} ${after}`} id={id} before={was} after={now} label={t('versions:canvas', { after, before })} />
}
