import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSandboxMessages, type TimelineEntry } from '../api/members.js'
import { Button } from '../kit/button.js'
import { CopyId } from '../kit/copy-id.js'
import { Facts } from '../kit/card.js'
import { Rendered } from './rendered.js'

/** A delivery, unfolded on demand: how it went, what the vendor calls it, and its content where the sandbox has it. */
export function Delivery({ entry, customerId, memberId }: { entry: TimelineEntry; customerId: string; memberId: string }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const messages = useSandboxMessages(customerId, open)
  const { delivery, tileId, visit } = entry
  if (!delivery) return null
  // A tile that is visited again sends again: the oldest is that of the first visit.
  const own = (messages.data ?? []).filter((message) => message.memberId === memberId && message.tileId === tileId).reverse()
  const message = own[visit - 1] ?? (own.length === 1 ? own[0] : undefined)
  return (
    <div className="mt-0.5">
      <Button
        size="s"
        variant="quiet"
        icon={open ? IconChevronDown : IconChevronRight}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="-ml-2"
      >
        {t('members:delivery.show')}
      </Button>
      {open && (
        <div className="flex flex-col gap-3 rounded-input border border-line bg-bg p-3">
          <Facts
            facts={[
              { name: t('members:delivery.action'), value: delivery.action.replaceAll('_', ' ') },
              { name: t('members:delivery.state'), value: delivery.state },
              { name: t('members:delivery.attempts'), value: delivery.attempts },
              {
                name: t('members:delivery.vendor'),
                value: delivery.vendorId === null ? t('members:delivery.noAnswer') : <CopyId id={delivery.vendorId} />,
              },
              { name: t('members:delivery.key'), value: <CopyId id={delivery.key} /> },
            ]}
          />
          {message ? (
            <Rendered fields={message.fields} />
          ) : (
            !messages.isPending && <p className="text-label text-muted">{t('members:delivery.elsewhere')}</p>
          )}
        </div>
      )}
    </div>
  )
}
