import { useMemo } from 'react'
import { useAll } from '../api/query.js'
import { useSay } from '../editor/use-say.js'
import type { Doc } from '../canvas/doc/types.js'
import type { Say } from '../canvas/words/say.js'

/** What a form's sentences are made with: the names of audiences and of the document's tiles. */
export function useWords(doc: Doc): Say {
  const audiences = useAll<{ id: string; name: string }>('audiences').data
  const names = useMemo(() => ({ audiences: new Map((audiences ?? []).map(({ id, name }) => [id, name])) }), [audiences])
  return useSay(doc, names)
}
