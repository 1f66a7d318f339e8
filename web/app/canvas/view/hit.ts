import type { Point, PortRef } from '../doc/types.js'

/** The edge at a point of the window, px; behind what is dragged too. */
export function edgeUnder({ x, y }: Point): string | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    const id = element.closest('.react-flow__edge')?.getAttribute('data-id')
    if (id) return id
  }
  return undefined
}

/** The open port whose `+` is at a point of the window. */
export function portUnder({ x, y }: Point): PortRef | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    const port = element.closest('[data-port]')?.getAttribute('data-port')
    const tileId = element.closest('[data-tile]')?.getAttribute('data-tile')
    if (port && tileId) return { tileId, port }
  }
  return undefined
}
