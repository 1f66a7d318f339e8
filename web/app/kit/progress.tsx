import { Progress as Radix } from 'radix-ui'

/** How far something is. `total` 0 or undefined: it is not known yet. */
export function Progress({ done, total, label }: { done: number; total: number | undefined; label: string }) {
  const share = total ? Math.min(done / total, 1) : undefined
  return (
    <Radix.Root
      value={share === undefined ? null : Math.round(share * 100)}
      max={100}
      aria-label={label}
      className="h-2 w-full overflow-hidden rounded-full bg-grey-soft"
    >
      <Radix.Indicator
        className={share === undefined ? 'move-breathe block h-full w-1/3 bg-accent' : 'block h-full bg-accent transition-[width]'}
        style={share === undefined ? undefined : { width: `${share * 100}%` }}
      />
    </Radix.Root>
  )
}
