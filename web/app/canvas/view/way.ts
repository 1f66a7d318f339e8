import { getSmoothStepPath, Position } from '@xyflow/react'
import type { Point } from '../doc/types.js'
import { pathOf, STUB, type Detour } from './detour.js'

/** Radius of a turn, px. */
const TURN = 12

/**
 * The line of an edge and where its label is, px of the canvas. While an end is dragged it goes straight on, and around what is in the way once it is
 * dropped.
 */
export function wayOf(from: Point, to: Point, detour: Detour | undefined): readonly [path: string, x: number, y: number] {
  if (detour && same(detour.from, from) && same(detour.to, to)) return [pathOf(detour, TURN), from.x, from.y + STUB]
  const [path, x, y] = getSmoothStepPath({
    sourceX: from.x, sourceY: from.y, sourcePosition: Position.Bottom,
    targetX: to.x, targetY: to.y, targetPosition: Position.Top,
    borderRadius: TURN, offset: STUB,
  }) // prettier-ignore
  return [path, x, y]
}

const same = (a: Point, b: Point): boolean => a.x === b.x && a.y === b.y
