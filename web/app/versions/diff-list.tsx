import { useTranslation } from 'react-i18next'
import { isSame, type Difference, type TileDifference } from '../canvas/doc/diff.js'
import { tileOf } from '../canvas/doc/lookup.js'
import type { Doc, DocEdge, DocTile } from '../canvas/doc/types.js'
import { typeWords } from '../canvas/words/essence.js'
import { portWords } from '../canvas/words/ports.js'
import { spoken, valueWords, type Say } from '../canvas/words/say.js'
import { useSay } from '../editor/use-say.js'

const NO_NAMES = {}

/** What differs between two versions, in words; of a changed tile each field with what it was and is. */
export function DiffList({ difference, before, after }: { difference: Difference; before: Doc; after: Doc }) {
  const { t } = useTranslation()
  const say = useSay(after, NO_NAMES)
  if (isSame(difference)) return <p className="text-body">{t('editor:diff.same')}</p>
  const { tiles, edges, others } = difference
  const nameOf = (id: string): string => tileName(tileOf(after, id) ?? tileOf(before, id), id, say)
  const way = ({ from, port, to }: DocEdge) => {
    const tile = tileOf(after, from) ?? tileOf(before, from)
    return { from: nameOf(from), port: (tile && portWords(tile, port, say)) || t('canvas:port.next'), to: nameOf(to) }
  }
  return (
    <ul className="flex flex-col gap-2 text-body">
      {tiles.map((each) => (
        <li key={each.id} className="break-words">
          {t(`versions:diff.${each.kind}`, { tile: nameOf(each.id) })}
          <Fields difference={each} say={say} />
        </li>
      ))}
      {edges.map(({ kind, before: was, after: now }) => (
        <li key={`${kind} ${(now ?? was)!.from} ${(now ?? was)!.port}`} className="break-words">
          {t(`versions:diff.edge.${kind}`, { ...way((now ?? was)!), ...(kind === 'turned' && { was: nameOf(was!.to) }) })}
        </li>
      ))}
      {others.length > 0 && (
        <li>{t('versions:diff.others', { fields: others.map((field) => spoken(field.replace('settings.', ''))).join(', ') })}</li>
      )}
    </ul>
  )
}

const tileName = (tile: DocTile | undefined, id: string, say: Say): string =>
  tile ? tile.name || `${typeWords(tile.type, say)} (${id})` : id

function Fields({ difference: { fields, before, after }, say }: { difference: TileDifference; say: Say }) {
  const { t } = useTranslation()
  if (fields.length === 0) return null
  const value = (tile: DocTile | undefined, field: string): string => {
    const found: unknown = field === 'name' || field === 'type' ? tile?.[field] : tile?.config[field]
    return typeof found === 'object' && found !== null ? JSON.stringify(found) : valueWords(found, say)
  }
  return (
    <ul className="mt-0.5 flex flex-col gap-0.5 pl-4 text-table text-muted">
      {fields.map((field) => (
        <li key={field}>{t('versions:diff.field', { field: spoken(field), was: value(before, field), is: value(after, field) })}</li>
      ))}
    </ul>
  )
}
