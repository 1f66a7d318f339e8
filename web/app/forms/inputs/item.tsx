import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../kit/button.js'
import { useReadOnly } from './form.js'

export interface ItemProps {
  title: ReactNode
  /** What its buttons call it. */
  name: string
  onUp?: (() => void) | undefined
  onDown?: (() => void) | undefined
  /** Not given: it cannot go. */
  onRemove?: (() => void) | undefined
  children: ReactNode
}

/** One of a list that is edited: a path, a trigger, a criterion. */
export function Item({ title, name, onUp, onDown, onRemove, children }: ItemProps) {
  const { t } = useTranslation()
  const all = [['up', IconArrowUp, onUp], ['down', IconArrowDown, onDown], ['remove', IconTrash, onRemove]] as const // prettier-ignore
  const buttons = useReadOnly() ? [] : all.filter(([, , onClick]) => onClick !== undefined)
  return (
    <section aria-label={name} className="flex min-w-0 flex-col gap-3 rounded-card border border-line p-3">
      <header className="flex items-center gap-1">
        <h4 className="min-w-0 flex-1 truncate text-table font-medium first-letter:uppercase">{title}</h4>
        {buttons.map(([what, icon, onClick]) => (
          <IconButton key={what} label={t(`inputs:item.${what}`, { name })} icon={icon} className="size-7" onClick={onClick} />
        ))}
      </header>
      {children}
    </section>
  )
}
