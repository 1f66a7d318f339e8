import { IconArrowLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { at, get } from '../../api/client.js'
import type { SandboxMessage } from '../../api/events.js'
import type { Member } from '../../api/customers.js'
import { IconButton } from '../../kit/button.js'
import { Card, Facts } from '../../kit/card.js'
import { Json } from '../../kit/code.js'
import { CopyId } from '../../kit/copy-id.js'
import { HtmlPreview } from '../../kit/html-preview.js'
import { Tabs } from '../../kit/tabs.js'
import { Time } from '../../kit/time.js'
import { CustomerLink } from '../events/page.js'

/** The line that a message is known by: a subject, a title, or how its text begins. */
export function subjectOf({ fields }: SandboxMessage): string | undefined {
  return [fields['subject'], fields['title'], fields['body'], fields['text']].find((text) => text !== undefined && text.trim() !== '')
}

/** One message: whom it is to, where it comes from, and as its reader sees it. */
export function Message({ message, onBack }: { message: SandboxMessage; onBack(): void }) {
  const { t } = useTranslation()
  const { fields } = message
  const views = [
    fields['html'] !== undefined && {
      value: 'html',
      label: t('inbox:html'),
      content: <HtmlPreview html={fields['html']} title={t('inbox:html')} className="h-[60vh]" />,
    },
    (fields['text'] ?? fields['body']) !== undefined && {
      value: 'text',
      label: t('inbox:text'),
      content: <Plain text={fields['text'] ?? fields['body'] ?? ''} />,
    },
    { value: 'fields', label: t('inbox:fields'), content: <Json value={fields} /> },
  ].filter((view) => view !== false)
  const [chosen, setChosen] = useState<string>()
  const view = views.find(({ value }) => value === chosen) ?? views[0]!
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          <span className="lg:hidden">
            <IconButton label={t('inbox:back')} icon={IconArrowLeft} onClick={onBack} />
          </span>
          <span className="min-w-0 break-words">{subjectOf(message) ?? t('inbox:noSubject')}</span>
        </span>
      }
    >
      <div className="flex flex-col gap-4">
        <Facts
          facts={[
            ...(fields['to'] === undefined ? [] : [{ name: t('inbox:fact.to'), value: fields['to'] }]),
            ...(fields['replyTo'] === undefined ? [] : [{ name: t('inbox:fact.replyTo'), value: fields['replyTo'] }]),
            { name: t('inbox:fact.customer'), value: <CustomerLink id={message.customerId} /> },
            { name: t('inbox:fact.from'), value: <From message={message} /> },
            { name: t('inbox:fact.at'), value: <Time at={message.at} exact /> },
          ]}
        />
        <Tabs label={t('inbox:views')} value={view.value} onChange={setChosen} tabs={views} />
      </div>
    </Card>
  )
}

const Plain = ({ text }: { text: string }) => (
  <p className="rounded-input border border-line p-4 text-body break-words whitespace-pre-wrap">{text}</p>
)

/** The orchestration and tile that sent it, as a link to the member. A test send has no member. */
function From({ message: { memberId, tileId, customerId } }: { message: SandboxMessage }) {
  const { data } = useQuery({
    queryKey: ['customers', 'members', customerId, 'of', memberId],
    queryFn: ({ signal }) => get<{ data: Member[] }>(at`/customers/${customerId}/members`, { query: { limit: 200 }, signal }),
    select: ({ data: members }) => members.find(({ id }) => id === memberId),
    staleTime: 60_000,
  })
  if (!data) return <CopyId id={memberId} />
  return (
    <Link to={`/journeys/${data.orchestrationId}/members/${memberId}`} className="rounded-[4px] text-accent hover:underline">
      {tileId}
    </Link>
  )
}
