import type { Icon } from '@tabler/icons-react'
import type { ComponentProps, ReactNode } from 'react'
import { Link } from 'react-router'
import { cx } from './cx.js'
import { Tooltip } from './tooltip.js'

const VARIANTS = {
  primary: 'bg-accent text-on-accent border-transparent hover:bg-accent-strong shadow-card',
  secondary: 'bg-surface text-text border-edge/70 hover:bg-hover',
  quiet: 'bg-transparent text-text border-transparent hover:bg-hover',
  danger: 'bg-red text-on-red border-transparent hover:opacity-90',
} as const

const BASE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-input border font-medium whitespace-nowrap transition-colors select-none disabled:opacity-50 disabled:pointer-events-none'
const SIZES = { m: 'h-8 px-3 text-body', s: 'h-7 px-2 text-table' } as const

interface Looks {
  /** `secondary` unless told; one `primary` a page. */
  variant?: keyof typeof VARIANTS
  size?: keyof typeof SIZES
  icon?: Icon
}

/** What a button looks like, for what is none. */
export const buttonClass = ({ variant = 'secondary', size = 'm' }: Looks = {}): string => cx(BASE, VARIANTS[variant], SIZES[size])

export interface ButtonProps extends Looks, Omit<ComponentProps<'button'>, 'children'> {
  children: ReactNode
  /** The work goes on: the button cannot be pressed and says so to assistive technology. */
  busy?: boolean
  /** On a phone only its icon is seen: where the name of the page needs the room. */
  compact?: boolean
}

/** A button. Its text is a verb. */
export function Button({
  variant,
  size,
  icon: Glyph,
  busy,
  compact,
  disabled,
  className,
  children,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled === true || busy === true}
      aria-busy={busy || undefined}
      className={cx(buttonClass({ variant, size }), busy && 'move-breathe', className)}
    >
      {Glyph && <Glyph size={16} aria-hidden />}
      {compact ? <span className="max-sm:sr-only">{children}</span> : children}
    </button>
  )
}

/** A link to a page of the application that looks like a button. */
export function ButtonLink({
  to,
  variant,
  size,
  icon: Glyph,
  className,
  children,
}: Looks & { to: string; className?: string; children: ReactNode }) {
  return (
    <Link to={to} className={cx(buttonClass({ variant, size }), className)}>
      {Glyph && <Glyph size={16} aria-hidden />}
      {children}
    </Link>
  )
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** Its name for assistive technology, and its tooltip. */
  label: string
  icon: Icon
  /** Pixels of the icon; the target is 28 at least. */
  iconSize?: number
  variant?: keyof typeof VARIANTS
  /** Shown in the tooltip, such as `⌘K`. */
  shortcut?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
}

/** A button that is an icon; its name is its tooltip. */
export function IconButton({ label, icon: Glyph, iconSize = 18, variant = 'quiet', shortcut, side, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} {...(shortcut !== undefined && { shortcut })} {...(side && { side })}>
      <button type="button" {...rest} aria-label={label} className={cx(BASE, VARIANTS[variant], 'size-8 p-0', className)}>
        <Glyph size={iconSize} aria-hidden />
      </button>
    </Tooltip>
  )
}
