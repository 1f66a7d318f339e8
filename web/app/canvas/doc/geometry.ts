import { portsOf } from '../../../../tiles/ports.js'
import type { DocTile, Point } from './types.js'

/** Everything lies on this grid, in px. */
export const GRID = 16
/** A tile, in px: five rows of the grid. */
export const TILE_WIDTH = 240
export const TILE_HEIGHT = 80
/** From one tile to the next below it, top to top: room for the edge, its label and its `+`. */
export const ROW = 160
/** From one tile to the next beside it. */
export const COLUMN = 272
/** Least room that a named port needs. */
const PORT_WIDTH = 80

/** To the grid. */
export const snap = ({ x, y }: Point): Point => ({ x: Math.round(x / GRID) * GRID, y: Math.round(y / GRID) * GRID })

/** How wide a tile is drawn, px: one with many ports is wider, so that their names have room. */
export const widthOf = (tile: Pick<DocTile, 'type' | 'config'>): number => Math.max(TILE_WIDTH, (portsOf(tile)?.length ?? 0) * PORT_WIDTH)

/** Where a port is, from the left of its tile, px. */
export const portOffset = (width: number, index: number, count: number): number => Math.round((width * (index + 0.5)) / count)

/** The place nearest to `at` where a tile covers no other; to the right of those in the way. */
export function freePlace(tiles: readonly DocTile[], at: Point, width = TILE_WIDTH): Point {
  const place = snap(at)
  for (let moved = true; moved;) {
    const inTheWay = tiles.find(
      (tile) =>
        Math.abs(tile.position.y - place.y) < TILE_HEIGHT + GRID &&
        place.x < tile.position.x + widthOf(tile) + GRID &&
        tile.position.x < place.x + width + GRID,
    )
    moved = inTheWay !== undefined
    if (inTheWay) place.x = snap({ x: inTheWay.position.x + widthOf(inTheWay) + 2 * GRID, y: 0 }).x
  }
  return place
}
