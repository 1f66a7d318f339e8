import { useTranslation } from 'react-i18next'
import { usePublished } from '../api/versions.js'
import { typeWords } from '../canvas/words/essence.js'

/** What a tile is called on the canvas of a published version; its id where that cannot be read. */
export function TileName({ journeyId, version, tileId }: { journeyId: string; version: number; tileId: string }) {
  const { t } = useTranslation()
  const { data, isPending } = usePublished(journeyId, version)
  const tile = data?.get(tileId)
  return <span className="block truncate">{tile ? tile.name || typeWords(tile.type, { t }) : isPending ? '…' : tileId}</span>
}
