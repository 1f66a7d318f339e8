import { useEffect, useRef, type ReactNode } from 'react'
import { tileOf } from '../canvas/doc/lookup.js'
import type { Doc } from '../canvas/doc/types.js'
import { hueOf, TILE_ICONS } from '../canvas/view/icons.js'
import type { Say } from '../canvas/words/say.js'
import { cx } from '../kit/cx.js'
import { clockWords, sentence, sinceWords, stopsOf, tileWords, type Told } from './words.js'

export interface TimelineProps<T extends Told> {
  entries: readonly T[]
  doc: Doc
  say: Say
  label: string
  /** More about one thing that happened: its delivery, who did it. */
  more?(entry: T): ReactNode
  /** The tile that is looked at, and how another is. */
  tileId?: string | undefined
  onTile?(tileId: string): void
  /** The stop that is looked at, by its index, and how another is. It is kept in sight. */
  stop?: number
  onStop?(index: number): void
  /** What the clocks of one zone show, each with how long after an instant; else those of the viewer. */
  clock?: Clock
}

interface Clock {
  timeZone: string
  since: string
}

const LOUD: Partial<Record<Told['event'], string>> = { failed: 'text-red', parked: 'font-medium text-red', held: 'text-amber' }

/** Everything that happened, on one vertical line: a stop for each visit of a tile, with instants, decisions and their values. */
export function Timeline<T extends Told>(props: TimelineProps<T>) {
  const { entries, doc, say, label, more, tileId, onTile, stop: looked, onStop, clock } = props
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    if (looked !== undefined) list.current?.children[looked]?.scrollIntoView({ block: 'nearest' })
  }, [looked, entries])
  return (
    <ol
      ref={list}
      aria-label={label}
      className="relative flex flex-col gap-4 before:absolute before:inset-y-3 before:left-[13px] before:w-px before:bg-line"
    >
      {stopsOf(entries).map((stop, index) => {
        const tile = tileOf(doc, stop.tileId)
        const Glyph = tile && TILE_ICONS[tile.type]
        return (
          <li
            key={stop.key}
            aria-current={index === looked ? 'step' : undefined}
            className={cx('relative flex gap-3 rounded-input pr-1', (stop.tileId === tileId || index === looked) && 'bg-accent-soft')}
          >
            <span className="z-[1] grid size-7 shrink-0 place-items-center rounded-full border border-line bg-surface">
              {Glyph && <Glyph size={15} style={{ color: hueOf(tile.type) }} aria-hidden />}
            </span>
            <div className="min-w-0 flex-1 pt-0.5">
              <button
                type="button"
                onClick={() => (onTile?.(stop.tileId), onStop?.(index))}
                className="max-w-full rounded-[4px] text-left text-body font-semibold break-words hover:underline"
              >
                {tileWords(doc, stop.tileId, say)}
                {stop.visit > 1 && <span className="font-normal text-muted"> {say.t('members:visit', { n: stop.visit })}</span>}
              </button>
              <ul className="flex flex-col gap-1">
                {stop.entries.map((entry, index) => (
                  <Entry key={index} {...{ entry, doc, say, clock }} first={index === 0} more={more?.(entry)} />
                ))}
              </ul>
            </div>
          </li>
        )
      })}
    </ol>
  )
}

interface EntryProps<T extends Told> extends Pick<TimelineProps<T>, 'doc' | 'say'> {
  entry: T
  clock: Clock | undefined
  first: boolean
  more: ReactNode
}

function Entry<T extends Told>({ entry, doc, say, clock, first, more }: EntryProps<T>) {
  const words = sentence(entry, doc, say, clock?.timeZone)
  const later = clock && sinceWords(entry.at, clock.since, say)
  // Arriving is what the stop says; its instant is what is told then.
  if (words === undefined || (!first && entry.event === 'arrived')) return null
  return (
    <li className="text-table">
      <span className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className={cx('min-w-0 break-words', LOUD[entry.event])}>{words}</span>
        <time dateTime={entry.at} className="text-label whitespace-nowrap text-muted tabular-nums">
          {clockWords(entry.at, say.locale, clock?.timeZone)}
          {later !== undefined && ` · ${later}`}
        </time>
      </span>
      {more}
    </li>
  )
}
