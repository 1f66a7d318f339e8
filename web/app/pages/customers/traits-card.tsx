import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMergeTraits, type Customer } from '../../api/customers.js'
import { useMay } from '../../api/me.js'
import { Button, IconButton } from '../../kit/button.js'
import { Card } from '../../kit/card.js'
import { ConfirmDialog } from '../../kit/confirm-dialog.js'
import { Time } from '../../kit/time.js'
import { toast } from '../../kit/toast.js'
import { TraitDialog } from './trait-dialog.js'
import { textOf, typeOf } from './traits.js'

/** Traits of a customer by name, each with its type; one by one they are set and removed. */
export function TraitsCard({ customer, etag }: { customer: Customer; etag: string | undefined }) {
  const { t } = useTranslation()
  const [editing, setEditing] = useState<string>()
  const [removing, setRemoving] = useState<string>()
  const mayWrite = useMay('write')
  const names = Object.keys(customer.traits).sort((a, b) => a.localeCompare(b))
  return (
    <Card
      flush
      title={t('customers:traits.title')}
      actions={
        mayWrite && (
          <Button size="s" icon={IconPlus} onClick={() => setEditing('')}>
            {t('customers:traits.set')}
          </Button>
        )
      }
    >
      {names.length === 0 && <p className="p-4 text-table text-muted">{t('customers:traits.none')}</p>}
      <ul aria-label={t('customers:traits.title')}>
        {names.map((name) => (
          <li key={name} className="flex items-start gap-2 border-b border-line px-4 py-2 last:border-b-0">
            <div className="min-w-0 flex-1">
              <div className="flex items-baseline gap-2 text-label">
                <span className="min-w-0 truncate font-mono">{name}</span>
                <span className="shrink-0 text-muted">{t(`customers:type.${typeOf(customer.traits[name])}`)}</span>
              </div>
              <Value value={customer.traits[name]} />
            </div>
            {mayWrite && (
              <>
                <IconButton label={t('customers:traits.edit', { name })} icon={IconPencil} iconSize={16} onClick={() => setEditing(name)} />
                <IconButton
                  label={t('customers:traits.remove', { name })}
                  icon={IconTrash}
                  iconSize={16}
                  onClick={() => setRemoving(name)}
                />
              </>
            )}
          </li>
        ))}
      </ul>
      {editing !== undefined && <TraitDialog customer={customer} etag={etag} name={editing} onClose={() => setEditing(undefined)} />}
      {removing !== undefined && <RemoveDialog customer={customer} etag={etag} name={removing} onClose={() => setRemoving(undefined)} />}
    </Card>
  )
}

/** A value as people read it. */
export function Value({ value }: { value: unknown }) {
  const type = typeOf(value)
  if (type === 'json') return <span className="block font-mono text-label break-words">{textOf(value)}</span>
  return (
    <span className="block text-body break-words">
      {textOf(value)}
      {type === 'date' && (
        <span className="text-label text-muted">
          {' '}
          · <Time at={value as string} />
        </span>
      )}
    </span>
  )
}

function RemoveDialog({ customer, etag, name, onClose }: { customer: Customer; etag: string | undefined; name: string; onClose(): void }) {
  const { t } = useTranslation()
  const merge = useMergeTraits()
  const done = (): void => {
    toast.done(t('customers:traits.removed', { name }))
    onClose()
  }
  return (
    <ConfirmDialog
      open
      danger
      onClose={onClose}
      title={t('customers:traits.removeTitle', { name })}
      description={t('customers:traits.removeText')}
      action={t('customers:traits.removeAction')}
      busy={merge.isPending}
      error={merge.error?.message}
      onConfirm={() => merge.mutate({ id: customer.id, traits: { [name]: null }, etag }, { onSuccess: done })}
    />
  )
}
