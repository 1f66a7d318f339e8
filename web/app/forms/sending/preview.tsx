import { IconEye, IconRefresh, IconSend } from '@tabler/icons-react'
import { useContext, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCustomers } from '../../api/customers.js'
import { useTestSend, type TestSent } from '../../api/previews.js'
import { SavedContext } from '../../editor/saved.js'
import { Button } from '../../kit/button.js'
import { Combobox } from '../../kit/combobox.js'
import { cx } from '../../kit/cx.js'
import { Field } from '../../kit/field.js'
import { TextInput } from '../../kit/text-input.js'
import type { LivePreview } from './use-live-preview.js'

export interface PreviewProps {
  preview: LivePreview
  /** What the form calls a field. */
  titleOf(field: string): string
  orchestrationId: string
  tileId: string
  /** The action has a recipient of its own to be told. */
  takesTo: boolean
  /** A test can be sent: there is a draft, and the person may. */
  canSend: boolean
}

/** What the tile would send to a customer, and a way to send it once as a test. */
export function Preview({ preview, titleOf, orchestrationId, tileId, takesTo, canSend }: PreviewProps) {
  const { t } = useTranslation()
  const { customer } = preview
  return (
    <section aria-label={t('inputs:preview.title')} className="flex min-w-0 flex-col gap-4">
      <h3 className="text-table font-semibold">{t('inputs:preview.title')}</h3>
      <CustomerField preview={preview} />
      {preview.asked ? (
        <Shown preview={preview} titleOf={titleOf} />
      ) : (
        <Button icon={IconEye} className="self-start" onClick={preview.ask}>
          {t('inputs:preview.show')}
        </Button>
      )}
      {canSend && <TestSend {...{ customer, orchestrationId, tileId, takesTo }} />}
    </section>
  )
}

/** Whom a preview is for. */
export function CustomerField({ preview }: Pick<PreviewProps, 'preview'>) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const customers = useCustomers(search)
  const { customer } = preview
  const found = (customers.rows ?? []).map(({ id, name, email }) => ({ value: id, label: name ?? id, hint: email ?? id }))
  // Whoever was chosen is not always among those that are found now.
  const options =
    !customer || found.some(({ value }) => value === customer.id) ? found : [...found, { value: customer.id, label: customer.label }]
  const choose = (id: string): void => preview.setCustomer({ id, label: found.find(({ value }) => value === id)?.label ?? id })
  return (
    <Field label={t('inputs:preview.customer')} hint={t('inputs:preview.customerHint')} optional>
      <Combobox
        value={customer?.id}
        onChange={choose}
        onSearch={setSearch}
        loading={customers.rows === undefined}
        options={options}
        placeholder={t('inputs:preview.madeUp')}
        free
      />
    </Field>
  )
}

/** What was rendered, and whether that is what stands in the form now. */
function Shown({ preview: { shown, current, customer, error, ask }, titleOf }: Pick<PreviewProps, 'preview' | 'titleOf'>) {
  const { t } = useTranslation()
  if (error)
    return (
      <div role="alert" className="flex flex-col items-start gap-2 text-table">
        <p className="break-words text-red">{t('inputs:preview.failed', { message: error.message })}</p>
        <Button size="s" icon={IconRefresh} onClick={ask}>
          {t('inputs:preview.again')}
        </Button>
      </div>
    )
  const known = shown?.customer.known !== false || customer === undefined
  const names = { customer: customer?.label ?? t('inputs:preview.nobody') }
  const state = !shown
    ? t('inputs:preview.working')
    : !current
      ? t('inputs:preview.stale')
      : t(known ? 'inputs:preview.for' : 'inputs:preview.unknown', names)
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <p role="status" className={cx('text-label break-words', shown && !current ? 'text-amber' : 'text-muted')}>
        {state}
      </p>
      {shown && (
        <div
          role="group"
          aria-label={t('inputs:preview.shown')}
          aria-busy={!current}
          className={cx(
            'flex min-w-0 flex-col gap-3 rounded-card border p-3 text-table',
            current ? 'border-line' : 'border-dashed border-edge opacity-40',
          )}
        >
          <Missing problems={shown.problems} titleOf={titleOf} />
          <dl className="flex min-w-0 flex-col gap-2 empty:hidden">
            {Object.entries(shown.rendered).map(([name, value]) => (
              <div key={name} className="min-w-0">
                <dt className="text-label text-muted">{titleOf(name)}</dt>
                <dd className="max-h-40 overflow-y-auto break-words whitespace-pre-wrap">{value}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </div>
  )
}

function Missing({
  problems,
  titleOf,
}: { problems: readonly { field: string; path: string; message: string }[] } & Pick<PreviewProps, 'titleOf'>) {
  const { t } = useTranslation()
  if (problems.length === 0) return null
  return (
    <div className="min-w-0">
      <p className="font-medium text-red">{t('inputs:preview.missing', { count: problems.length })}</p>
      <ul className="flex flex-col gap-1">
        {problems.map(({ field, path, message }) => (
          <li key={path} className="break-words">
            <span className="text-label text-muted">{titleOf(field)}: </span>
            {message}
          </li>
        ))}
      </ul>
    </div>
  )
}

type TestSendProps = Pick<PreviewProps, 'orchestrationId' | 'tileId' | 'takesTo'> & Pick<LivePreview, 'customer'>

function TestSend({ customer, orchestrationId, tileId, takesTo }: TestSendProps) {
  const { t } = useTranslation()
  const [to, setTo] = useState('')
  const saved = useContext(SavedContext)
  const send = useTestSend(orchestrationId, tileId)
  const input = { ...(customer && { customer: { id: customer.id } }), ...(takesTo && { to }) }
  return (
    <>
      {takesTo && (
        <Field label={t('inputs:preview.to')} hint={t('inputs:preview.toHint')}>
          <TextInput value={to} onChange={setTo} />
        </Field>
      )}
      <Button
        icon={IconSend}
        className="self-start"
        busy={send.isPending}
        disabled={!saved || (takesTo && to.trim() === '')}
        onClick={() => send.mutate(input)}
      >
        {t('inputs:preview.send')}
      </Button>
      <p role="status" className="text-table break-words text-muted empty:hidden">
        {send.error ? send.error.message : send.data && <Sent {...send.data} />}
      </p>
    </>
  )
}

function Sent({ sent, vendorId, error }: TestSent) {
  const { t } = useTranslation()
  return sent ? t('inputs:preview.sent', { id: vendorId ?? '–' }) : t('inputs:preview.notSent', { message: error?.message ?? '' })
}
