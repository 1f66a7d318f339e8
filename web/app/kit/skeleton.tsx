import { cx } from './cx.js'

/** The place of what is on its way; its size comes by class. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx('move-breathe block rounded-input bg-grey-soft', className ?? 'h-4 w-full')} />
}

/** A few lines of it, as a list or a text will be. */
export function SkeletonLines({ lines = 4, label }: { lines?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-3 py-2">
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} className={cx('h-4', ['w-11/12', 'w-3/4', 'w-5/6', 'w-2/3'][index % 4])} />
      ))}
    </div>
  )
}
