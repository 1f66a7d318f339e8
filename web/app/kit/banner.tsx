import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { cx } from './cx.js'

const TONES = {
  info: { box: 'border-blue/40 bg-blue-soft', icon: 'text-blue' },
  amber: { box: 'border-amber/40 bg-amber-soft', icon: 'text-amber' },
  red: { box: 'border-red/40 bg-red-soft', icon: 'text-red' },
} as const

export interface BannerProps {
  tone?: keyof typeof TONES
  children: ReactNode
  /** Buttons at the right. */
  actions?: ReactNode
}

/** What concerns all of the page or form below it. Red ones are announced. */
export function Banner({ tone = 'info', children, actions }: BannerProps) {
  const Glyph = tone === 'info' ? IconInfoCircle : IconAlertTriangle
  return (
    <div
      role={tone === 'red' ? 'alert' : 'status'}
      className={cx('flex flex-wrap items-start gap-x-3 gap-y-2 rounded-card border px-3 py-2.5 text-body', TONES[tone].box)}
    >
      <Glyph size={18} className={cx('mt-px shrink-0', TONES[tone].icon)} aria-hidden />
      <div className="min-w-0 flex-1 basis-48 break-words">{children}</div>
      {actions !== undefined && <div className="flex shrink-0 flex-wrap gap-2">{actions}</div>}
    </div>
  )
}
