/** Builds canvases for tests: tiles in a row, each leading to the next by `next`; more edges by hand. */

type Tile = { id: string; type: string; name?: string; config: Record<string, unknown> }

export const entry = (...triggers: unknown[]): Tile => ({
  id: 'entry',
  type: 'entry',
  config: { triggers: triggers.length > 0 ? triggers : [{ type: 'manual' }] },
})
export const wait = (id: string, config: Record<string, unknown>): Tile => ({ id, type: 'wait', config })
export const exit = (id = 'done', reason = 'completed'): Tile => ({ id, type: 'exit', config: { reason } })
export const send = (id: string, subject: string, more: Record<string, unknown> = {}): Tile => ({
  id,
  type: 'action',
  config: { destinationId: 'sandbox', action: 'send_email', fields: { to: 'ada@example.com', subject, text: '-' }, ...more },
})
export const hook = (id: string, url: string, more: Record<string, unknown> = {}): Tile => ({
  id,
  type: 'webhook',
  config: { method: 'POST', url, ...more },
})
export const tile = (id: string, type: string, config: Record<string, unknown>): Tile => ({ id, type, config })

export type Edge = { from: string; port?: string; to: string }

/** A canvas of tiles in a row. Where a tile's ports need it, `edges` replace the one to its follower. */
export function row(tiles: Tile[], edges: Edge[] = [], settings: Record<string, unknown> = {}) {
  const given = new Set(edges.map(({ from }) => from))
  const following = tiles
    .slice(0, -1)
    .flatMap(({ id, type }, index) => (given.has(id) || type === 'exit' ? [] : [{ from: id, to: tiles[index + 1]!.id }]))
  return { tiles, edges: [...following, ...edges], settings }
}

/** Asks again until the answer satisfies; fails after `ms`. Tests wait for conditions, never for a time. */
export async function eventually<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean, ms = 20_000): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const answer = await ask()
    if (satisfies(answer)) return answer
    if (Date.now() > deadline) throw new Error(`Not so after ${ms} ms: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
