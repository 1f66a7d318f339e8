import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { NavLink } from 'react-router'
import { cx } from './cx.js'

export interface Tab<T extends string> {
  value: T
  label: string
  /** A number behind the label. */
  count?: number
  content: ReactNode
}

const ROW = 'flex min-w-0 gap-4 overflow-x-auto border-b border-line'
const TAB =
  'flex h-9 shrink-0 items-center gap-1.5 border-b-2 border-transparent text-body text-muted transition-colors -outline-offset-2! hover:text-text'

/** Parts of a page, one at a time. */
export function Tabs<T extends string>({
  label,
  value,
  onChange,
  tabs,
  className,
}: {
  label: string
  value: T
  onChange(value: NoInfer<T>): void
  tabs: readonly Tab<NoInfer<T>>[]
  className?: string
}) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as T)} className={cx('min-w-0', className)}>
      <Radix.List aria-label={label} className={ROW}>
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className={cx(TAB, 'data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-text')}
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="rounded-full bg-sunken px-1.5 text-label text-muted">{tab.count.toLocaleString()}</span>
            )}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="pt-4">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}

/** Tabs whose parts are pages with addresses of their own. */
export function TabLinks({ label, tabs }: { label: string; tabs: readonly { to: string; label: string; end?: boolean }[] }) {
  return (
    <nav aria-label={label} className={ROW}>
      {tabs.map((tab) => (
        <NavLink
          key={tab.to}
          to={tab.to}
          end={tab.end ?? false}
          className={cx(TAB, 'aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-text')}
        >
          {tab.label}
        </NavLink>
      ))}
    </nav>
  )
}
