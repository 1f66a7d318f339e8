import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import type { DocTile } from '../canvas/doc/types.js'
import { FormMissing } from './form-missing.js'
import type { TileFormProps } from './tile-form.js'

const FILES = import.meta.glob<{ default: ComponentType<TileFormProps> }>('../../../tiles/*/form.tsx')

/** The form of each type of tile that has one (tiles/<tile>/form.tsx, its default export), loaded when it is first shown. */
export const TILE_FORMS: Partial<Record<DocTile['type'], LazyExoticComponent<ComponentType<TileFormProps>>>> = Object.fromEntries(
  Object.entries(FILES).map(([file, load]) => [
    /tiles\/(\w+)\/form/.exec(file)![1]!,
    lazy(() => load().catch(() => ({ default: FormMissing }))),
  ]),
)

/** Loads all of them. */
export const loadTileForms = (): Promise<unknown> => Promise.all(Object.values(FILES).map((load) => load()))
