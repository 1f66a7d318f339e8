import { useVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react'
import { Link } from 'react-router'
import { cx } from './cx.js'
import { Skeleton } from './skeleton.js'

export interface Column<Row> {
  /** Unique within the table. */
  key: string
  label: string
  /** The label is there for assistive technology only. */
  hiddenLabel?: boolean
  cell(row: Row): ReactNode
  /** A CSS width, such as `120px`; columns without one share what is left. */
  width?: string
  /** Right-aligned figures. */
  number?: boolean
  /** On a phone: as the row's heading (the first column unless told), not at all, at its upper right, or a labelled value. */
  phone?: 'heading' | 'hidden' | 'corner' | 'value'
}

export interface TableProps<Row> {
  /** What the table lists, for assistive technology. */
  label: string
  columns: readonly Column<Row>[]
  /** Undefined: on their way; skeletons stand in. */
  rows: readonly Row[] | undefined
  rowKey(row: Row): string
  /** The page of a row; its first cell becomes the link, and all of the row can be clicked. */
  rowLink?(row: Row): string
  /** Instead of a page: what a click on a row does. */
  onOpen?(row: Row): void
  selected?(row: Row): boolean
  /** Below the last row: a button for more. */
  footer?: ReactNode
}

/** Rows that are always in the document; more are put in as they come into view. */
const ALL = 80
const ROW_HEIGHT = 44

/**
 * A table: sticky header, only rows in view, arrow keys from row to row. On a phone each row is a block with labelled values.
 */
export function Table<Row>({ label, columns, rows, rowKey, rowLink, onOpen, selected, footer }: TableProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null)
  const { first, last, before, after, measure } = useWindow(body, rows?.length ?? 0)
  return (
    <div className="min-w-0 rounded-card border border-line bg-surface">
      <table
        role="table"
        aria-label={label}
        aria-rowcount={rows ? rows.length + 1 : undefined}
        aria-busy={rows === undefined}
        className="w-full table-fixed border-separate border-spacing-0 text-table max-sm:block"
      >
        <colgroup className="max-sm:hidden">
          {columns.map(({ key, width }) => (
            <col key={key} style={width === undefined ? undefined : { width }} />
          ))}
        </colgroup>
        <thead role="rowgroup" className="max-sm:sr-only">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.key}
                role="columnheader"
                scope="col"
                className={cx(
                  'sticky top-0 z-10 h-9 truncate border-b border-line bg-surface px-3 text-left text-label font-medium text-muted first:rounded-tl-card last:rounded-tr-card',
                  column.number && 'text-right',
                )}
              >
                {column.hiddenLabel ? <span className="sr-only">{column.label}</span> : column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} role="rowgroup" className="max-sm:block" onKeyDown={moveByArrow}>
          {rows === undefined ? (
            <Waiting columns={columns.length} />
          ) : (
            <>
              {before > 0 && <Spacer height={before} columns={columns.length} />}
              {rows.slice(first, last).map((row, index) => (
                <tr
                  key={rowKey(row)}
                  ref={measure}
                  data-index={first + index}
                  role="row"
                  aria-rowindex={first + index + 2}
                  aria-selected={selected?.(row)}
                  onClick={onOpen && ((event) => ownClick(event.target) && onOpen(row))}
                  className={cx(
                    'group/row relative max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-4 max-sm:gap-y-2 max-sm:border-b max-sm:border-line max-sm:p-3 max-sm:last:border-b-0',
                    (rowLink ?? onOpen) && 'hover:bg-hover has-[[data-opens-row]:focus-visible]:bg-hover',
                    onOpen && 'cursor-pointer',
                    selected?.(row) && 'bg-accent-soft',
                  )}
                >
                  {columns.map((column, place) => (
                    <Cell key={column.key} column={column} heading={place === 0}>
                      {place === 0 ? (
                        <Opener link={rowLink?.(row)} open={onOpen && (() => onOpen(row))} content={column.cell(row)} />
                      ) : (
                        column.cell(row)
                      )}
                    </Cell>
                  ))}
                </tr>
              ))}
              {after > 0 && <Spacer height={after} columns={columns.length} />}
            </>
          )}
        </tbody>
      </table>
      {footer !== undefined && <div className="flex justify-center border-t border-line p-2">{footer}</div>}
    </div>
  )
}

/** Which rows are in the document, and how high those are that are not. */
function useWindow(body: RefObject<HTMLElement | null>, count: number) {
  const [scroller, setScroller] = useState<HTMLElement | null>(null)
  const [margin, setMargin] = useState(0)
  useLayoutEffect(() => {
    const found = body.current?.closest<HTMLElement>('[data-scroller]') ?? null
    setScroller(found)
    if (found && body.current) setMargin(body.current.getBoundingClientRect().top - found.getBoundingClientRect().top + found.scrollTop)
  }, [body, count])
  const virtual = useVirtualizer({
    count,
    enabled: count > ALL && scroller !== null,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_HEIGHT,
    scrollMargin: margin,
    overscan: 12,
  })
  if (count <= ALL || scroller === null) return { first: 0, last: Math.min(count, ALL), before: 0, after: 0, measure: undefined }
  const items = virtual.getVirtualItems()
  const [head, tail] = [items[0], items.at(-1)]
  if (!head || !tail) return { first: 0, last: Math.min(count, ALL), before: 0, after: 0, measure: undefined }
  return {
    first: head.index,
    last: tail.index + 1,
    before: head.start - margin,
    after: virtual.getTotalSize() - (tail.end - margin),
    measure: virtual.measureElement,
  }
}

const Spacer = ({ height, columns }: { height: number; columns: number }) => (
  <tr aria-hidden className="max-sm:block">
    <td colSpan={columns} style={{ height }} className="max-sm:block" />
  </tr>
)

function Cell<Row>({ column, heading, children }: { column: Column<Row>; heading: boolean; children: ReactNode }) {
  const phone = column.phone ?? (heading ? 'heading' : 'value')
  return (
    <td
      role={heading ? 'rowheader' : 'cell'}
      data-label={column.label}
      className={cx(
        'h-11 min-w-0 border-b border-line px-3 py-1.5 align-middle group-last/row:border-b-0 max-sm:h-auto max-sm:border-0 max-sm:p-0',
        column.number && 'text-right max-sm:text-left',
        phone === 'heading' && 'max-sm:col-span-2 max-sm:pr-10',
        phone === 'value' &&
          'max-sm:before:block max-sm:before:text-label max-sm:before:text-muted max-sm:before:content-[attr(data-label)]',
        phone === 'hidden' && 'max-sm:hidden',
        phone === 'corner' && 'max-sm:absolute max-sm:top-2 max-sm:right-2',
      )}
    >
      {children}
    </td>
  )
}

/** What of the first cell opens the row; it reaches over all of the row, below what else can be clicked there. */
function Opener({ link, open, content }: { link: string | undefined; open: (() => void) | undefined; content: ReactNode }) {
  const reach = 'block w-full min-w-0 text-left rounded-[4px] after:absolute after:inset-0'
  if (link !== undefined)
    return (
      <Link to={link} data-opens-row className={reach}>
        {content}
      </Link>
    )
  if (open)
    return (
      <button type="button" data-opens-row onClick={(event) => (event.stopPropagation(), open())} className={reach}>
        {content}
      </button>
    )
  return content
}

const ownClick = (target: EventTarget): boolean => !(target as Element).closest('a,button,input,label')

/** Arrow keys go from the opener of a row to that of the next. */
function moveByArrow(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-opens-row]')]
  const at = all.indexOf(document.activeElement as HTMLElement)
  const next = all[at + (event.key === 'ArrowDown' ? 1 : -1)]
  if (at === -1 || !next) return
  event.preventDefault()
  next.focus()
}

function Waiting({ columns }: { columns: number }) {
  return Array.from({ length: 6 }, (_, row) => (
    <tr key={row} role="row" aria-hidden className="max-sm:block">
      {Array.from({ length: columns }, (_, place) => (
        <td key={place} className="h-11 border-b border-line px-3 max-sm:block">
          <Skeleton className={place === 0 ? 'h-4 w-3/4' : 'h-4 w-1/2'} />
        </td>
      ))}
    </tr>
  ))
}

/** Things in a row that can be clicked must lie above the link that reaches over it. */
export const ABOVE_ROW = 'relative z-[1]'
