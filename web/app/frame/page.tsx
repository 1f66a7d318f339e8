import { useEffect, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { Link } from 'react-router'
import { useTranslation } from 'react-i18next'
import { create } from 'zustand'
import { cx } from '../kit/cx.js'
import { useScrollMemory } from './scroll.js'

/** Where pages put what is theirs in the top bar, and what the page that is shown is called. */
export const useSlots = create<{ crumbs: HTMLElement | null; actions: HTMLElement | null; title: string }>(() => ({
  crumbs: null,
  actions: null,
  title: '',
}))

export interface Crumb {
  label: string
  to: string
}

export interface PageProps {
  /** The page's name: last of the breadcrumb, and the tab's title. */
  title: string
  /** The pages above it. */
  crumbs?: readonly Crumb[]
  /** State behind the title: a pill, "Saved". */
  state?: ReactNode
  /** Instead of the title: a field that renames it. The title stays the tab's. */
  titleSlot?: ReactNode
  /** Buttons at the right of the top bar, the primary last. */
  actions?: ReactNode
  /** It takes the whole window and scrolls itself: the canvas. */
  whole?: boolean
  children: ReactNode
}

/** A page: its place in the top bar, and its content, at most 1,440 px wide. */
export function Page({ title, crumbs = [], state, titleSlot, actions, whole = false, children }: PageProps) {
  const slots = useSlots()
  const scroller = useScrollMemory()
  useEffect(() => {
    document.title = `${title} · Tilework`
    useSlots.setState({ title })
  }, [title])
  return (
    <>
      {slots.crumbs && createPortal(<Trail title={title} titleSlot={titleSlot} crumbs={crumbs} state={state} />, slots.crumbs)}
      {slots.actions && actions !== undefined && createPortal(actions, slots.actions)}
      <div
        ref={scroller}
        data-scroller
        tabIndex={-1}
        className={cx('min-h-0 flex-1 outline-none', whole ? 'relative flex flex-col overflow-hidden' : 'overflow-y-auto')}
      >
        {whole ? children : <div className="mx-auto flex max-w-[1440px] flex-col gap-4 p-4 sm:p-6">{children}</div>}
      </div>
    </>
  )
}

function Trail({ title, titleSlot, crumbs, state }: Pick<PageProps, 'title' | 'titleSlot' | 'state'> & { crumbs: readonly Crumb[] }) {
  const { t } = useTranslation()
  return (
    <>
      <nav aria-label={t('frame:crumbs')} className="flex min-w-0 items-center gap-1.5 text-body">
        {crumbs.map(({ to, label }, index) => (
          <span key={to} className={cx('flex min-w-0 items-center gap-1.5', index < crumbs.length - 1 ? 'max-sm:hidden' : 'shrink-0')}>
            <Link to={to} className="max-w-40 truncate rounded-[4px] py-0.5 text-muted hover:text-text max-sm:max-w-24">
              {label}
            </Link>
            <span aria-hidden className="text-muted">
              /
            </span>
          </span>
        ))}
        <h1 className="min-w-0 truncate font-semibold" title={title}>
          {titleSlot ?? title}
        </h1>
      </nav>
      {state !== undefined && <div className="flex shrink-0 items-center gap-2">{state}</div>}
    </>
  )
}

/** A row above a list: search and filters. */
export const Toolbar = ({ children }: { children: ReactNode }) => <div className="flex flex-wrap items-center gap-2">{children}</div>
