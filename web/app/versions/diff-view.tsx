import { createContext, useContext, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Doc, DocEdge } from '../canvas/doc/types.js'
import type { CanvasSlots, Mark } from '../canvas/view/context.js'
import { cx } from '../kit/cx.js'
import { StillCanvas } from '../monitor/still-canvas.js'
import { compare } from './compare.js'
import { DiffList } from './diff-list.js'

const Marks = createContext<ReadonlyMap<string, Mark>>(new Map())

const LOOKS: Partial<Record<Mark, string>> = {
  added: 'border-green text-green bg-green-soft',
  removed: 'border-red text-red bg-red-soft',
  changed: 'border-accent text-accent bg-accent-soft',
}

/** The word for a mark: its colour says nothing alone. */
function Word({ id }: { id: string }) {
  const { t } = useTranslation()
  const mark = useContext(Marks).get(id)
  const look = mark && LOOKS[mark]
  if (!look) return null
  return <span className={cx('h-5 rounded-full border px-2 text-label font-medium', look)}>{t(`versions:mark.${mark}`)}</span>
}

const TileWord = ({ tileId }: { tileId: string }) => <Word id={tileId} />
const EdgeWord = ({ edge }: { edge: DocEdge }) => <Word id={edge.id} />
const SLOTS: CanvasSlots = { Tile: TileWord, Edge: EdgeWord }

/** How a version differs from another, on the canvas and in a list. */
export function DiffView({ id, before, after, label }: { id: string; before: Doc; after: Doc; label: string }) {
  const { t } = useTranslation()
  const { doc, marks, difference } = useMemo(() => compare(before, after), [before, after])
  const [tile, setTile] = useState<string>()
  return (
    <Marks.Provider value={marks}>
      <div className="h-[56vh] min-h-80 overflow-hidden rounded-card border border-line max-sm:h-[45dvh]">
        <StillCanvas doc={doc} journeyId={id} label={label} marks={marks} slots={SLOTS} tileId={tile} onTile={setTile} />
      </div>
      <section className="flex flex-col gap-2">
        <h2 className="text-body font-semibold">{t('versions:differs')}</h2>
        <DiffList difference={difference} before={before} after={after} />
      </section>
    </Marks.Provider>
  )
}
