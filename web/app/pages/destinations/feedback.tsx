import { useTranslation } from 'react-i18next'
import type { Destination, DestinationType } from '../../api/destinations.js'
import { Card } from '../../kit/card.js'
import { CopyId } from '../../kit/copy-id.js'
import { Pill } from '../../kit/pill.js'

/** Where the vendor tells what becomes of messages, whether it is heard there, and what to set at the vendor. */
export function Feedback({ destination: { feedback }, vendor }: { destination: Destination; vendor: DestinationType }) {
  const { t } = useTranslation()
  if (feedback === undefined || vendor.feedback === undefined) return null
  const { url, ready, missing } = feedback
  return (
    <Card
      title={t('destinations:feedback.title')}
      hint={t('destinations:feedback.hint')}
      actions={<Pill tone={ready ? 'green' : 'grey'}>{t(ready ? 'destinations:feedback.ready' : 'destinations:feedback.off')}</Pill>}
    >
      <div className="flex max-w-xl flex-col gap-4">
        <div className="flex min-w-0 flex-col items-start gap-1">
          <h3 className="text-label font-medium">{t('destinations:feedback.address')}</h3>
          <CopyId id={url} className="text-table" />
          {missing !== undefined && <p className="text-table text-muted">{missing}</p>}
        </div>
        <ol aria-label={t('destinations:feedback.setup')} className="flex list-decimal flex-col gap-1 pl-5 text-table">
          {vendor.feedback.setup.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <div>
          <h3 className="text-label font-medium">{t('destinations:feedback.events')}</h3>
          <p className="font-mono text-label break-words text-muted">{vendor.feedback.events.join(', ')}</p>
          <a href={vendor.feedback.docs} target="_blank" rel="noreferrer" className="text-table text-accent underline">
            {t('destinations:about.docs')}
          </a>
        </div>
      </div>
    </Card>
  )
}
