import { IconEye, IconSend } from '@tabler/icons-react'
import { useContext, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCustomers } from '../../api/customers.js'
import { usePreview, useTestSend, type Previewed, type PreviewInput, type TestSent } from '../../api/previews.js'
import { SavedContext } from '../../editor/saved.js'
import { Button } from '../../kit/button.js'
import { Combobox } from '../../kit/combobox.js'
import { Field } from '../../kit/field.js'
import { TextInput } from '../../kit/text-input.js'

export interface PreviewProps {
  /** The tile's fields as they are now. */
  input: PreviewInput
  orchestrationId: string
  tileId: string
  /** The action has a recipient of its own to be told. */
  takesTo: boolean
  /** A test can be sent: there is a draft, and the person may. */
  canSend: boolean
}

/** What the tile would send to a customer, and a way to send it once as a test. */
export function Preview({ input, orchestrationId, tileId, takesTo, canSend }: PreviewProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [customerId, setCustomerId] = useState<string>()
  const [to, setTo] = useState('')
  const customers = useCustomers(search)
  const saved = useContext(SavedContext)
  const preview = usePreview()
  const send = useTestSend(orchestrationId, tileId)
  const customer = customerId === undefined ? {} : { customer: { id: customerId } }
  const options = (customers.rows ?? []).map(({ id, name, email }) => ({ value: id, label: name ?? id, hint: email ?? id }))
  const recipient = takesTo ? { to } : {}
  return (
    <section aria-label={t('inputs:preview.title')} className="flex min-w-0 flex-col gap-4">
      <h3 className="text-table font-semibold">{t('inputs:preview.title')}</h3>
      <Field label={t('inputs:preview.customer')} hint={t('inputs:preview.customerHint')} optional>
        <Combobox
          value={customerId}
          onChange={setCustomerId}
          onSearch={setSearch}
          loading={customers.rows === undefined}
          options={options}
          placeholder={t('inputs:preview.madeUp')}
          free
        />
      </Field>
      <Button
        icon={IconEye}
        className="self-start"
        busy={preview.isPending}
        onClick={() => preview.mutate({ ...input, ...customer, orchestrationId })}
      >
        {t('inputs:preview.show')}
      </Button>
      {preview.data && <Shown {...preview.data} />}
      {canSend && (
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
            onClick={() => send.mutate({ ...customer, ...recipient })}
          >
            {t('inputs:preview.send')}
          </Button>
          <p role="status" className="text-table break-words text-muted empty:hidden">
            {send.error ? send.error.message : send.data && <Sent {...send.data} />}
          </p>
        </>
      )}
    </section>
  )
}

function Shown({ rendered, problems }: Previewed) {
  const { t } = useTranslation()
  return (
    <dl aria-label={t('inputs:preview.shown')} className="flex min-w-0 flex-col gap-2 rounded-card border border-line p-3 text-table">
      {Object.entries(rendered).map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-label text-muted">{name}</dt>
          <dd className="max-h-40 overflow-y-auto break-words whitespace-pre-wrap">{value}</dd>
        </div>
      ))}
      {problems.map(({ field, message, path }) => (
        <div key={path} className="min-w-0">
          <dt className="text-label text-muted">{field}</dt>
          <dd className="break-words text-red">{message}</dd>
        </div>
      ))}
    </dl>
  )
}

function Sent({ sent, vendorId, error }: TestSent) {
  const { t } = useTranslation()
  return sent ? t('inputs:preview.sent', { id: vendorId ?? '–' }) : t('inputs:preview.notSent', { message: error?.message ?? '' })
}
