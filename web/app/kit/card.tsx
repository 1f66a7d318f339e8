import type { ReactNode } from 'react'
import { cx } from './cx.js'

export interface CardProps {
  title?: ReactNode
  /** A sentence below the title. */
  hint?: ReactNode
  /** At the right of the title. */
  actions?: ReactNode
  children: ReactNode
  /** Nothing between the border and what is in it: tables, lists. */
  flush?: boolean
  className?: string
}

/** A part of a page with a border. */
export function Card({ title, hint, actions, children, flush = false, className }: CardProps) {
  return (
    <section className={cx('min-w-0 rounded-card border border-line bg-surface', className)}>
      {(title !== undefined || actions !== undefined) && (
        <header
          className={cx('flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-3', flush && 'border-b border-line pb-3')}
        >
          <div className="min-w-0">
            <h2 className="text-body font-semibold break-words">{title}</h2>
            {hint !== undefined && <p className="text-table text-muted">{hint}</p>}
          </div>
          {actions !== undefined && <div className="flex min-w-0 flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={flush ? 'min-w-0 overflow-hidden rounded-b-card' : 'p-4'}>{children}</div>
    </section>
  )
}

/** Names and values, one below the other. */
export function Facts({ facts }: { facts: readonly { name: string; value: ReactNode }[] }) {
  return (
    <dl className="grid grid-cols-[minmax(96px,auto)_1fr] gap-x-4 gap-y-2 text-table">
      {facts.map(({ name, value }) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
