import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.js'

export type Tone = 'grey' | 'green' | 'amber' | 'red' | 'blue' | 'accent'

const DOT: Record<Tone, string> = {
  grey: 'bg-grey',
  green: 'bg-green',
  amber: 'bg-amber',
  red: 'bg-red',
  blue: 'bg-blue',
  accent: 'bg-accent',
}
const SOFT: Record<Tone, string> = {
  grey: 'bg-grey-soft',
  green: 'bg-green-soft',
  amber: 'bg-amber-soft',
  red: 'bg-red-soft',
  blue: 'bg-blue-soft',
  accent: 'bg-accent-soft',
}

/** A state: a dot (or an icon) and a word. */
export function Pill({ tone = 'grey', icon: Glyph, children }: { tone?: Tone; icon?: Icon; children: ReactNode }) {
  return (
    <span
      className={cx(
        'inline-flex h-6 max-w-full items-center gap-1.5 rounded-full px-2 text-label font-medium whitespace-nowrap',
        SOFT[tone],
      )}
    >
      {Glyph ? (
        <Glyph size={14} className="shrink-0" aria-hidden />
      ) : (
        <span className={cx('size-2 shrink-0 rounded-full', DOT[tone])} aria-hidden />
      )}
      <span className="truncate">{children}</span>
    </span>
  )
}

const STATES = {
  draft: 'grey',
  active: 'green',
  paused: 'amber',
  completed: 'blue',
  held: 'amber',
  parked: 'red',
  exited: 'grey',
  retrying: 'amber',
  resolved: 'green',
  running: 'blue',
  done: 'green',
  failed: 'red',
} satisfies Record<string, Tone>

export type State = keyof typeof STATES

/** The state of an orchestration, a member, an error or a job, in its colour and word. */
export function StatePill({ state }: { state: State }) {
  const { t } = useTranslation()
  return <Pill tone={STATES[state]}>{t(`kit:state.${state}`)}</Pill>
}

/** A word that things are sorted by. `onRemove` gives it a cross. */
export function Tag({ children, onRemove, removeLabel }: { children: ReactNode; onRemove?: () => void; removeLabel?: string }) {
  return (
    <span className="inline-flex h-6 max-w-full items-center gap-1 rounded-input border border-line bg-sunken px-1.5 text-label text-muted">
      <span className="truncate">{children}</span>
      {onRemove && (
        <button
          type="button"
          aria-label={removeLabel}
          onClick={onRemove}
          className="-mr-1 grid size-6 place-items-center rounded-[4px] hover:text-text"
        >
          ×
        </button>
      )}
    </span>
  )
}
