import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Doc } from '../canvas/doc/types.js'
import type { Names, Say } from '../canvas/words/say.js'

/**
 * What words are made with. It stays the same object while no name changed: with another one every tile would be drawn again.
 */
export function useSay(doc: Pick<Doc, 'tiles'>, names: Names): Say {
  const { t, i18n } = useTranslation()
  const key = doc.tiles.map(({ id, name }) => (name ? `${id}\n${name}` : '')).join('\n')
  return useMemo(() => {
    const lines = key.split('\n').filter((line) => line !== '')
    const tiles = new Map(Array.from({ length: lines.length / 2 }, (_, index) => [lines[index * 2]!, lines[index * 2 + 1]!]))
    return { t: (text, values) => t(text, values ?? {}), locale: i18n.language, names: { ...names, tiles } }
  }, [t, i18n.language, names, key])
}
