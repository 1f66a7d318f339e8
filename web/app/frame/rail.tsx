import { IconDots } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link, NavLink, useLocation, useNavigate } from 'react-router'
import { cx } from '../kit/cx.js'
import { Menu } from '../kit/menu.js'
import { Tooltip } from '../kit/tooltip.js'
import { Account } from './account.js'
import { AREAS, type Area } from './areas.js'

const HERE = 'bg-accent-soft text-accent'
const ELSEWHERE = 'text-muted hover:bg-hover hover:text-text'

/** The rail at the left: where one can go. */
export function Rail() {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  return (
    <div className="flex w-(--rail) shrink-0 flex-col items-center gap-1 border-r border-line bg-surface py-2 max-sm:hidden">
      <Link to="/journeys" aria-label="Tilework" className="mb-2 grid size-9 place-items-center rounded-input">
        <img src="/static/mark.svg" alt="" width={22} height={22} />
      </Link>
      <nav aria-label={t('frame:nav')} className="flex flex-1 flex-col gap-1">
        {AREAS.map((area) => (
          <Place key={area.name} {...area} here={pathname.split('/')[1] === area.name} />
        ))}
      </nav>
      <Account side="right" />
    </div>
  )
}

/** A NavLink would do, but the tooltip around it takes class names as texts only. */
function Place({ name, icon: Glyph, here }: Area & { here: boolean }) {
  const { t } = useTranslation()
  return (
    <Tooltip text={t(`frame:${name}`)} side="right">
      <Link
        to={`/${name}`}
        aria-label={t(`frame:${name}`)}
        aria-current={here ? 'page' : undefined}
        className={cx(
          'grid size-10 place-items-center rounded-input transition-colors',
          name === 'settings' && 'mt-auto',
          here ? HERE : ELSEWHERE,
        )}
      >
        <Glyph size={20} stroke={1.75} aria-hidden />
      </Link>
    </Tooltip>
  )
}

const FIRST = 4

/** The same at the bottom of a phone: four places, and a menu with the others. */
export function BottomBar() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const others = AREAS.slice(FIRST)
  const item = 'flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-[11px]/4 -outline-offset-2!'
  return (
    <nav aria-label={t('frame:nav')} className="flex shrink-0 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden">
      {AREAS.slice(0, FIRST).map(({ name, icon: Glyph }) => (
        <NavLink key={name} to={`/${name}`} className={({ isActive }) => cx(item, isActive ? 'font-medium text-accent' : 'text-muted')}>
          <Glyph size={20} stroke={1.75} aria-hidden />
          <span className="max-w-full truncate tracking-tight">{t(`frame:${name}`)}</span>
        </NavLink>
      ))}
      <Menu
        side="top"
        items={others.map(({ name, icon }) => ({ label: t(`frame:${name}`), icon, onSelect: () => void navigate(`/${name}`) }))}
      >
        <button
          type="button"
          className={cx(item, others.some(({ name }) => pathname.startsWith(`/${name}`)) ? 'font-medium text-accent' : 'text-muted')}
        >
          <IconDots size={20} aria-hidden />
          {t('frame:more')}
        </button>
      </Menu>
    </nav>
  )
}
