import { useDeferredValue } from 'react'
import { useTranslation } from 'react-i18next'
import { useAuditLog, type AuditEntry } from '../../api/admin.js'
import { Toolbar } from '../../frame/page.js'
import { Button } from '../../kit/button.js'
import { Facts } from '../../kit/card.js'
import { Code, Json } from '../../kit/code.js'
import { CopyId } from '../../kit/copy-id.js'
import { Drawer } from '../../kit/dialog.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { INPUT } from '../../kit/field.js'
import { LoadMore } from '../../kit/load-more.js'
import { Select } from '../../kit/select.js'
import { Table, type Column } from '../../kit/table.js'
import { SearchInput } from '../../kit/text-input.js'
import { Time } from '../../kit/time.js'
import { useUrlChoice, useUrlReset, useUrlValue } from '../../url.js'
import { dayBegins } from './days.js'
import { Section } from './section.js'

const KINDS = [
  'all',
  'journey',
  'member',
  'audience',
  'customer',
  'destination',
  'secret',
  'topic',
  'suppression',
  'api-key',
  'user',
  'settings',
] as const

/** /settings/audit-log: who changed what, by what is in the address; `?entry` unfolds one. */
export default function AuditLogPage() {
  const { t } = useTranslation()
  const [action, setAction] = useUrlChoice('action', KINDS, 'all')
  const [actor, setActor] = useUrlValue('actor')
  const [target, setTarget] = useUrlValue('target')
  const [from, setFrom] = useUrlValue('from')
  const [to, setTo] = useUrlValue('to')
  const [open, setOpen] = useUrlValue('entry')
  const reset = useUrlReset()
  const asked = useDeferredValue(target.trim())
  const list = useAuditLog({
    action: action === 'all' ? undefined : action,
    actor,
    target: asked,
    from: dayBegins(from),
    to: dayBegins(to, 1),
  })
  const columns = useColumns()
  const entry = list.rows?.find(({ id }) => id === open)
  const filtered = action !== 'all' || [actor, target, from, to].some((value) => value !== '')
  return (
    <Section name="audit">
      <Toolbar>
        <SearchInput label={t('settings:audit.target')} value={target} onChange={setTarget} className="w-72 max-sm:w-full" />
        <Select
          label={t('settings:audit.kind')}
          value={action}
          onChange={setAction}
          className="w-44 max-sm:w-full"
          options={KINDS.map((value) => ({ value, label: t(`settings:audit.kinds.${value}`) }))}
        />
        <Day label={t('settings:audit.from')} value={from} onChange={setFrom} />
        <Day label={t('settings:audit.to')} value={to} onChange={setTo} />
        {actor !== '' && (
          <Button size="s" onClick={() => setActor('')}>
            {t('settings:audit.everybody', { actor: list.rows?.[0]?.actorName ?? actor })}
          </Button>
        )}
      </Toolbar>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length === 0 ? (
        <EmptyState
          title={t(filtered ? 'settings:audit.noneFound' : 'settings:audit.empty')}
          action={filtered && <Button onClick={reset}>{t('settings:audit.showAll')}</Button>}
        />
      ) : (
        <Table
          label={t('settings:section.audit')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          onOpen={({ id }) => setOpen(id)}
          selected={({ id }) => id === open}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      )}
      {entry && <EntryDrawer entry={entry} onClose={() => setOpen('')} onActor={() => setActor(entry.actor)} />}
    </Section>
  )
}

function Day({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
  return (
    <label className="flex items-center gap-2 text-table text-muted max-sm:w-full max-sm:justify-between">
      {label}
      <input type="date" value={value} onChange={({ target }) => onChange(target.value)} className={`${INPUT} h-8`} />
    </label>
  )
}

function useColumns(): Column<AuditEntry>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'action',
      label: t('settings:audit.action'),
      cell: ({ action }) => (
        <span className="block truncate">
          <Code text={action} />
        </span>
      ),
    },
    {
      key: 'actor',
      label: t('settings:audit.actor'),
      cell: ({ actor, actorName }) => <span className="block truncate">{actorName ?? actor}</span>,
    },
    {
      key: 'subject',
      label: t('settings:audit.subject'),
      cell: ({ subject }) => <span className="block truncate font-mono text-label">{subject}</span>,
    },
    { key: 'at', label: t('settings:audit.at'), width: '128px', number: true, cell: ({ at }) => <Time at={at} /> },
  ]
}

function EntryDrawer({ entry, onClose, onActor }: { entry: AuditEntry; onClose(): void; onActor(): void }) {
  const { t } = useTranslation()
  return (
    <Drawer open onClose={onClose} title={entry.action}>
      <div className="flex flex-col gap-4">
        <Facts
          facts={[
            { name: t('settings:audit.at'), value: <Time at={entry.at} exact /> },
            { name: t('settings:audit.actor'), value: entry.actorName ?? entry.actor },
            { name: t('settings:audit.actorId'), value: <CopyId id={entry.actor} /> },
            { name: t('settings:audit.subject'), value: <CopyId id={entry.subject} /> },
            ...(entry.requestId === null ? [] : [{ name: t('settings:audit.request'), value: <CopyId id={entry.requestId} /> }]),
          ]}
        />
        <Json value={entry.detail} />
        <div>
          <Button onClick={onActor}>{t('settings:audit.onlyActor', { actor: entry.actorName ?? entry.actor })}</Button>
        </div>
      </div>
    </Drawer>
  )
}
