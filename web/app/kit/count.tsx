import { cx } from './cx.js'

export interface CountProps {
  n: number
  /** 12,345 as 12.3K; the exact one on hover. */
  compact?: boolean
  /** Red when it is more than zero. */
  alarm?: boolean
}

/** A number in figures of one width, grouped; zero is muted. */
export function Count({ n, compact = false, alarm = false }: CountProps) {
  const whole = n.toLocaleString('en')
  const short = compact && n >= 10_000
  return (
    <span
      title={short ? whole : undefined}
      className={cx('whitespace-nowrap tabular-nums', n === 0 ? 'text-muted' : alarm && 'font-semibold text-red')}
    >
      {short ? new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(n) : whole}
    </span>
  )
}
