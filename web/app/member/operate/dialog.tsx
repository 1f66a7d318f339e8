import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useBulk, useBulkCount, useOperate, type BulkInput, type OperatorAction } from '../../api/members.js'
import type { Doc, DocTile } from '../../canvas/doc/types.js'
import { typeWords } from '../../canvas/words/essence.js'
import { Banner } from '../../kit/banner.js'
import { Combobox } from '../../kit/combobox.js'
import { ConfirmDialog } from '../../kit/confirm-dialog.js'
import { Field } from '../../kit/field.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'
import { JobDialog } from './job-dialog.js'

/** Whom something is done to: one member, or all that a filter names. */
export type Target = { memberId: string; customerId: string } | { filter: BulkInput['filter'] }

export interface OperateDialogProps {
  journeyId: string
  action: OperatorAction
  target: Target
  /** The canvas with the tiles that members can be moved to. */
  doc: Doc
  onClose(): void
}

/** Says what retry, skip, move or exit will do and to how many, asks where to and why, and does it. */
export function OperateDialog(props: OperateDialogProps) {
  const [job, setJob] = useState<string>()
  const { target } = props
  if (job !== undefined) return <JobDialog id={job} kind={props.action} onClose={props.onClose} />
  return 'filter' in target ? <Many {...props} filter={target.filter} onJob={setJob} /> : <One {...props} {...target} />
}

function One({ journeyId, action, memberId, customerId, doc, onClose }: OperateDialogProps & Extract<Target, { memberId: string }>) {
  const { t } = useTranslation()
  const operate = useOperate()
  const [to, setTo] = useState<string>()
  const [reason, setReason] = useState('')
  const done = (): void => {
    toast.done(t(`member:operate.${action}.doneOne`, { customer: customerId }))
    onClose()
  }
  return (
    <ConfirmDialog
      open
      width="m"
      onClose={onClose}
      title={t(`member:operate.${action}.titleOne`, { customer: customerId })}
      description={t(`member:operate.${action}.text`)}
      action={t(`member:operate.${action}.action`)}
      danger={action === 'exit'}
      busy={operate.isPending}
      error={operate.error?.message}
      onConfirm={() => {
        if (action !== 'move' || to !== undefined)
          operate.mutate({ journeyId, memberId, action, to, reason: reason.trim() }, { onSuccess: done })
      }}
    >
      {action === 'move' && <Where doc={doc} to={to} onChange={setTo} />}
      <Field
        label={t('member:operate.reason')}
        optional
        hint={t(action === 'exit' ? 'member:operate.reasonExit' : 'member:operate.reasonHint')}
      >
        <TextInput value={reason} onChange={setReason} maxLength={500} />
      </Field>
    </ConfirmDialog>
  )
}

function Many({
  journeyId,
  action,
  filter,
  doc,
  onClose,
  onJob,
}: OperateDialogProps & { filter: BulkInput['filter']; onJob(id: string): void }) {
  const { t } = useTranslation()
  const [to, setTo] = useState<string>()
  const [reason, setReason] = useState('')
  const [asked, setAsked] = useState(false)
  const counted = useBulkCount(journeyId, { filter, action, to })
  const bulk = useBulk(journeyId)
  const count = counted.data
  const submit = (): void => {
    setAsked(true)
    if (reason.trim() === '' || !count || (action === 'move' && to === undefined)) return
    const input = action === 'move' ? { filter, action, to: to!, reason: reason.trim() } : { filter, action, reason: reason.trim() }
    bulk.mutate(input, { onSuccess: ({ jobId }) => onJob(jobId) })
  }
  return (
    <ConfirmDialog
      open
      width="m"
      onClose={onClose}
      title={t(`member:operate.${action}.titleMany`)}
      description={t(`member:operate.${action}.text`)}
      action={count === undefined ? t(`member:operate.${action}.action`) : t(`member:operate.${action}.actionMany`, { count })}
      danger={action === 'exit'}
      busy={bulk.isPending}
      error={bulk.error?.message ?? counted.error?.message}
      onConfirm={submit}
    >
      {action === 'move' && <Where doc={doc} to={to} onChange={setTo} missing={asked && to === undefined} />}
      <p className="text-body" role="status">
        {count === undefined
          ? t(action === 'move' && to === undefined ? 'member:operate.chooseFirst' : 'member:operate.counting')
          : t(`member:operate.${action}.count`, { count })}
      </p>
      <Field
        label={t('member:operate.reason')}
        hint={t(action === 'exit' ? 'member:operate.reasonExit' : 'member:operate.reasonHint')}
        error={asked && reason.trim() === '' ? t('member:operate.noReason') : undefined}
      >
        <TextInput value={reason} onChange={setReason} maxLength={500} />
      </Field>
      {count === 0 && <Banner>{t('member:operate.nobody')}</Banner>}
    </ConfirmDialog>
  )
}

/** A tile to move to: any but the entry. */
function Where({
  doc,
  to,
  onChange,
  missing = false,
}: {
  doc: Doc
  to: string | undefined
  onChange(to: string): void
  missing?: boolean
}) {
  const { t } = useTranslation()
  const label = (tile: DocTile): string => tile.name || `${typeWords(tile.type, { t })} (${tile.id})`
  return (
    <Field label={t('member:operate.to')} error={missing ? t('member:operate.noTile') : undefined}>
      <Combobox
        value={to}
        onChange={onChange}
        options={doc.tiles
          .filter(({ type }) => type !== 'entry')
          .map((tile) => ({ value: tile.id, label: label(tile), hint: typeWords(tile.type, { t }) }))}
      />
    </Field>
  )
}
