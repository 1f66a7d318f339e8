import { Liquid } from 'liquidjs'
import type { DraftTile } from '../index.js'
import type { Problem } from './problem.js'
import { templatesIn } from './refs.js'

const liquid = new Liquid({ strictFilters: true })

/** Every template of a tile must be Liquid. */
export function checkTemplates(tile: DraftTile): Problem[] {
  return templatesIn(tile).flatMap(({ field, text }) => {
    try {
      liquid.parse(text)
      return []
    } catch (error) {
      const why = (error instanceof Error ? error.message : String(error)).split('\n')[0]
      return [{ code: 'TW203', tileId: tile.id, path: `/config/${field}`, message: `The template of '${field}' is no Liquid: ${why}.` }]
    }
  })
}
