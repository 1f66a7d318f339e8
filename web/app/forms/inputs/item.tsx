import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../kit/button.js'

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
  return (
    <section aria-label={name} className="flex min-w-0 flex-col gap-3 rounded-card border border-line p-3">
      <header className="flex items-center gap-1">
        <h4 className="min-w-0 flex-1 truncate text-table font-medium first-letter:uppercase">{title}</h4>
        {onUp && <IconButton label={t('inputs:item.up', { name })} icon={IconArrowUp} className="size-7" onClick={onUp} />}
        {onDown && <IconButton label={t('inputs:item.down', { name })} icon={IconArrowDown} className="size-7" onClick={onDown} />}
        {onRemove && <IconButton label={t('inputs:item.remove', { name })} icon={IconTrash} className="size-7" onClick={onRemove} />}
      </header>
      {children}
    </section>
  )
}
