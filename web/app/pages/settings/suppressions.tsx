import { IconDownload, IconMailOff, IconPlus, IconTrash, IconUpload } from '@tabler/icons-react'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANNELS } from '../../../../model/channels.js'
import { useSuppressions, useUnsuppress, type Suppression } from '../../api/consent.js'
import { urlOf } from '../../api/client.js'
import { useMay } from '../../api/me.js'
import { Toolbar } from '../../frame/page.js'
import { ImportDialog } from '../../imports/import-dialog.js'
import { Button, IconButton } from '../../kit/button.js'
import { ConfirmDialog } from '../../kit/confirm-dialog.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { Pill } from '../../kit/pill.js'
import { Select } from '../../kit/select.js'
import { Table, type Column } from '../../kit/table.js'
import { SearchInput } from '../../kit/text-input.js'
import { Time } from '../../kit/time.js'
import { toast } from '../../kit/toast.js'
import { useUrlChoice, useUrlReset, useUrlValue } from '../../url.js'
import { Section } from './section.js'
import { SuppressDialog } from './suppress-dialog.js'

const REASONS = ['all', 'hard_bounce', 'complaint', 'manual'] as const
const TONE = { hard_bounce: 'amber', complaint: 'red', manual: 'grey' } as const

/** /settings/suppressions: addresses that are not written to, by what is in the address of the page. */
export default function SuppressionsPage() {
  const { t } = useTranslation()
  const [search, setSearch] = useUrlValue('q')
  const [channel, setChannel] = useUrlChoice('channel', ['all', ...CHANNELS], 'all')
  const [reason, setReason] = useUrlChoice('reason', REASONS, 'all')
  const reset = useUrlReset()
  const mayWrite = useMay('write')
  const [adding, setAdding] = useState(false)
  const [importing, setImporting] = useUrlValue('import')
  const [removing, setRemoving] = useState<Suppression>()
  const q = useDeferredValue(search.trim())
  const asked = (choice: string): string | undefined => (choice === 'all' ? undefined : choice)
  const list = useSuppressions({ q: q === '' ? undefined : q, channel: asked(channel), reason: asked(reason) })
  const columns = useColumns(mayWrite, setRemoving)
  const filtered = q !== '' || channel !== 'all' || reason !== 'all'
  const actions = (
    <>
      <IconButton
        label={t('consent:suppressions.export')}
        icon={IconDownload}
        onClick={() => window.location.assign(urlOf('/suppressions/export'))}
      />
      {mayWrite && (
        <>
          <Button icon={IconUpload} compact onClick={() => setImporting('yes')}>
            {t('imports:open')}
          </Button>
          <Button variant="primary" icon={IconPlus} compact onClick={() => setAdding(true)}>
            {t('consent:suppressions.add')}
          </Button>
        </>
      )}
    </>
  )
  return (
    <Section name="suppressions" actions={actions}>
      <Toolbar>
        <SearchInput label={t('consent:suppressions.search')} value={search} onChange={setSearch} className="w-72 max-sm:w-full" />
        <Select
          label={t('consent:channel.label')}
          value={channel}
          onChange={setChannel}
          className="w-44 max-sm:w-full"
          options={(['all', ...CHANNELS] as const).map((value) => ({ value, label: t(`consent:channel.${value}`) }))}
        />
        <Select
          label={t('consent:suppressions.reason')}
          value={reason}
          onChange={setReason}
          className="w-44 max-sm:w-full"
          options={REASONS.map((value) => ({ value, label: t(`consent:suppressions.reasons.${value}`) }))}
        />
      </Toolbar>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length === 0 ? (
        filtered ? (
          <EmptyState
            title={t('consent:suppressions.noneFound')}
            action={<Button onClick={reset}>{t('consent:suppressions.showAll')}</Button>}
          />
        ) : (
          <EmptyState icon={IconMailOff} title={t('consent:suppressions.empty')}>
            {t('consent:suppressions.emptyText')}
          </EmptyState>
        )
      ) : (
        <Table
          label={t('settings:section.suppressions')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      )}
      {importing !== '' && mayWrite && <ImportDialog of="suppressions" onClose={() => setImporting('')} />}
      {adding && <SuppressDialog onClose={() => setAdding(false)} />}
      {removing && <Remove suppression={removing} onClose={() => setRemoving(undefined)} />}
    </Section>
  )
}

function useColumns(mayWrite: boolean, onRemove: (suppression: Suppression) => void): Column<Suppression>[] {
  const { t } = useTranslation()
  const remove: Column<Suppression> = {
    key: 'remove',
    label: t('consent:suppressions.remove'),
    hiddenLabel: true,
    width: '56px',
    phone: 'corner',
    cell: (suppression) => (
      <IconButton
        label={t('consent:suppressions.removeOne', { address: suppression.address })}
        icon={IconTrash}
        iconSize={16}
        onClick={() => onRemove(suppression)}
      />
    ),
  }
  return [
    {
      key: 'address',
      label: t('consent:suppressions.address'),
      cell: ({ address }) => (
        <span className="block truncate font-medium max-sm:pr-10 max-sm:break-words max-sm:whitespace-normal">{address}</span>
      ),
    },
    { key: 'channel', label: t('consent:channel.label'), width: '112px', cell: ({ channel }) => t(`consent:channel.${channel}`) },
    {
      key: 'reason',
      label: t('consent:suppressions.reason'),
      width: '168px',
      cell: ({ reason }) => <Pill tone={TONE[reason]}>{t(`consent:suppressions.reasons.${reason}`)}</Pill>,
    },
    {
      key: 'source',
      label: t('consent:suppressions.source'),
      width: '200px',
      cell: ({ source }) => <span className="block truncate text-muted">{source}</span>,
    },
    { key: 'at', label: t('consent:at'), width: '112px', number: true, cell: ({ at }) => <Time at={at} /> },
    ...(mayWrite ? [remove] : []),
  ]
}

function Remove({ suppression: { id, address, reason }, onClose }: { suppression: Suppression; onClose(): void }) {
  const { t } = useTranslation()
  const remove = useUnsuppress()
  const done = (): void => {
    toast.done(t('consent:suppressions.removed', { address }))
    onClose()
  }
  return (
    <ConfirmDialog
      open
      danger={reason !== 'manual'}
      onClose={onClose}
      title={t('consent:suppressions.removeTitle', { address })}
      description={t(`consent:suppressions.removeText.${reason}`)}
      action={t('consent:suppressions.removeAction')}
      onConfirm={() => remove.mutate(id, { onSuccess: done })}
      busy={remove.isPending}
      error={remove.error?.message}
    />
  )
}
