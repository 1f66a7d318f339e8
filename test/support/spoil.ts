import type { DraftCanvas, DraftTile } from '../../tiles/index.js'
import type { Lookups } from '../../tiles/validate.js'
import { TEMPLATES } from './template-refs.js'

/* Faults that a good canvas is given, for the tests of what validation says to them. */

/** Puts a fault into a good canvas, or into what is looked up for it. */
export type Spoil = (canvas: DraftCanvas, lookups: Lookups) => void

/** A fault, and where it must be reported. */
export interface Case {
  spoil: Spoil
  tileId?: string
  edgeId?: string
  path?: string
  says: RegExp
}

export const tileOf = (canvas: DraftCanvas, id: string): DraftTile => canvas.tiles.find((tile) => tile.id === id)!
export const config =
  (id: string, changes: Record<string, unknown>): Spoil =>
  (canvas) => {
    tileOf(canvas, id).config = { ...tileOf(canvas, id).config, ...changes }
  }
export const replace =
  (id: string, whole: Record<string, unknown>): Spoil =>
  (canvas) => {
    tileOf(canvas, id).config = whole
  }
export const edge = (canvas: DraftCanvas, id: string): DraftCanvas['edges'][number] => canvas.edges.find((one) => one.id === id)!
export const remove = (canvas: DraftCanvas, id: string): void => {
  canvas.tiles = canvas.tiles.filter((tile) => tile.id !== id)
  canvas.edges = canvas.edges.filter(({ from, to }) => from !== id && to !== id)
}
export const add = (canvas: DraftCanvas, tile: DraftTile, ...edges: [from: string, port: string, to: string][]): void => {
  canvas.tiles.push(tile)
  canvas.edges.push(...edges.map(([from, port, to], index) => ({ id: `added${index}`, from, port, to })))
}
export const branchOn = (when: unknown): Spoil => replace('vip', { kind: 'condition', paths: [{ id: 'yes', when }] })
export const withField = (name: string, text: string): Spoil => {
  const fields = { to: 'a@example.com', subject: 'Hello', [name]: text }
  return config('mail', { fields })
}

export const withTemplates =
  (spoil: Spoil): Spoil =>
  (canvas, lookups) => {
    lookups.templates = TEMPLATES
    spoil(canvas, lookups)
  }
export const using = (
  template: { id: string; version?: number },
  fields: Record<string, string> = { to: 'a@example.com', subject: 'x' },
): Spoil => withTemplates(config('mail', { template, fields }))
export const partials = (text: string): Spoil => withTemplates(withField('text', text))

/** A loop from `mark` back to itself over a tile that may wait. */
export const loopOver =
  (tile: Omit<DraftTile, 'id'>): Spoil =>
  (canvas) => {
    edge(canvas, 'mark-next').to = 'again'
    add(
      canvas,
      {
        id: 'again',
        type: 'branch',
        config: {
          kind: 'percentage',
          paths: [
            { id: 'a', weight: 50 },
            { id: 'b', weight: 50 },
          ],
        },
      },
      ['again', 'a', 'more'],
      ['again', 'b', 'between'],
    )
    add(canvas, { id: 'between', ...tile })
    canvas.edges.push({ id: 'back', from: 'between', port: tile.config.kind === 'condition' ? 'met' : 'next', to: 'mark' })
    if (tile.config.kind === 'condition') canvas.edges.push({ id: 'out', from: 'between', port: 'timeout', to: 'more' })
  }
