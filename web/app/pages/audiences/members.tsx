import { IconUserMinus, IconUsers } from '@tabler/icons-react'
import { useDeferredValue } from 'react'
import { useTranslation } from 'react-i18next'
import { useAudienceMembers, useChangeMembers, type Audience, type AudienceMember } from '../../api/audiences.js'
import { Button, IconButton } from '../../kit/button.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ABOVE_ROW, type Column } from '../../kit/table.js'
import { Time } from '../../kit/time.js'
import { toast } from '../../kit/toast.js'
import { useUrlValue } from '../../url.js'
import { CustomerTable } from '../customers/customer-table.js'

export interface MembersProps {
  audience: Audience
  mayWrite: boolean
  onAdd(): void
}

/** Who is in an audience; of a list, each with a button that takes them out. */
export function Members({ audience, mayWrite, onAdd }: MembersProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useUrlValue('search')
  const list = useAudienceMembers(audience.id, useDeferredValue(search.trim()))
  const columns = useColumns(audience, mayWrite)
  const isList = audience.kind === 'list'
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <CustomerTable
        label={t('audiences:members.label')}
        search={search}
        onSearch={setSearch}
        list={list}
        columns={columns}
        empty={
          <EmptyState
            icon={IconUsers}
            title={t('audiences:members.empty')}
            action={isList && mayWrite && <Button onClick={onAdd}>{t('audiences:add.open')}</Button>}
          >
            {t(isList ? 'audiences:members.emptyList' : 'audiences:members.emptyCondition')}
          </EmptyState>
        }
      />
    </div>
  )
}

function useColumns(audience: Audience, mayWrite: boolean): Column<AudienceMember>[] {
  const { t } = useTranslation()
  const takeOut: Column<AudienceMember> = {
    key: 'remove',
    label: t('audiences:members.remove'),
    hiddenLabel: true,
    width: '56px',
    phone: 'corner',
    cell: ({ id }) => <TakeOut audience={audience} customerId={id} />,
  }
  return [
    {
      key: 'since',
      label: t('audiences:members.since'),
      width: '120px',
      number: true,
      cell: ({ since }) => (since === undefined ? '–' : <Time at={since} />),
    },
    ...(audience.kind === 'list' && mayWrite ? [takeOut] : []),
  ]
}

function TakeOut({ audience, customerId }: { audience: Audience; customerId: string }) {
  const { t } = useTranslation()
  const change = useChangeMembers(audience.id)
  const names = { id: customerId, name: audience.name }
  // The row is gone before the answer is shown: promises outlive it, callbacks of the mutation do not.
  const send = (body: { add?: string[]; remove?: string[] }, done?: () => void): void =>
    void change.mutateAsync(body).then(done, (error: Error) => toast.failed(error.message))
  const undo = (): void => send({ add: [customerId] })
  const done = (): void =>
    toast.done(t('audiences:members.removed', names), { action: { label: t('audiences:members.undo'), onSelect: undo } })
  return (
    <span className={ABOVE_ROW}>
      <IconButton
        label={t('audiences:members.removeOne', { id: customerId })}
        icon={IconUserMinus}
        iconSize={16}
        disabled={change.isPending}
        onClick={() => send({ remove: [customerId] }, done)}
      />
    </span>
  )
}
