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

/** How large something is, px. */
export interface Size {
  width: number
  height: number
}
/** A thing on the canvas with the place that it takes up. */
export type Box = Readonly<Size> & { readonly position: Readonly<Point> }

export const boxOf = (tile: DocTile): Box => ({ position: tile.position, width: widthOf(tile), height: TILE_HEIGHT })

/** The place nearest to `at` where a tile covers no other; to the right of those in the way. */
export const freePlace = (tiles: readonly DocTile[], at: Point): Point =>
  freeSpot(tiles.map(boxOf), at, { width: TILE_WIDTH, height: TILE_HEIGHT })

/** The place nearest to `at` where something covers nothing else; to the right of what is in the way. */
export function freeSpot(boxes: readonly Box[], at: Point, size: Size): Point {
  const place = snap(at)
  for (let moved = true; moved;) {
    const inTheWay = boxes.find(
      ({ position: { x, y }, width, height }) =>
        place.y < y + height + GRID && y < place.y + size.height + GRID && place.x < x + width + GRID && x < place.x + size.width + GRID,
    )
    moved = inTheWay !== undefined
    if (inTheWay) place.x = snap({ x: inTheWay.position.x + inTheWay.width + 2 * GRID, y: 0 }).x
  }
  return place
}
