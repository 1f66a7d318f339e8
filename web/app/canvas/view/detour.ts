import type { Point } from '../doc/types.js'

/*
 * The way of an edge that would run behind a tile: out of the port, between the rows, down beside what is in the way, into the target. Straight lines
 * only, so that it looks like every other edge.
 */

/** What an edge must not run behind, px. */
export interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

export interface Detour {
  from: Point
  to: Point
  /** Where it turns, from the first to the last. */
  corners: readonly Point[]
}

/** From a port, or to a target, up to the first turn, px. */
export const STUB = 32
/** From a tile to an edge that passes it, px. */
const CLEAR = 16
/** Closer than this to a tile is as good as behind it, px. */
const TOUCH = 4
/** Height of the bands by which tiles are found, px. */
const BAND = 160

/** Tiles by bands of the canvas, so that an edge looks only at those beside it. */
export class Obstacles {
  readonly #bands = new Map<number, Box[]>()

  constructor(boxes: Iterable<Box>) {
    for (const box of boxes)
      for (let band = bandOf(box.top); band <= bandOf(box.bottom); band++)
        if (!this.#bands.get(band)?.push(box)) this.#bands.set(band, [box])
  }

  /** All that reach into these heights. */
  between(top: number, bottom: number): Set<Box> {
    const found = new Set<Box>()
    for (let band = bandOf(top); band <= bandOf(bottom); band++)
      for (const box of this.#bands.get(band) ?? []) if (box.bottom > top && box.top < bottom) found.add(box)
    return found
  }

  /** Whether no tile lies on the lines from point to point. */
  clear(points: readonly Point[]): boolean {
    return points.every((point, index) => index === 0 || this.#clear(points[index - 1]!, point))
  }

  #clear(a: Point, b: Point): boolean {
    const upright = a.x === b.x
    const line = { left: Math.min(a.x, b.x), right: Math.max(a.x, b.x), top: Math.min(a.y, b.y), bottom: Math.max(a.y, b.y) }
    for (const box of this.between(line.top - (upright ? 0 : TOUCH), line.bottom + (upright ? 0 : TOUCH) + 1))
      if (box.right > line.left - TOUCH && box.left < line.right + TOUCH) return false
    return true
  }
}

const bandOf = (y: number): number => Math.floor(y / BAND)

/** The plain way of an edge to a tile below: half-way down, across, down. */
const plain = (from: Point, to: Point): Point[] => turnAt((from.y + to.y) / 2, from, to)

const turnAt = (y: number, from: Point, to: Point): Point[] => [
  { x: from.x, y },
  { x: to.x, y },
]

const beside = (x: number, from: Point, to: Point): Point[] => [
  { x: from.x, y: from.y + STUB },
  { x, y: from.y + STUB },
  { x, y: to.y - STUB },
  { x: to.x, y: to.y - STUB },
]

/**
 * @param from where the edge leaves its tile, at the bottom
 * @param to where it comes to its target, at the top
 * @returns the shortest way that no tile lies on; undefined when the plain one is free, or none is
 */
export function detourOf(from: Point, to: Point, obstacles: Obstacles): Detour | undefined {
  const free = (corners: Point[]): boolean => obstacles.clear([from, ...corners, to])
  const down = to.y - from.y > 2 * STUB
  if (down && free(plain(from, to))) return undefined
  const turns = down ? [turnAt(to.y - STUB, from, to), turnAt(from.y + STUB, from, to)] : []
  const corners = [...turns, ...columns(from, to, obstacles).map((x) => beside(x, from, to))].find(free)
  return corners && { from, to, corners }
}

/** Beside every tile on the way, the nearest first. */
function columns(from: Point, to: Point, obstacles: Obstacles): number[] {
  const ends = [from.y + STUB, to.y - STUB]
  const boxes = [...obstacles.between(Math.min(...ends), Math.max(...ends))]
  const length = (x: number): number => Math.abs(x - from.x) + Math.abs(x - to.x)
  return [...new Set(boxes.flatMap(({ left, right }) => [left - CLEAR, right + CLEAR]))].sort((a, b) => length(a) - length(b))
}

/** Lines as a path of SVG, with round corners. */
export function pathOf({ from, to, corners }: Detour, radius: number): string {
  const points = [from, ...corners, to]
  const parts = corners.map((corner, index) => {
    const [before, after] = [points[index]!, points[index + 2]!]
    const [start, end] = [towards(corner, before, radius), towards(corner, after, radius)]
    return `L${start.x},${start.y}Q${corner.x},${corner.y} ${end.x},${end.y}`
  })
  return `M${from.x},${from.y}${parts.join('')}L${to.x},${to.y}`
}

/** Some way from a corner to the next point; at most half-way. */
function towards(corner: Point, next: Point, radius: number): Point {
  const length = Math.abs(next.x - corner.x) + Math.abs(next.y - corner.y)
  const part = length === 0 ? 0 : Math.min(radius, length / 2) / length
  return { x: corner.x + (next.x - corner.x) * part, y: corner.y + (next.y - corner.y) * part }
}
