import type { CanvasBody } from './read.js'
import type { Doc } from './types.js'

/** Whether every tile of a canvas has a place. */
export const isPlaced = ({ tiles }: Pick<CanvasBody, 'tiles'>): boolean => tiles.every(({ position }) => position !== undefined)

/** A document laid out by the engine, which is loaded for it. One that cannot be laid out stays as it is. */
export async function laidOut(doc: Doc): Promise<Doc> {
  const { layOut } = await import('./layout.js')
  const outcome = layOut(doc)
  return 'doc' in outcome ? outcome.doc : doc
}
