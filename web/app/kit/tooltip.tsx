import { Tooltip as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { Kbd } from './kbd.js'

/** Stands once around the application: how long a tooltip waits. */
export const TooltipProvider = ({ children }: { children: ReactNode }) => <Radix.Provider delayDuration={400}>{children}</Radix.Provider>

export interface TooltipProps {
  text: ReactNode
  /** Keys that do the same. */
  shortcut?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
  /** One element that takes a ref and can be focused. */
  children: ReactElement
}

/** A word about its child on hover and focus. Nothing that matters lives only here. */
export function Tooltip({ text, shortcut, side = 'bottom', children }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="move-fade z-50 flex max-w-72 items-center gap-2 rounded-input bg-text px-2 py-1 text-label break-words text-surface shadow-float"
        >
          {text}
          {shortcut !== undefined && <Kbd keys={shortcut} inverted />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
