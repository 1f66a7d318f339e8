import { useTranslation } from 'react-i18next'
import type { Use } from '../../api/used-by.js'
import { cx } from '../../kit/cx.js'
import { Popover } from '../../kit/popover.js'
import { ABOVE_ROW, type Column } from '../../kit/table.js'
import { Tooltip } from '../../kit/tooltip.js'
import { UserLinks } from './delete-dialog.js'

/** The column of a list that says how many name its rows. */
export function useUsesColumn<Row extends { id: string; name: string }>(useOf: (id: string) => Use | undefined): Column<Row> {
  const { t } = useTranslation()
  return {
    key: 'uses',
    label: t('parts:usedBy'),
    width: '96px',
    number: true,
    cell: ({ id, name }) => <Uses name={name} use={useOf(id)} />,
  }
}

/** How many name a thing; their names on hover, links to them on a press. */
function Uses({ name, use }: { name: string; use: Use | undefined }) {
  const { t } = useTranslation()
  if (use === undefined) return <span className="text-muted">…</span>
  const { count, users } = use
  if (count === 0) return <span className="text-muted">0</span>
  const more = count > users.length ? t('parts:moreUsers', { count: count - users.length }) : undefined
  return (
    <Popover
      label={t('parts:usedBy')}
      align="end"
      trigger={
        <button
          type="button"
          aria-label={t('parts:uses', { count, name })}
          className={cx(
            ABOVE_ROW,
            '-mx-2 min-h-6 rounded-[4px] tabular-nums underline decoration-line underline-offset-2 hover:decoration-current',
          )}
        >
          <Tooltip text={[...users.map((user) => user.name), ...(more ? [more] : [])].join(', ')}>
            <span className="block px-2">{count.toLocaleString('en')}</span>
          </Tooltip>
        </button>
      }
    >
      <UserLinks users={users} />
      {more !== undefined && <p className="mt-1 text-label text-muted">{more}</p>}
    </Popover>
  )
}
