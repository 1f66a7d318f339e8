import { docOf, type CanvasBody } from './read.js'
import type { Doc } from './types.js'

type Row = [id: string, type: Doc['tiles'][number]['type'], config?: Record<string, unknown>]

/** A document for tests: tiles below each other, and edges as `from:port>to` (`from>to` leaves from next). */
export function drawn(tiles: readonly Row[], edges: readonly string[] = []): Doc {
  const body: CanvasBody = {
    name: 'Welcome',
    description: '',
    tiles: tiles.map(([id, type, config = {}], row) => ({ id, type, config, position: { x: 0, y: row * 160 } })),
    edges: edges.map((text, index) => {
      const [, from, port = 'next', to] = /^([\w-]+)(?::([\w-]+))?>([\w-]+)$/.exec(text)!
      return { id: `e${index + 1}`, from: from!, port, to: to! }
    }),
    settings: {},
  }
  return docOf(body)
}

/** The edges of a document in the same words, in order. */
export const wires = ({ edges }: Doc): string[] =>
  edges.map(({ from, port, to }) => (port === 'next' ? `${from}>${to}` : `${from}:${port}>${to}`)).sort()

/** The document that an operation answers. */
export function done(outcome: { doc: Doc; select?: readonly string[] } | { refused: { code: string } }): Doc {
  if ('refused' in outcome) throw new Error(`It was refused: ${outcome.refused.code}`)
  return outcome.doc
}
