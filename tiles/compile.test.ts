import { goodCanvas } from '../test/support/good-canvas.js'
import { compile } from './compile.js'
import { canvasSchema, type Canvas } from './index.js'

const canvas = (): Canvas => canvasSchema.parse(goodCanvas())
const { tiles, ...route } = compile(canvas())

test('begins at the entry, and each port leads where its edge does', () => {
  expect(route).toEqual({ engineVersion: 1, start: 'entry' })
  expect(tiles.vip!.next).toEqual({ yes: 'reward', else: 'mark' })
  expect(tiles.bought!.next).toEqual({ met: 'vip', timeout: 'mark' })
  expect(tiles.reward!.next).toEqual({ next: 'mail', failed: 'mark' })
  expect(tiles.end!.next).toEqual({})
})

test('says which kind of wait, branch and sub-orchestration', () => {
  expect([tiles.pause!.kind, tiles.vip!.kind, tiles.more!.kind, tiles.mail!.kind]).toEqual(['duration', 'condition', 'wait', undefined])
})

test('retry and time-out: those of R where the tile says nothing', () => {
  const retry = { maxAttempts: 5, initialMs: 5_000, backoff: 2, maxMs: 600_000 }
  expect(tiles.mail).toMatchObject({ retry, timeoutMs: 30_000 })
  expect(tiles.reward).toMatchObject({ retry, timeoutMs: 10_000 })
  expect(tiles.pause).not.toHaveProperty('retry')
})

test('retry and time-out: those of the tile', () => {
  const own = goodCanvas()
  Object.assign(own.tiles.find(({ id }) => id === 'reward')!.config, { retry: { maxAttempts: 2, maxInterval: 'P1D' }, timeout: 'PT45S' })
  expect(compile(canvasSchema.parse(own)).tiles.reward).toMatchObject({
    retry: { maxAttempts: 2, initialMs: 5_000, backoff: 2, maxMs: 86_400_000 },
    timeoutMs: 45_000,
  })
})

test('labels are names, or ids, of at most 60 characters, and whole ones', () => {
  const own = canvas()
  own.tiles[1]!.name = `${'a'.repeat(59)}🎉🎉`
  own.tiles[2]!.name = '  '
  const { tiles } = compile(own)
  expect(tiles.pause!.label).toBe('a'.repeat(59))
  expect(tiles.bought!.label).toBe('bought')
})

test('carries nothing personal: no templates, fields, conditions, positions', () => {
  const text = JSON.stringify(compile(canvas()))
  for (const word of ['customer.traits', 'subject', 'example.com', 'total', 'purchase', 'position', 'welcomed'])
    expect(text).not.toContain(word)
})
