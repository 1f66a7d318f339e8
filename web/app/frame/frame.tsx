import { IconSearch } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Outlet, useLocation, useNavigation } from 'react-router'
import { IconButton } from '../kit/button.js'
import { cx } from '../kit/cx.js'
import { Kbd } from '../kit/kbd.js'
import { ToastRegion } from '../kit/toast.js'
import { TooltipProvider } from '../kit/tooltip.js'
import { Account } from './account.js'
import { BottomBar, Rail } from './rail.js'
import { useSlots } from './page.js'
import { openPalette, usePalette } from './palette-store.js'
import { SessionDialog } from './session-dialog.js'

const Palette = lazy(() => import('./palette.js'))

/** What stands around every page: rail, top bar, bottom bar on a phone, search, toasts, and what says that the session has ended. */
export function Frame() {
  const { t } = useTranslation()
  const { open } = usePalette()
  usePaletteKey()
  return (
    <TooltipProvider>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-input focus:bg-raised focus:px-3 focus:py-1.5 focus:shadow-float"
      >
        {t('frame:skip')}
      </a>
      <div className="flex h-dvh max-sm:flex-col">
        <Rail />
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <TopBar />
          <main id="main" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
            <Outlet />
          </main>
        </div>
        <BottomBar />
      </div>
      {open && (
        <Suspense>
          <Palette />
        </Suspense>
      )}
      <Announcer />
      <SessionDialog />
      <ToastRegion />
    </TooltipProvider>
  )
}

/** Says the name of a page to who does not see it, and takes the focus there when what had it is gone. */
function Announcer() {
  const { pathname } = useLocation()
  const title = useSlots((slots) => slots.title)
  useEffect(() => {
    if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true })
  }, [pathname])
  return (
    <p aria-live="polite" className="sr-only">
      {title}
    </p>
  )
}

function TopBar() {
  const { t } = useTranslation()
  const { state } = useNavigation()
  const [crumbs, setCrumbs] = useState<HTMLElement | null>(null)
  const [actions, setActions] = useState<HTMLElement | null>(null)
  useEffect(() => useSlots.setState({ crumbs, actions }), [crumbs, actions])
  return (
    <header className="relative flex h-(--bar) shrink-0 items-center gap-3 border-b border-line bg-surface px-4 max-sm:gap-2 max-sm:px-3">
      <div ref={setCrumbs} className="flex min-w-0 flex-1 items-center gap-3" />
      <button
        type="button"
        onClick={() => openPalette()}
        className="flex h-8 w-56 items-center gap-2 rounded-input border border-line bg-bg px-2.5 text-table text-muted hover:border-edge max-lg:hidden"
      >
        <IconSearch size={16} aria-hidden />
        <span className="flex-1 text-left">{t('frame:search')}</span>
        <Kbd keys={META === 'Meta' ? '⌘K' : 'Ctrl K'} />
      </button>
      <span className="lg:hidden">
        <IconButton label={t('frame:searchAll')} icon={IconSearch} onClick={() => openPalette()} />
      </span>
      <div ref={setActions} className="flex shrink-0 items-center gap-2 empty:hidden" />
      <span className="sm:hidden">
        <Account side="bottom" />
      </span>
      <span
        aria-hidden
        className={cx(
          'absolute inset-x-0 -bottom-px h-0.5 bg-accent transition-opacity',
          state === 'loading' ? 'move-breathe' : 'opacity-0',
        )}
      />
    </header>
  )
}

const META = navigator.platform.startsWith('Mac') ? 'Meta' : 'Control'

function usePaletteKey(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      openPalette(!usePalette.getState().open)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
}
