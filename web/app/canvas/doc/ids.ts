import type { DocEdge, DocTile } from './types.js'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** Some letters that nobody can guess and nobody had before. */
const letters = (count: number): string => Array.from(crypto.getRandomValues(new Uint8Array(count)), (byte) => ALPHABET[byte % 32]).join('')

/**
 * An id for a new tile: what it is and five letters. Not a running number: the id of a tile that was deleted must not come again, or
 * publishing would take the one for the other.
 */
export function newTileId(type: string, taken: { has(id: string): boolean }): string {
  for (;;) {
    const id = `${type}_${letters(5)}`
    if (!taken.has(id)) return id
  }
}

/** Ids for new edges: e1, e2 … that no other has. */
export function newEdgeIds(edges: readonly DocEdge[]): () => string {
  const taken = new Set(edges.map(({ id }) => id))
  let next = edges.length + 1
  return () => {
    while (taken.has(`e${next}`)) next++
    return `e${next++}`
  }
}

export const idsOf = (list: readonly { readonly id: string }[]): Set<string> => new Set(list.map(({ id }) => id))

/** The first entry has the id that people expect; all others get new ones. */
export const tileIdFor = (tiles: readonly DocTile[], type: DocTile['type']): string => {
  const taken = idsOf(tiles)
  return type === 'entry' && !taken.has('entry') ? 'entry' : newTileId(type, taken)
}

export const newNoteId = (): string => `note_${letters(8)}`
