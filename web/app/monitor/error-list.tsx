import { IconChevronDown, IconChevronRight, IconCircleCheck, IconDots } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { OperatorAction } from '../api/members.js'
import { useErrorGroups, useErrors, type DeliveryError, type ErrorGroup, type ErrorStatus } from '../api/monitor.js'
import { tileOf } from '../canvas/doc/lookup.js'
import type { Doc } from '../canvas/doc/types.js'
import { typeWords } from '../canvas/words/essence.js'
import { Button, IconButton } from '../kit/button.js'
import { EmptyState } from '../kit/empty-state.js'
import { ErrorState } from '../kit/error-state.js'
import { LoadMore } from '../kit/load-more.js'
import { Menu } from '../kit/menu.js'
import { Code } from '../kit/code.js'
import { Select } from '../kit/select.js'
import { SkeletonLines } from '../kit/skeleton.js'
import { StatePill } from '../kit/pill.js'
import { Time } from '../kit/time.js'
import { OperateDialog, type Target } from '../member/operate/dialog.js'
import { useUrlChoice } from '../url.js'

const WHICH = ['parked', 'retrying', 'resolved'] as const
const ACTIONS = ['skip', 'move', 'exit'] as const satisfies readonly OperatorAction[]

interface Asking {
  action: OperatorAction
  target: Target
}

/** What failed, by tile and code, with what becomes of it; parked members are retried, passed on, moved or taken out, one or all of a kind. */
export function ErrorList({ id, doc, tileId }: { id: string; doc: Doc; tileId?: string }) {
  const { t } = useTranslation()
  const [which, setWhich] = useUrlChoice('errors', WHICH, 'parked')
  const [asking, setAsking] = useState<Asking>()
  const all = useErrorGroups(id, which)
  const groups = all.data?.filter((group) => tileId === undefined || group.tileId === tileId)
  return (
    <div className="flex flex-col gap-3">
      <Select
        label={t('monitor:errors.which')}
        value={which}
        onChange={setWhich}
        size="s"
        className="w-48"
        options={WHICH.map((value) => ({ value, label: t(`monitor:errors.${value}`), hint: t(`monitor:errors.${value}Hint`) }))}
      />
      {!groups && all.error ? (
        <ErrorState error={all.error} onRetry={() => void all.refetch()} />
      ) : !groups ? (
        <SkeletonLines label={t('kit:loading')} />
      ) : groups.length === 0 ? (
        <EmptyState icon={IconCircleCheck} title={t(`monitor:errors.no.${which}`)} />
      ) : (
        groups.map((group) => (
          <Group key={`${which} ${group.tileId} ${group.code}`} {...{ id, doc, group, status: which, onAsk: setAsking }} />
        ))
      )}
      {asking && <OperateDialog journeyId={id} doc={doc} {...asking} onClose={() => setAsking(undefined)} />}
    </div>
  )
}

interface GroupProps {
  id: string
  doc: Doc
  group: ErrorGroup
  status: ErrorStatus
  onAsk(asking: Asking): void
}

function Group({ id, doc, group, status, onAsk }: GroupProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const { tileId, code, message, count, nextRetryAt } = group
  const tile = tileOf(doc, tileId)
  const all: Target = { filter: { status: 'parked', tileId, errorCode: code } }
  const Chevron = open ? IconChevronDown : IconChevronRight
  const name = tile ? tile.name || typeWords(tile.type, { t }) : tileId
  return (
    <section className="min-w-0 rounded-card border border-line" aria-label={`${name}, ${code}`}>
      <div className="flex flex-col gap-2 p-3">
        <div className="flex items-baseline justify-between gap-2">
          <h4 className="min-w-0 text-table font-semibold break-words">{name}</h4>
          <span className="shrink-0 text-label text-muted tabular-nums">
            {t(status === 'parked' ? 'monitor:errors.members' : 'monitor:errors.count', { count })}
          </span>
        </div>
        <p className="text-table break-words">
          <Code text={code} /> <span className="text-muted">{message}</span>
        </p>
        {nextRetryAt !== undefined && (
          <p className="text-label text-muted">
            {t('monitor:errors.next')} <Time at={nextRetryAt} />
          </p>
        )}
        <div className="flex flex-wrap items-center gap-2">
          {status === 'parked' && (
            <>
              <Button size="s" onClick={() => onAsk({ action: 'retry', target: all })}>
                {t('monitor:errors.retryAll')}
              </Button>
              <Menu
                items={ACTIONS.map((action) => ({
                  label: t(`monitor:errors.all.${action}`),
                  danger: action === 'exit',
                  onSelect: () => onAsk({ action, target: all }),
                }))}
              >
                <IconButton label={t('monitor:errors.moreFor', { code, tile: name })} icon={IconDots} />
              </Menu>
            </>
          )}
          <Button size="s" variant="quiet" icon={Chevron} aria-expanded={open} onClick={() => setOpen(!open)} className="ml-auto">
            {t('monitor:errors.show')}
          </Button>
        </div>
      </div>
      {open && <Rows {...{ id, status, tileId, code, onAsk }} />}
    </section>
  )
}

function Rows({ id, onAsk, ...filter }: { id: string; status: ErrorStatus; tileId: string; code: string; onAsk: GroupProps['onAsk'] }) {
  const { t } = useTranslation()
  const list = useErrors(id, filter)
  return (
    <div className="border-t border-line">
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : !list.rows ? (
        <div className="p-3">
          <SkeletonLines label={t('kit:loading')} />
        </div>
      ) : (
        <ul>
          {list.rows.map((row) => (
            <Row key={`${row.memberId}${row.firstAt}`} id={id} row={row} onAsk={onAsk} />
          ))}
        </ul>
      )}
      {list.hasMore && (
        <div className="flex justify-center p-2">
          <LoadMore list={list} />
        </div>
      )}
    </div>
  )
}

function Row({ id, row, onAsk }: { id: string; row: DeliveryError; onAsk(asking: Asking): void }) {
  const { t } = useTranslation()
  const { memberId, customerId, attempts, status, nextRetryAt, lastAt } = row
  const one: Target = { memberId, customerId }
  return (
    <li className="flex items-center gap-2 border-b border-line px-3 py-1.5 text-table last:border-b-0">
      <div className="min-w-0 flex-1">
        <Link to={`/journeys/${id}/members/${memberId}`} className="block truncate font-medium hover:underline">
          {customerId}
        </Link>
        <span className="text-label text-muted">
          {t('monitor:errors.attempts', { count: attempts })} · <Time at={lastAt} />
          {nextRetryAt !== undefined && (
            <>
              {' · '}
              {t('monitor:errors.next')} <Time at={nextRetryAt} />
            </>
          )}
        </span>
      </div>
      {status === 'parked' ? (
        <>
          <Button
            size="s"
            onClick={() => onAsk({ action: 'retry', target: one })}
            aria-label={t('monitor:errors.retryOne', { customer: customerId })}
          >
            {t('member:operate.retry.label')}
          </Button>
          <Menu
            items={ACTIONS.map((action) => ({
              label: t(`member:operate.${action}.label`),
              danger: action === 'exit',
              onSelect: () => onAsk({ action, target: one }),
            }))}
          >
            <IconButton label={t('monitor:errors.moreOf', { customer: customerId })} icon={IconDots} />
          </Menu>
        </>
      ) : (
        <StatePill state={status} />
      )}
    </li>
  )
}
