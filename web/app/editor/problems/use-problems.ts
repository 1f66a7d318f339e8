import { useEffect, useMemo, useRef, useState } from 'react'
import type { Lookups, Problem, Validation } from '../../../../tiles/validate.js'
import type { Doc } from '../../canvas/doc/types.js'
import type { Badge } from '../../canvas/view/nodes.js'
import type { Answered, Asked } from './worker.js'

/** After this pause in the changes the canvas is judged anew, ms. */
const PAUSE_MS = 200

export interface Problems extends Validation {
  /** The document that they are of; they are those of the one before while another is judged. */
  of: Doc | undefined
  badges: ReadonlyMap<string, Badge>
}

const NONE: Validation = { errors: [], warnings: [] }

/** What is wrong with the document, by the same code as on the server. */
export function useProblems(doc: Doc, lookups: Lookups | undefined): Problems {
  const [found, setFound] = useState<{ validation: Validation; of: Doc | undefined }>({ validation: NONE, of: undefined })
  const worker = useRef<Worker>(undefined)
  const asked = useRef<{ id: number; doc: Doc | undefined }>({ id: 0, doc: undefined })
  useEffect(() => {
    const made = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    made.onmessage = ({ data: { id, found: validation } }: MessageEvent<Answered>) => {
      if (id === asked.current.id) setFound({ validation, of: asked.current.doc })
    }
    worker.current = made
    return () => made.terminate()
  }, [])
  useEffect(() => {
    if (!lookups) return undefined
    const timer = setTimeout(() => {
      const { tiles, edges, settings } = doc
      asked.current = { id: asked.current.id + 1, doc }
      worker.current?.postMessage({ id: asked.current.id, canvas: { tiles, edges, settings } as Asked['canvas'], lookups } satisfies Asked)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [doc, lookups])
  const { errors, warnings } = found.validation
  const badges = useMemo(() => badgesOf(errors, warnings), [errors, warnings])
  return { errors, warnings, of: found.of, badges }
}

/** By tile; what is wrong with an edge counts for the tile that it leaves, if it names none. */
function badgesOf(errors: readonly Problem[], warnings: readonly Problem[]): Map<string, Badge> {
  const badges = new Map<string, Badge>()
  const count = (problems: readonly Problem[], kind: keyof Badge): void => {
    for (const { tileId } of problems) {
      if (tileId === undefined) continue
      const badge = badges.get(tileId) ?? { errors: 0, warnings: 0 }
      badges.set(tileId, { ...badge, [kind]: badge[kind] + 1 })
    }
  }
  count(errors, 'errors')
  count(warnings, 'warnings')
  return badges
}
