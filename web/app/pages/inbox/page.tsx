import { IconBell, IconInbox, IconMail, IconMessage, IconMessageCircle } from '@tabler/icons-react'
import { useDeferredValue } from 'react'
import { useTranslation } from 'react-i18next'
import { useInbox, type SandboxMessage } from '../../api/events.js'
import { Page, Toolbar } from '../../frame/page.js'
import { Button } from '../../kit/button.js'
import { cx } from '../../kit/cx.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { SearchInput } from '../../kit/text-input.js'
import { Time } from '../../kit/time.js'
import { useUrlValue } from '../../url.js'
import { Message, subjectOf } from './message.js'

const ICONS: Record<string, typeof IconMail> = {
  send_email: IconMail,
  send_sms: IconMessage,
  send_push: IconBell,
  send_message: IconMessageCircle,
}

/** /inbox: what orchestrations sent into the sandbox, as its readers would see it. */
export default function InboxPage() {
  const { t } = useTranslation()
  const [customer, setCustomer] = useUrlValue('customer')
  const [open, setOpen] = useUrlValue('message')
  const list = useInbox(useDeferredValue(customer.trim()))
  const message = list.rows?.find(({ id }) => id === open)
  return (
    <Page title={t('inbox:title')}>
      <Toolbar>
        <SearchInput label={t('inbox:customer')} value={customer} onChange={setCustomer} className="w-80 max-sm:w-full" />
      </Toolbar>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : !list.rows ? (
        <SkeletonLines lines={8} label={t('inbox:title')} />
      ) : list.rows.length === 0 ? (
        customer === '' ? (
          <EmptyState icon={IconInbox} title={t('inbox:empty.title')}>
            {t('inbox:empty.text')}
          </EmptyState>
        ) : (
          <EmptyState
            title={t('inbox:noneFor', { customer })}
            action={<Button onClick={() => setCustomer('')}>{t('inbox:showAll')}</Button>}
          />
        )
      ) : (
        <div className="grid grid-cols-[minmax(280px,380px)_1fr] items-start gap-4 max-lg:grid-cols-1">
          <div className={cx('min-w-0 rounded-card border border-line bg-surface', message && 'max-lg:hidden')}>
            <ul aria-label={t('inbox:title')}>
              {list.rows.map((each) => (
                <Line key={each.id} message={each} open={each.id === open} onOpen={() => setOpen(each.id)} />
              ))}
            </ul>
            {list.hasMore && (
              <div className="flex justify-center border-t border-line p-2">
                <LoadMore list={list} />
              </div>
            )}
          </div>
          {message ? (
            <Message message={message} onBack={() => setOpen('')} />
          ) : (
            <div className="max-lg:hidden">
              <EmptyState icon={IconMail} title={t('inbox:choose')} />
            </div>
          )}
        </div>
      )}
    </Page>
  )
}

function Line({ message, open, onOpen }: { message: SandboxMessage; open: boolean; onOpen(): void }) {
  const { t } = useTranslation()
  const Glyph = ICONS[message.action] ?? IconMessage
  return (
    <li className="border-b border-line last:border-b-0">
      <button
        type="button"
        aria-current={open ? 'true' : undefined}
        onClick={onOpen}
        className={cx('flex w-full items-start gap-3 px-3 py-2.5 text-left -outline-offset-2!', open ? 'bg-accent-soft' : 'hover:bg-hover')}
      >
        <Glyph size={18} stroke={1.75} className="mt-0.5 shrink-0 text-muted" aria-hidden />
        <span className="min-w-0 flex-1">
          <span className="block truncate text-body font-medium">{subjectOf(message) ?? t('inbox:noSubject')}</span>
          <span className="block truncate text-label text-muted">
            {t('inbox:to')} {message.fields['to'] ?? message.customerId}
          </span>
        </span>
        <span className="shrink-0 text-label text-muted">
          <Time at={message.at} />
        </span>
      </button>
    </li>
  )
}
