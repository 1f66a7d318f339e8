import type { Icon } from '@tabler/icons-react'
import { ContextMenu as Context, DropdownMenu as Radix } from 'radix-ui'
import { Fragment, useRef, type ReactElement } from 'react'
import { cx } from './cx.js'
import { Kbd } from './kbd.js'

/** One thing to do, a line between two groups, or a heading. */
export type MenuItem =
  | { heading: string; hint?: string }
  | {
      label: string
      onSelect(): void
      icon?: Icon
      shortcut?: string
      danger?: boolean
      disabled?: boolean
      checked?: boolean
      hint?: string
    }
  | 'line'

const PANEL = 'move-pop z-50 max-h-[70vh] min-w-44 max-w-80 overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-float'
const ITEM =
  'flex min-h-8 cursor-pointer items-center gap-2 rounded-input px-2 py-1 text-body outline-none data-disabled:cursor-not-allowed data-disabled:opacity-50 data-highlighted:bg-hover'

export interface MenuProps {
  items: readonly MenuItem[]
  /** The button that opens it. */
  children: ReactElement
  align?: 'start' | 'end'
  side?: 'top' | 'right' | 'bottom' | 'left'
}

/** A list of things to do, behind a button. */
export function Menu({ items, children, align = 'end', side = 'bottom' }: MenuProps) {
  const { choose, onCloseAutoFocus } = useChosen()
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content align={align} side={side} sideOffset={4} collisionPadding={8} onCloseAutoFocus={onCloseAutoFocus} className={PANEL}>
          <Items items={items} choose={choose} Item={Radix.Item} Line={Radix.Separator} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** The same on a right click. Nothing important lives only here. */
export function ContextMenu({ items, children }: Pick<MenuProps, 'items' | 'children'>) {
  const { choose, onCloseAutoFocus } = useChosen()
  return (
    <Context.Root>
      <Context.Trigger asChild>{children}</Context.Trigger>
      <Context.Portal>
        <Context.Content collisionPadding={8} onCloseAutoFocus={onCloseAutoFocus} className={PANEL}>
          <Items items={items} choose={choose} Item={Context.Item} Line={Context.Separator} />
        </Context.Content>
      </Context.Portal>
    </Context.Root>
  )
}

/** Does what was chosen once the menu has given the focus back: what it opens would else be closed at once, for having lost the focus. */
function useChosen() {
  const chosen = useRef<() => void>(undefined)
  return {
    choose: (action: () => void): void => void (chosen.current = action),
    onCloseAutoFocus(): void {
      const action = chosen.current
      chosen.current = undefined
      if (action) queueMicrotask(action)
    },
  }
}

type Parts = Pick<typeof Radix, 'Item'> & { Line: typeof Radix.Separator }

function Items({ items, choose, Item, Line }: { items: readonly MenuItem[]; choose(action: () => void): void } & Parts) {
  return items.map((item, index) =>
    item === 'line' ? (
      <Fragment key={index}>
        <Line className="my-1 h-px bg-line" />
      </Fragment>
    ) : 'heading' in item ? (
      <div key={item.heading} className="px-2 py-1.5">
        <span className="block truncate text-body font-medium">{item.heading}</span>
        {item.hint !== undefined && <span className="block truncate text-label text-muted">{item.hint}</span>}
      </div>
    ) : (
      <Item
        key={item.label}
        disabled={item.disabled ?? false}
        onSelect={() => choose(item.onSelect)}
        className={cx(ITEM, item.danger && 'text-red')}
      >
        {item.icon && <item.icon size={16} className={item.danger ? 'shrink-0' : 'shrink-0 text-muted'} aria-hidden />}
        <span className="min-w-0 flex-1">
          {item.label}
          {item.hint !== undefined && <span className="block text-label text-muted">{item.hint}</span>}
        </span>
        {item.checked && <span aria-hidden>✓</span>}
        {item.shortcut !== undefined && <Kbd keys={item.shortcut} />}
      </Item>
    ),
  )
}
