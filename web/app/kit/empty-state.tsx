import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

export interface EmptyStateProps {
  icon?: Icon
  title: string
  /** What this is for, in a sentence or two. */
  children?: ReactNode
  /** The one next step. */
  action?: ReactNode
}

/** Nothing here: says what would be, and gives the next step. */
export function EmptyState({ icon: Glyph, title, children, action }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-lg flex-col items-center gap-3 px-4 py-14 text-center">
      {Glyph && (
        <span className="grid size-12 place-items-center rounded-card border border-line bg-surface text-muted">
          <Glyph size={24} stroke={1.5} aria-hidden />
        </span>
      )}
      <h2 className="text-[16px]/6 font-semibold">{title}</h2>
      {children !== undefined && <div className="text-body text-muted">{children}</div>}
      {action !== undefined && <div className="mt-1 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}
