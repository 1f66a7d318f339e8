import { cx } from './cx.js'

/** Keys, such as `⌘K`. */
export function Kbd({ keys, inverted = false }: { keys: string; inverted?: boolean }) {
  return (
    <kbd
      className={cx(
        'rounded-[4px] border px-1 font-sans text-[11px]/4 font-medium whitespace-nowrap',
        inverted ? 'border-current opacity-80' : 'border-line bg-sunken text-muted',
      )}
    >
      {keys}
    </kbd>
  )
}
