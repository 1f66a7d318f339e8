import type { JourneyInput } from '../api/journeys.js'

type Tiles = { id: string; type: string; name: string; position: { x: number; y: number }; config: Record<string, unknown> }[]
type Edges = { from: string; port?: string; to: string }[]

/** A canvas that an orchestration can begin with. Its name and what it is for are sentences of i18n/en/templates.json, by its id. */
export interface Template {
  id: string
  tiles: Tiles
  edges: Edges
  settings: Record<string, unknown>
}

/** How far tiles lie apart, in pixels of the canvas. */
const COLUMN = 272
const ROW = 160

/** A tile at a column and row of the grid. */
export const tile = (
  id: string,
  type: string,
  name: string,
  [column, row]: [number, number],
  config: Record<string, unknown>,
): Tiles[number] => ({
  id,
  type,
  name,
  position: { x: column * COLUMN, y: row * ROW },
  config,
})

/** An email into the sandbox: nothing leaves before another destination is chosen. */
export const email = (id: string, name: string, at: [number, number], subject: string, text: string): Tiles[number] =>
  tile(id, 'action', name, at, {
    destinationId: 'sandbox',
    action: 'send_email',
    fields: { to: '{{ customer.traits.email }}', subject, text },
    onFailure: 'park',
  })

/** Edges as one writes them: `a > b`, `wait.timeout > c`. */
export const edges = (...lines: string[]): Edges =>
  lines.map((line) => {
    const [from, to] = line.split(' > ') as [string, string]
    const [id, port] = from.split('.') as [string, string?]
    return { from: id, to, ...(port !== undefined && { port }) }
  })

/** What a new orchestration is made from. */
export const inputOf = ({ tiles, edges, settings }: Template, name: string, description: string): JourneyInput => ({
  name,
  description,
  tiles,
  edges,
  settings,
})
