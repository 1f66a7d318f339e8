import { IconGauge, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Topic } from '../../../api/consent.js'
import { useDeleteFrequencyCap, useFrequencyCaps, type FrequencyCap } from '../../../api/frequency-caps.js'
import { useMay } from '../../../api/me.js'
import { useAll } from '../../../api/query.js'
import { durationWords } from '../../../canvas/words/time.js'
import { Button, IconButton } from '../../../kit/button.js'
import { Card } from '../../../kit/card.js'
import { EmptyState } from '../../../kit/empty-state.js'
import { ErrorState } from '../../../kit/error-state.js'
import { LoadMore } from '../../../kit/load-more.js'
import { Table, type Column } from '../../../kit/table.js'
import { toast } from '../../../kit/toast.js'
import { DeleteDialog } from '../../parts/delete-dialog.js'
import { CapDialog } from './cap-dialog.js'

type Open = { what: 'new' } | { what: 'change' | 'delete'; cap: FrequencyCap }

/** How many messages a customer gets at the most. */
export function Caps() {
  const { t } = useTranslation()
  const list = useFrequencyCaps()
  const mayAdmin = useMay('admin')
  const [open, setOpen] = useState<Open>()
  const columns = useColumns(mayAdmin, setOpen)
  const close = (): void => setOpen(undefined)
  const create = mayAdmin && (
    <Button icon={IconPlus} onClick={() => setOpen({ what: 'new' })}>
      {t('settings:limits.caps.new')}
    </Button>
  )
  const empty = list.rows?.length === 0
  return (
    <Card title={t('settings:limits.caps.title')} hint={t('settings:limits.caps.hint')} actions={empty ? undefined : create} flush>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : empty ? (
        <EmptyState icon={IconGauge} title={t('settings:limits.caps.empty')} action={create}>
          {t('settings:limits.caps.emptyText')}
        </EmptyState>
      ) : (
        <Table
          label={t('settings:limits.caps.title')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      )}
      {open?.what === 'new' && <CapDialog onClose={close} />}
      {open?.what === 'change' && <CapDialog cap={open.cap} onClose={close} />}
      {open?.what === 'delete' && <Delete cap={open.cap} onClose={close} />}
    </Card>
  )
}

function useColumns(mayAdmin: boolean, onOpen: (open: Open) => void): Column<FrequencyCap>[] {
  const { t, i18n } = useTranslation()
  const topics = useAll<Topic>('topics').data ?? []
  const say = { t: (key: string, values?: Record<string, unknown>) => t(key, values ?? {}), locale: i18n.language, names: {} }
  const about = ({ channel, topic }: FrequencyCap): string =>
    topic !== null
      ? t('settings:limits.caps.aboutTopic', { topic: topics.find(({ id }) => id === topic)?.name ?? topic })
      : channel !== null
        ? t(`consent:channel.${channel}`)
        : t('settings:limits.caps.all')
  const actions: Column<FrequencyCap> = {
    key: 'actions',
    label: t('settings:limits.caps.actions'),
    hiddenLabel: true,
    width: '88px',
    phone: 'corner',
    cell: (cap) => (
      <span className="flex justify-end">
        <IconButton
          label={t('settings:limits.caps.changeOne', { name: cap.name })}
          icon={IconPencil}
          iconSize={16}
          onClick={() => onOpen({ what: 'change', cap })}
        />
        <IconButton
          label={t('settings:limits.caps.deleteOne', { name: cap.name })}
          icon={IconTrash}
          iconSize={16}
          onClick={() => onOpen({ what: 'delete', cap })}
        />
      </span>
    ),
  }
  return [
    {
      key: 'name',
      label: t('settings:limits.caps.name'),
      cell: ({ name }) => (
        <span className="block truncate text-body font-medium max-sm:pr-20 max-sm:break-words max-sm:whitespace-normal">{name}</span>
      ),
    },
    {
      key: 'most',
      label: t('settings:limits.caps.most'),
      width: '220px',
      cell: ({ most, per }) => t('settings:limits.caps.per', { count: most, window: durationWords(per, say) }),
    },
    { key: 'about', label: t('settings:limits.caps.about'), width: '200px', cell: about },
    {
      key: 'otherwise',
      label: t('settings:limits.caps.otherwise'),
      width: '160px',
      cell: ({ otherwise }) => t(`inputs:otherwise.${otherwise}`),
    },
    ...(mayAdmin ? [actions] : []),
  ]
}

function Delete({ cap: { id, name }, onClose }: { cap: FrequencyCap; onClose(): void }) {
  const { t } = useTranslation()
  const remove = useDeleteFrequencyCap()
  const done = (): void => {
    toast.done(t('settings:limits.caps.deleted', { name }))
    onClose()
  }
  return (
    <DeleteDialog
      title={t('settings:limits.caps.deleteTitle', { name })}
      description={t('settings:limits.caps.deleteText')}
      action={t('settings:limits.caps.deleteAction')}
      onConfirm={() => remove.mutate(id, { onSuccess: done })}
      onClose={onClose}
      busy={remove.isPending}
      error={remove.error}
    />
  )
}
