import { useTranslation } from 'react-i18next'
import { tileOf } from '../canvas/doc/lookup.js'
import type { Doc } from '../canvas/doc/types.js'
import { hueOf } from '../canvas/view/icons.js'
import { typeWords } from '../canvas/words/essence.js'
import { Count } from '../kit/count.js'
import { funnel, percent } from './numbers.js'
import { useLive } from './watch.js'

/** How far the members came: a bar a tile, from the entry on. */
export function Funnel({ doc, onTile }: { doc: Doc; onTile(tileId: string): void }) {
  const { t } = useTranslation()
  const stats = useLive(({ state }) => state?.stats)
  if (!stats) return null
  const bars = funnel(doc, stats)
  return (
    <ol aria-label={t('monitor:funnel.title')} className="flex flex-col gap-1.5">
      {bars.map(({ tileId, entered, share, lost }) => {
        const tile = tileOf(doc, tileId)!
        return (
          <li key={tileId}>
            <button
              type="button"
              onClick={() => onTile(tileId)}
              className="block w-full rounded-[4px] px-1 py-0.5 text-left hover:bg-hover"
            >
              <span className="flex items-baseline justify-between gap-3 text-table">
                <span className="min-w-0 truncate">{tile.name || typeWords(tile.type, { t })}</span>
                <span className="shrink-0 tabular-nums">
                  <Count n={entered} compact /> <span className="inline-block w-14 text-right text-muted">{percent(share)}</span>
                </span>
              </span>
              <span className="mt-0.5 block h-2 rounded-full bg-sunken" aria-hidden>
                <span
                  className="block h-full min-w-px rounded-full"
                  style={{ width: `${Math.min(share, 1) * 100}%`, background: hueOf(tile.type) }}
                />
              </span>
              {lost > 0 && <span className="block text-label text-muted">{t('monitor:funnel.lost', { count: lost })}</span>}
            </button>
          </li>
        )
      })}
    </ol>
  )
}
