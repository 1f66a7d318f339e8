import { IconMessageCircle, IconPencil, IconPlus, IconTrash, IconUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDeleteTopic, useTopics, type Topic } from '../../api/consent.js'
import { useMay } from '../../api/me.js'
import { useUses } from '../../api/used-by.js'
import { ImportDialog } from '../../imports/import-dialog.js'
import { Button, IconButton } from '../../kit/button.js'
import { CopyId } from '../../kit/copy-id.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { Table, type Column } from '../../kit/table.js'
import { toast } from '../../kit/toast.js'
import { DeleteDialog } from '../parts/delete-dialog.js'
import { useUrlValue } from '../../url.js'
import { useUsesColumn } from '../parts/uses.js'
import { Section } from './section.js'
import { TopicDialog } from './topic-dialog.js'

type Open = { what: 'new' } | { what: 'change' | 'delete'; topic: Topic }

/** /settings/topics: what messages are about, for customers to say yes or no to. */
export default function TopicsPage() {
  const { t } = useTranslation()
  const list = useTopics()
  const mayWrite = useMay('write')
  const [open, setOpen] = useState<Open>()
  const [importing, setImporting] = useUrlValue('import')
  const useOf = useUses('topics', list.rows?.map(({ id }) => id) ?? [])
  const uses = useUsesColumn<Topic>(useOf)
  const columns = useColumns(uses, mayWrite, setOpen)
  const close = (): void => setOpen(undefined)
  const create = (compact: boolean) =>
    mayWrite && (
      <Button variant="primary" icon={IconPlus} compact={compact} onClick={() => setOpen({ what: 'new' })}>
        {t('consent:topics.new')}
      </Button>
    )
  const actions = mayWrite && (
    <>
      <Button icon={IconUpload} compact onClick={() => setImporting('yes')}>
        {t('consent:topics.import')}
      </Button>
      {create(true)}
    </>
  )
  return (
    <Section name="topics" actions={actions}>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length === 0 ? (
        <EmptyState icon={IconMessageCircle} title={t('consent:topics.empty')} action={create(false)}>
          {t('consent:topics.emptyText')}
        </EmptyState>
      ) : (
        <Table
          label={t('settings:section.topics')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      )}
      {importing !== '' && mayWrite && <ImportDialog of="subscriptions" onClose={() => setImporting('')} />}
      {open?.what === 'new' && <TopicDialog onClose={close} />}
      {open?.what === 'change' && <TopicDialog topic={open.topic} onClose={close} />}
      {open?.what === 'delete' && <Delete topic={open.topic} onClose={close} />}
    </Section>
  )
}

function useColumns(uses: Column<Topic>, mayWrite: boolean, onOpen: (open: Open) => void): Column<Topic>[] {
  const { t } = useTranslation()
  const actions: Column<Topic> = {
    key: 'actions',
    label: t('consent:topics.actions'),
    hiddenLabel: true,
    width: '88px',
    phone: 'corner',
    cell: (topic) => (
      <span className="flex justify-end">
        <IconButton
          label={t('consent:topics.changeOne', { name: topic.name })}
          icon={IconPencil}
          iconSize={16}
          onClick={() => onOpen({ what: 'change', topic })}
        />
        <IconButton
          label={t('consent:topics.deleteOne', { name: topic.name })}
          icon={IconTrash}
          iconSize={16}
          onClick={() => onOpen({ what: 'delete', topic })}
        />
      </span>
    ),
  }
  return [
    {
      key: 'name',
      label: t('consent:topics.name'),
      cell: ({ name, description }) => (
        <>
          <span className="block truncate text-body font-medium max-sm:pr-20 max-sm:break-words max-sm:whitespace-normal">{name}</span>
          {description !== '' && <span className="line-clamp-2 text-label text-muted">{description}</span>}
        </>
      ),
    },
    {
      key: 'consent',
      label: t('consent:topics.consent'),
      width: '200px',
      cell: ({ optIn }) => t(optIn ? 'consent:topics.asked' : 'consent:topics.assumed'),
    },
    { key: 'id', label: t('consent:topics.id'), width: '220px', phone: 'hidden', cell: ({ id }) => <CopyId id={id} /> },
    uses,
    ...(mayWrite ? [actions] : []),
  ]
}

function Delete({ topic: { id, name }, onClose }: { topic: Topic; onClose(): void }) {
  const { t } = useTranslation()
  const remove = useDeleteTopic()
  const done = (): void => {
    toast.done(t('consent:topics.deleted', { name }))
    onClose()
  }
  return (
    <DeleteDialog
      title={t('consent:topics.deleteTitle', { name })}
      description={t('consent:topics.deleteText')}
      action={t('consent:topics.deleteAction')}
      onConfirm={() => remove.mutate(id, { onSuccess: done })}
      onClose={onClose}
      busy={remove.isPending}
      error={remove.error}
    />
  )
}
