import { seeded } from '../../../../test/simulation/generate.js'
import { detourOf, Obstacles, pathOf, type Box } from './detour.js'

const tile = (x: number, y: number): Box => ({ left: x, right: x + 240, top: y, bottom: y + 80 })
const way = (boxes: Box[], from: [number, number], to: [number, number]) =>
  detourOf({ x: from[0], y: from[1] }, { x: to[0], y: to[1] }, new Obstacles(boxes))?.corners.map(({ x, y }) => [x, y])

it('leaves an edge alone whose plain way is free', () => {
  expect(way([tile(0, 0), tile(0, 160)], [120, 85], [120, 155])).toBeUndefined()
  expect(way([tile(0, 0), tile(300, 160)], [120, 85], [420, 155])).toBeUndefined()
})

it('turns where the row is free: after what is in the way, or before it', () => {
  // The tile in the way ends left of the port, and half-way would be behind it.
  expect(way([tile(0, 0), tile(-140, 160), tile(-20, 320)], [180, 85], [100, 315])).toEqual([
    [180, 283],
    [100, 283],
  ])
  expect(way([tile(0, 0), tile(100, 160), tile(-200, 320)], [180, 85], [-80, 315])).toEqual([
    [180, 117],
    [-80, 117],
  ])
})

it('goes down beside a tile that is straight in the way', () => {
  expect(way([tile(0, 0), tile(-20, 160), tile(0, 320)], [120, 85], [120, 315])).toEqual([
    [120, 117],
    [236, 117],
    [236, 283],
    [120, 283],
  ])
})

it('goes up to a target above beside the tiles between', () => {
  const corners = way([tile(0, 0), tile(0, 160), tile(0, 320)], [120, 405], [120, -5])!
  expect(corners.map(([x]) => x)).toEqual([120, -16, -16, 120])
})

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
it.each([SEED])('never answers a way that a tile lies on: SEED=%d', (seed) => {
  const random = seeded(seed)
  const whole = (below: number): number => Math.floor(random() * below)
  let detours = 0
  for (let n = 0; n < 300; n++) {
    const boxes = Array.from({ length: 12 }, () => tile(whole(60) * 16, whole(8) * 160))
    const [a, b] = [boxes[0]!, boxes[1]!]
    const [from, to] = [
      { x: a.left + 120, y: a.bottom + 5 },
      { x: b.left + 120, y: b.top - 5 },
    ]
    const detour = detourOf(from, to, new Obstacles(boxes))
    if (!detour) continue
    detours++
    const points = [from, ...detour.corners, to]
    for (const [index, point] of points.entries()) {
      const before = points[index - 1]
      if (!before) continue
      expect(before.x === point.x || before.y === point.y).toBe(true)
      for (const box of boxes) {
        const beside = Math.max(before.x, point.x) <= box.left || Math.min(before.x, point.x) >= box.right
        expect(beside || Math.max(before.y, point.y) <= box.top || Math.min(before.y, point.y) >= box.bottom).toBe(true)
      }
    }
  }
  expect(detours).toBeGreaterThan(30)
})

it('draws the lines with round corners, no rounder than there is room', () => {
  const path = (radius: number) => pathOf({ from: { x: 0, y: 0 }, to: { x: 10, y: 100 }, corners: [{ x: 0, y: 50 }, { x: 10, y: 50 }] }, radius) // prettier-ignore
  expect(path(12)).toBe('M0,0L0,38Q0,50 5,50L5,50Q10,50 10,62L10,100')
})
