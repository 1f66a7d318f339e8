import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TimelineEntry } from '../api/members.js'
import { Button } from '../kit/button.js'
import { Json } from '../kit/code.js'
import { CopyId } from '../kit/copy-id.js'
import { Facts } from '../kit/card.js'
import { Time } from '../kit/time.js'
import { Rendered } from './rendered.js'

/** A delivery, unfolded on demand: how it went, what the vendor answered, and its content where that is kept. */
export function Delivery({ delivery }: { delivery: NonNullable<TimelineEntry['delivery']> }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const { action, state, attempts, vendorId, key, answer, rendered, nextRetryAt, error } = delivery
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
              { name: t('members:delivery.action'), value: action.replaceAll('_', ' ') },
              { name: t('members:delivery.state'), value: state },
              { name: t('members:delivery.attempts'), value: attempts },
              ...(nextRetryAt ? [{ name: t('monitor:errors.next'), value: <Time at={nextRetryAt} /> }] : []),
              ...(error ? [{ name: t('members:delivery.error'), value: `${error.code}: ${error.message}` }] : []),
              { name: t('members:delivery.vendor'), value: vendorId ? <CopyId id={vendorId} /> : t('members:delivery.noAnswer') },
              { name: t('members:delivery.key'), value: <CopyId id={key} /> },
            ]}
          />
          {answer !== undefined && answer !== null && (
            <section>
              <h4 className="text-label text-muted">{t('members:delivery.answer')}</h4>
              <Json value={answer} />
            </section>
          )}
          {rendered ? <Rendered fields={rendered} /> : <p className="text-label text-muted">{t('members:delivery.elsewhere')}</p>}
        </div>
      )}
    </div>
  )
}
