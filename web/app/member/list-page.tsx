import { IconUsers } from '@tabler/icons-react'
import { useDeferredValue, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams, useSearchParams } from 'react-router'
import { useJourney } from '../api/journeys.js'
import {
  MEMBER_STATUS,
  useFoundCustomers,
  useMembers,
  type BulkInput,
  type Member,
  type MemberFilter,
  type OperatorAction,
} from '../api/members.js'
import type { Doc } from '../canvas/doc/types.js'
import type { Say } from '../canvas/words/say.js'
import { instantWords, tileWords } from './words.js'
import { useSay } from '../editor/use-say.js'
import { Toolbar } from '../frame/page.js'
import { Button } from '../kit/button.js'
import { Combobox } from '../kit/combobox.js'
import { EmptyState } from '../kit/empty-state.js'
import { ErrorState } from '../kit/error-state.js'
import { LoadMore } from '../kit/load-more.js'
import { Menu } from '../kit/menu.js'
import { StatePill, Tag } from '../kit/pill.js'
import { Select } from '../kit/select.js'
import { Table, type Column } from '../kit/table.js'
import { Time } from '../kit/time.js'
import { JourneyPage } from '../monitor/journey-page.js'
import { versionIn } from '../monitor/numbers.js'
import { useDocOf } from '../monitor/use-canvas.js'
import { useUrlChoice, useUrlReset, useUrlValue } from '../url.js'
import { OperateDialog } from './operate/dialog.js'
import { TileName } from './tile-name.js'

const STATUS = ['all', ...MEMBER_STATUS] as const
const ACTIONS = ['retry', 'skip', 'move', 'exit'] as const satisfies readonly OperatorAction[]
const NO_NAMES = {}
const NO_TILES: Doc = { name: '', description: '', tiles: [], edges: [], settings: {}, notes: [] }

/** /journeys/:id/members: who is in it, by state, tile and customer; each filter can be acted on as a whole. */
export default function MembersPage() {
  const { id = '' } = useParams()
  const { t } = useTranslation()
  const [status, setStatus] = useUrlChoice('status', STATUS, 'all')
  const [tile, setTile] = useUrlValue('tile')
  const [customer, setCustomer] = useUrlValue('customer')
  const showAll = useUrlReset()
  const [more, drop] = useMore()
  const journey = useJourney(id, versionIn(more.version))
  const doc = useDocOf(`${id} ${journey.data?.version ?? 'draft'}`, journey.data) ?? NO_TILES
  const filter: MemberFilter = {
    ...more,
    status: status === 'all' ? undefined : status,
    tile: tile === '' ? undefined : tile,
    customerId: customer === '' ? undefined : customer,
  }
  const list = useMembers(id, filter)
  const columns = useColumns()
  const narrowed = Object.keys(more) as (keyof typeof more)[]
  const filtered = status !== 'all' || tile !== '' || customer !== '' || narrowed.length > 0
  const say = useSay(doc, NO_NAMES)
  const known = doc.tiles.some((each) => each.id === tile)
  return (
    <JourneyPage id={id} journey={journey.data} title={t('monitor:part.members')}>
      <Toolbar>
        <CustomerFilter value={customer} onChange={setCustomer} />
        <Select
          label={t('members:status')}
          value={status}
          onChange={setStatus}
          className="w-40 max-sm:flex-1"
          options={STATUS.map((value) => ({ value, label: value === 'all' ? t('members:allStates') : t(`kit:state.${value}`) }))}
        />
        <Combobox
          label={t('members:tile')}
          value={tile === '' ? '*' : tile}
          onChange={(next) => setTile(next === '*' ? '' : next)}
          className="w-56 max-sm:w-full"
          options={[
            { value: '*', label: t('members:allTiles') },
            ...doc.tiles.map((each) => ({ value: each.id, label: tileWords(doc, each.id, say) })),
            ...(tile !== '' && !known ? [{ value: tile, label: tile }] : []),
          ]}
        />
        {narrowed.map((name) => (
          <Tag key={name} onRemove={() => drop(name)} removeLabel={t('members:more.remove')}>
            {t(`members:more.${name}`, { value: moreWords(name, more[name]!, doc, say) })}
          </Tag>
        ))}
        {filtered && (
          <Button variant="quiet" onClick={showAll}>
            {t('members:showAll')}
          </Button>
        )}
        <BulkMenu id={id} doc={doc} filter={filter} />
      </Toolbar>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length !== 0 ? (
        <Table
          label={t('monitor:part.members')}
          columns={columns}
          rows={list.rows}
          rowKey={(member) => member.id}
          rowLink={(member) => `/journeys/${id}/members/${member.id}`}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      ) : filtered ? (
        <EmptyState title={t('members:noneFound')} action={<Button onClick={showAll}>{t('members:showAll')}</Button>} />
      ) : (
        <EmptyState icon={IconUsers} title={t('members:empty.title')}>
          {t('members:empty.text')}
        </EmptyState>
      )}
    </JourneyPage>
  )
}

/** Filters that a number of the monitor comes with: they are in the address, and can only be taken away. */
const MORE = ['version', 'enteredFrom', 'enteredTo', 'visited', 'failedAt', 'converted'] as const
type More = Partial<Record<(typeof MORE)[number], string>>

function useMore(): [More, (name: keyof More) => void] {
  const [params, setParams] = useSearchParams()
  const more: More = Object.fromEntries(MORE.flatMap((name) => (params.get(name) ? [[name, params.get(name)!]] : [])))
  const drop = (name: keyof More): void =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now)
        next.delete(name)
        return next
      },
      { replace: true },
    )
  return [more, drop]
}

function moreWords(name: keyof More, value: string, doc: Doc, say: Say): string {
  if (name === 'visited' || name === 'failedAt') return tileWords(doc, value, say)
  return name === 'enteredFrom' || name === 'enteredTo' ? instantWords(value, say.locale) : value
}

/** One customer, found by how the words of id, email or name begin; any id may be given. */
function CustomerFilter({ value, onChange }: { value: string; onChange(value: string): void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const found = useFoundCustomers(useDeferredValue(typed.trim()))
  return (
    <Combobox
      free
      label={t('members:customer')}
      placeholder={t('members:anyCustomer')}
      value={value === '' ? '*' : value}
      onChange={(next) => onChange(next === '*' ? '' : next)}
      onSearch={setTyped}
      loading={found.isPending}
      className="w-64 max-sm:w-full"
      options={[
        { value: '*', label: t('members:anyCustomer') },
        ...(found.data ?? []).map(({ id, email, name }) => ({ value: id, label: id, hint: [name, email].filter(Boolean).join(' · ') })),
      ]}
    />
  )
}

/** What can be done to all that fit the filter; to those who have left nothing can, which is said. */
function BulkMenu({ id, doc, filter }: { id: string; doc: Doc; filter: MemberFilter }) {
  const { t } = useTranslation()
  const why = useId()
  const [action, setAction] = useState<OperatorAction>()
  const { status, converted } = filter
  // Whoever converts leaves.
  const left = status === 'exited' || converted === 'true'
  const button = (
    <Button disabled={left} aria-describedby={left ? why : undefined}>
      {t('members:bulk')}
    </Button>
  )
  return (
    <div className="ml-auto flex items-center gap-2 max-sm:w-full max-sm:justify-between">
      {left ? (
        <>
          <span id={why} className="text-label text-muted">
            {t('members:bulkLeft')}
          </span>
          {button}
        </>
      ) : (
        <Menu
          items={ACTIONS.map((each) => {
            const disabled = (each === 'retry' || each === 'skip') && status !== undefined && status !== 'parked'
            return {
              label: t(`members:all.${each}`),
              danger: each === 'exit',
              disabled,
              ...(disabled && { hint: t('members:noneParked') }),
              onSelect: () => setAction(each),
            }
          })}
        >
          {button}
        </Menu>
      )}
      {action && (
        <OperateDialog journeyId={id} doc={doc} action={action} target={{ filter: bulkOf(filter) }} onClose={() => setAction(undefined)} />
      )}
    </div>
  )
}

/** The filter of the page as that of a bulk; who is inside has not converted. */
function bulkOf({ tile, customerId, version, converted: _, ...same }: MemberFilter): BulkInput['filter'] {
  return {
    ...same,
    ...(tile !== undefined && { tileId: tile }),
    ...(customerId !== undefined && { customerIds: [customerId] }),
    ...(version !== undefined && { version: Number(version) }),
  }
}

function useColumns(): Column<Member>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'customer',
      label: t('members:column.customer'),
      cell: ({ customerId }) => <span className="block truncate font-medium">{customerId}</span>,
    },
    { key: 'status', label: t('members:column.status'), width: '112px', cell: ({ status }) => <StatePill state={status} /> },
    {
      key: 'tile',
      label: t('members:column.tile'),
      cell: ({ orchestrationId, version, tileId }) => <TileName journeyId={orchestrationId} version={version} tileId={tileId} />,
    },
    { key: 'why', label: t('members:column.why'), cell: (member) => <Why {...member} />, phone: 'hidden' },
    { key: 'version', label: t('members:column.version'), width: '80px', number: true, phone: 'hidden', cell: ({ version }) => version },
    { key: 'entered', label: t('members:column.entered'), width: '112px', number: true, cell: ({ enteredAt }) => <Time at={enteredAt} /> },
    {
      key: 'exited',
      label: t('members:column.exited'),
      width: '112px',
      number: true,
      phone: 'hidden',
      cell: ({ exitedAt }) => (exitedAt === null ? <span className="text-muted">–</span> : <Time at={exitedAt} />),
    },
  ]
}

/** Why it stopped or left. */
function Why({ error, exitReason, converted }: Member) {
  const { t } = useTranslation()
  if (error) return <span className="block truncate text-red" title={error.message}>{`${error.code}: ${error.message}`}</span>
  if (exitReason === null) return <span className="text-muted">–</span>
  return <span className="block truncate">{converted ? t('members:converted', { reason: exitReason }) : exitReason}</span>
}
