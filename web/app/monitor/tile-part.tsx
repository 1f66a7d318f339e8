import { IconArrowRight, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { StatsFilter } from '../api/monitor.js'
import { edgesFrom, labelOf, tileOf } from '../canvas/doc/lookup.js'
import type { Doc, DocEdge, DocTile } from '../canvas/doc/types.js'
import { hueOf, TILE_ICONS } from '../canvas/view/icons.js'
import { essence, typeWords } from '../canvas/words/essence.js'
import { portWords } from '../canvas/words/ports.js'
import { useSay } from '../editor/use-say.js'
import { ButtonLink, IconButton } from '../kit/button.js'
import { Facts } from '../kit/card.js'
import { Count } from '../kit/count.js'
import { ErrorList } from './error-list.js'
import { LiveCount } from './live-bits.js'
import { membersLink } from './members-link.js'
import { percent, spell } from './numbers.js'
import { useEdgeStats, useTileStats } from './watch.js'

const NO_NAMES = {}

export interface TilePartProps {
  id: string
  doc: Doc
  tile: DocTile
  filter: StatsFilter
  onClose(): void
}

/** One tile: its numbers, the ways on, who is there, what failed there. */
export function TilePart({ id, doc, tile, filter, onClose }: TilePartProps) {
  const { t } = useTranslation()
  const say = useSay(doc, NO_NAMES)
  const Glyph = TILE_ICONS[tile.type]
  const to = (what: Record<string, string>): string => membersLink(id, filter, what)
  const stats = useTileStats(tile.id)
  const sends = tile.type === 'action' || tile.type === 'webhook'
  return (
    <div className="flex flex-col gap-4">
      <header className="flex items-start gap-2">
        <Glyph size={20} className="mt-1 shrink-0" style={{ color: hueOf(tile.type) }} aria-hidden />
        <div className="min-w-0 flex-1">
          <h2 className="text-[16px]/6 font-semibold break-words">{tile.name || typeWords(tile.type, { t })}</h2>
          <p className="text-table break-words text-muted">{essence(tile, say)}</p>
        </div>
        <IconButton label={t('kit:close')} icon={IconX} onClick={onClose} />
      </header>
      {stats && (
        <Facts
          facts={[
            { name: t('monitor:tile.entered'), value: <Through to={to({ visited: tile.id })} n={stats.entered} /> },
            { name: t('monitor:here'), value: <LiveCount n={stats.here} /> },
            { name: t('monitor:passed'), value: <LiveCount n={stats.left} /> },
            ...(sends ? [{ name: t('monitor:failed'), value: <Through to={to({ failedAt: tile.id })} n={stats.failed} alarm /> }] : []),
            { name: t('monitor:conversion'), value: <span className="tabular-nums">{percent(stats.conversionRate)}</span> },
            ...(stats.medianSeconds === null ? [] : [{ name: t('monitor:tile.median'), value: spell(stats.medianSeconds) }]),
          ]}
        />
      )}
      <div className="flex flex-wrap gap-2">
        <ButtonLink to={to({ tile: tile.id })} icon={IconArrowRight}>
          {t('monitor:tile.members')}
        </ButtonLink>
        {sends && <ButtonLink to={to({ tile: tile.id, status: 'parked' })}>{t('monitor:tile.parked')}</ButtonLink>}
      </div>
      {edgesFrom(doc, tile.id).length > 0 && (
        <section>
          <h3 className="text-table font-semibold">{t('monitor:tile.ways')}</h3>
          <ul className="mt-1 flex flex-col gap-1 text-table">
            {edgesFrom(doc, tile.id).map((edge) => (
              <Way key={edge.id} edge={edge} words={portWords(tile, edge.port, say)} to={tileOf(doc, edge.to)} />
            ))}
          </ul>
        </section>
      )}
      {sends && (
        <section className="flex flex-col gap-2">
          <h3 className="text-table font-semibold">{t('monitor:errors.title')}</h3>
          <ErrorList id={id} doc={doc} tileId={tile.id} />
        </section>
      )}
      <Link to={`/journeys/${id}/edit`} className="text-table text-muted underline underline-offset-2 hover:text-text">
        {t('monitor:tile.edit')}
      </Link>
    </div>
  )
}

/** A number that leads to the members behind it. */
function Through({ to, n, alarm = false }: { to: string; n: number; alarm?: boolean }) {
  return (
    <Link to={to} className="rounded-[4px] underline decoration-line underline-offset-2 hover:decoration-current">
      <LiveCount n={n} alarm={alarm} />
    </Link>
  )
}

function Way({ edge, words, to }: { edge: DocEdge; words: string; to: DocTile | undefined }) {
  const { t } = useTranslation()
  const stats = useEdgeStats(edge)
  return (
    <li className="flex items-baseline justify-between gap-3">
      <span className="min-w-0 truncate text-muted">
        {words !== '' && <span className="font-medium text-text">{words}</span>} →{' '}
        {to ? labelOf({ ...to, id: typeWords(to.type, { t }) }) : edge.to}
      </span>
      {stats && (
        <span className="shrink-0 tabular-nums">
          <Count n={stats.n} compact />
          <span className="inline-block w-14 text-right text-muted">{stats.share !== undefined && percent(stats.share)}</span>
        </span>
      )}
    </li>
  )
}
