import { IconDots, IconExternalLink } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { useJourney } from '../api/journeys.js'
import { useMember, useTimeline, type Member, type OperatorAction, type TimelineEntry } from '../api/members.js'
import type { Doc } from '../canvas/doc/types.js'
import { useSay } from '../editor/use-say.js'
import { Banner } from '../kit/banner.js'
import { Button, buttonClass, IconButton } from '../kit/button.js'
import { Facts } from '../kit/card.js'
import { CopyId } from '../kit/copy-id.js'
import { ErrorState } from '../kit/error-state.js'
import { LoadMore } from '../kit/load-more.js'
import { Menu } from '../kit/menu.js'
import { StatePill } from '../kit/pill.js'
import { Skeleton, SkeletonLines } from '../kit/skeleton.js'
import { Time } from '../kit/time.js'
import { JourneyPage } from '../monitor/journey-page.js'
import { StillCanvas } from '../monitor/still-canvas.js'
import { useDocOf } from '../monitor/use-canvas.js'
import { Delivery } from './delivery.js'
import { OperateDialog } from './operate/dialog.js'
import { pathMarks } from './path.js'
import { Timeline } from './timeline.js'
import { tileWords } from './words.js'

const NO_NAMES = {}

/** /journeys/:id/members/:memberId: one walk, lit on the canvas that it goes by, and everything that happened on it. */
export default function MemberPage() {
  const { id = '', memberId = '' } = useParams()
  const { t } = useTranslation()
  const { data: member, error, refetch } = useMember(id, memberId)
  const journey = useJourney(id)
  const walked = useJourney(id, member?.version)
  const doc = useDocOf(`${id} ${member?.version}`, member && walked.data)
  const timeline = useTimeline(id, memberId, member !== undefined && member.status !== 'exited')
  const marks = useMemo(() => doc && timeline.rows && pathMarks(doc, timeline.rows), [doc, timeline.rows])
  const [tile, setTile] = useState<string>()
  return (
    <JourneyPage
      whole
      id={id}
      journey={journey.data}
      title={member?.customerId ?? memberId}
      under={{ label: t('monitor:part.members'), to: `/journeys/${id}/members` }}
      actions={member && doc && <Actions member={member} doc={doc} />}
    >
      {error && !member ? (
        <div className="p-6">
          <ErrorState error={error} onRetry={() => void refetch()} />
        </div>
      ) : (
        <div className="flex min-h-0 flex-1 max-sm:flex-col max-sm:overflow-y-auto">
          <div className="min-w-0 flex-1 max-sm:h-[45dvh] max-sm:flex-none">
            {doc ? (
              <StillCanvas
                doc={doc}
                journeyId={id}
                label={t('members:canvas', { customer: member!.customerId })}
                {...(marks && { marks })}
                tileId={tile}
                onTile={setTile}
              />
            ) : (
              <Skeleton className="size-full" />
            )}
          </div>
          <aside
            aria-label={t('members:timeline')}
            className="flex w-[440px] shrink-0 flex-col gap-5 overflow-y-auto border-l border-line bg-surface p-4 max-lg:w-[360px] max-sm:w-full max-sm:overflow-visible max-sm:border-t max-sm:border-l-0"
          >
            {member && doc ? <About member={member} doc={doc} /> : <SkeletonLines label={t('kit:loading')} />}
            <h2 className="text-body font-semibold">{t('members:timeline')}</h2>
            {timeline.error ? (
              <ErrorState error={timeline.error} onRetry={timeline.retry} />
            ) : timeline.rows && doc && member ? (
              <History {...{ doc, rows: timeline.rows, tile, setTile }} />
            ) : (
              <SkeletonLines label={t('kit:loading')} />
            )}
            {timeline.hasMore && <LoadMore list={timeline} />}
          </aside>
        </div>
      )}
    </JourneyPage>
  )
}

interface HistoryProps {
  doc: Doc
  rows: readonly TimelineEntry[]
  tile: string | undefined
  setTile(tile: string): void
}

function History({ doc, rows, tile, setTile }: HistoryProps) {
  const { t } = useTranslation()
  const say = useSay(doc, NO_NAMES)
  return (
    <Timeline
      entries={rows}
      {...{ doc, say }}
      label={t('members:timeline')}
      tileId={tile}
      onTile={setTile}
      more={(entry) => (
        <>
          {entry.delivery && <Delivery delivery={entry.delivery} />}
          {entry.actor !== undefined && (
            <p className="text-label text-muted">
              {t('members:by', { who: entry.actor.replace(/^\w+:/, '') })} {entry.event !== 'exited' && entry.reason}
            </p>
          )}
          {entry.childMemberId !== undefined && entry.orchestrationId !== undefined && (
            <Link className="text-table text-accent underline" to={`/journeys/${entry.orchestrationId}/members/${entry.childMemberId}`}>
              {t('members:child')}
            </Link>
          )}
        </>
      )}
    />
  )
}

function About({ member, doc }: { member: Member; doc: Doc }) {
  const { t } = useTranslation()
  const say = useSay(doc, NO_NAMES)
  const { customerId, status, tileId, version, enteredAt, exitedAt, exitReason, converted, error, temporalUrl, parentMemberId } = member
  return (
    <div className="flex flex-col gap-3">
      {error && (
        <Banner tone="red">
          <strong className="font-semibold">{t('members:parkedAt', { tile: tileWords(doc, error.tileId, say) })}</strong> {error.message} (
          {error.code})
        </Banner>
      )}
      <Facts
        facts={[
          {
            name: t('members:column.customer'),
            value: (
              <Link
                to={`/customers/${encodeURIComponent(customerId)}`}
                className="font-medium break-all text-accent underline underline-offset-2"
              >
                {customerId}
              </Link>
            ),
          },
          { name: t('members:column.status'), value: <StatePill state={status} /> },
          { name: t('members:column.tile'), value: tileWords(doc, tileId, say) },
          { name: t('members:column.version'), value: version },
          { name: t('members:column.entered'), value: <Time at={enteredAt} exact /> },
          ...(exitedAt === null
            ? []
            : [
                { name: t('members:column.exited'), value: <Time at={exitedAt} exact /> },
                { name: t('members:column.why'), value: converted ? t('members:converted', { reason: exitReason }) : exitReason },
              ]),
          ...(parentMemberId !== undefined && member.parentOrchestrationId !== undefined
            ? [
                {
                  name: t('members:parent'),
                  value: (
                    <Link className="text-accent underline" to={`/journeys/${member.parentOrchestrationId}/members/${parentMemberId}`}>
                      {t('members:parentOpen')}
                    </Link>
                  ),
                },
              ]
            : []),
          { name: t('members:id'), value: <CopyId id={member.id} /> },
        ]}
      />
      <a href={temporalUrl} target="_blank" rel="noreferrer" className={buttonClass()}>
        <IconExternalLink size={16} aria-hidden />
        {t('members:temporal')}
      </a>
    </div>
  )
}

/** What an operator can do to this member in its state. */
function Actions({ member, doc }: { member: Member; doc: Doc }) {
  const { t } = useTranslation()
  const [action, setAction] = useState<OperatorAction>()
  const possible: OperatorAction[] =
    member.status === 'exited' ? [] : member.status === 'parked' ? ['retry', 'skip', 'move', 'exit'] : ['move', 'exit']
  const target = { memberId: member.id, customerId: member.customerId }
  return (
    <>
      <span className="flex gap-2 max-sm:hidden">
        {possible.map((each) => (
          <Button key={each} variant={each === 'retry' ? 'primary' : 'secondary'} onClick={() => setAction(each)}>
            {t(`member:operate.${each}.label`)}
          </Button>
        ))}
      </span>
      {possible.length > 0 && <PhoneMenu possible={possible} onChoose={setAction} />}
      {action && (
        <OperateDialog journeyId={member.orchestrationId} action={action} target={target} doc={doc} onClose={() => setAction(undefined)} />
      )}
    </>
  )
}

function PhoneMenu({ possible, onChoose }: { possible: readonly OperatorAction[]; onChoose(action: OperatorAction): void }) {
  const { t } = useTranslation()
  return (
    <span className="sm:hidden">
      <Menu
        items={possible.map((each) => ({
          label: t(`member:operate.${each}.label`),
          danger: each === 'exit',
          onSelect: () => onChoose(each),
        }))}
      >
        <IconButton label={t('members:actions')} icon={IconDots} />
      </Menu>
    </span>
  )
}
