import { IconChevronRight } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { cx } from '../../kit/cx.js'
import { Json } from '../../kit/code.js'
import { Time } from '../../kit/time.js'

export interface Entry {
  id: string
  at: string
  /** What it is, in a word or two. */
  title: ReactNode
  /** About it, in one line. */
  line: ReactNode
  /** At the right. */
  aside?: ReactNode
  /** What unfolds. */
  whole: unknown
}

/** What came in, one line each, newest first; each unfolds to the whole of it. */
export function EventList({ label, entries, footer }: { label: string; entries: readonly Entry[]; footer?: ReactNode }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const toggle = (id: string): void => setOpen((now) => new Set(now.has(id) ? [...now].filter((each) => each !== id) : [...now, id]))
  return (
    <div className="min-w-0 rounded-card border border-line bg-surface">
      <ul aria-label={label}>
        {entries.map((entry) => (
          <Line key={entry.id} entry={entry} open={open.has(entry.id)} onToggle={() => toggle(entry.id)} />
        ))}
      </ul>
      {footer !== undefined && <div className="flex justify-center border-t border-line p-2">{footer}</div>}
    </div>
  )
}

/** Younger than this, in ms, it is shown that it has just come. */
const NEW = 4_000

function Line({ entry: { at, title, line, aside, whole }, open, onToggle }: { entry: Entry; open: boolean; onToggle(): void }) {
  const [fresh] = useState(() => Date.now() - Date.parse(at) < NEW)
  return (
    <li className={cx('border-b border-line last:border-b-0', fresh && 'move-highlight')}>
      <div className="relative flex min-h-11 items-center gap-3 px-3 py-1.5 text-table hover:bg-hover">
        <IconChevronRight size={16} className={cx('shrink-0 text-muted transition-transform', open && 'rotate-90')} aria-hidden />
        <div className="flex min-w-0 flex-1 items-center gap-x-3 max-sm:flex-col max-sm:items-start">
          <button
            type="button"
            aria-expanded={open}
            onClick={onToggle}
            className="max-w-full min-w-0 shrink-0 truncate text-left text-body font-medium after:absolute after:inset-0 sm:w-56"
          >
            {title}
          </button>
          <span className="max-w-full min-w-0 flex-1 truncate text-muted">{line}</span>
        </div>
        {aside !== undefined && <span className="relative z-[1] min-w-0 shrink-0">{aside}</span>}
        <span className="relative z-[1] w-20 shrink-0 text-right text-muted">
          <Time at={at} />
        </span>
      </div>
      {open && (
        <div className="px-3 pb-3 sm:pl-10">
          <Json value={whole} />
        </div>
      )}
    </li>
  )
}
