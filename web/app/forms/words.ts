import { useMemo } from 'react'
import { useNames } from '../api/query.js'
import { useSay } from '../editor/use-say.js'
import type { Doc } from '../canvas/doc/types.js'
import type { Say } from '../canvas/words/say.js'

const NO_TILES: Pick<Doc, 'tiles'> = { tiles: [] }

/** What sentences about conditions are made with: the names of audiences, and of the tiles of a document. */
export function useWords(doc: Pick<Doc, 'tiles'> = NO_TILES): Say {
  const audiences = useNames('audiences')
  return useSay(
    doc,
    useMemo(() => (audiences ? { audiences } : {}), [audiences]),
  )
}
