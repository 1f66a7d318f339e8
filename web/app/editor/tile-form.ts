import type { ComponentType } from 'react'
import type { Problem } from '../../../tiles/problems.js'
import type { Doc, DocTile } from '../canvas/doc/types.js'

/**
 * What the right panel gives to the form of the selected tile. The panel itself shows type, name, id, the tile's ports and what is
 * wrong with the tile as a whole; the form shows the config, in the sections "What it does", "If it fails", "Advanced".
 */
export interface TileFormProps {
  /** The tile as it is now. Its config may lack things, and is never changed in place. A form is mounted anew for another tile. */
  tile: DocTile
  /**
   * Takes the whole config as it is to be. Call it on every change, also of each letter: changes that follow each other within a second
   * are one step of undo. What is not whole yet is given all the same (a draft may lack things); what is of a wrong type is not
   * (the draft would not save): keep such a text in the form until it can be read.
   */
  onChange(config: Record<string, unknown>): void
  /** Of this tile: errors and warnings, each with the JSON pointer within the tile (`/config/duration`) where there is one. */
  problems: readonly Problem[]
  /** The whole document: for the tiles that can have run before (conditions, variables), and what is inherited from the settings. */
  doc: Doc
  /** The id of the orchestration, for previews and tests of sending. */
  orchestrationId: string
  /** Everything is shown, nothing can be changed. */
  readOnly: boolean
  /** JSON pointer within the tile that somebody asked to go to (a problem that was clicked): focus its field. It changes with each click. */
  focus?: { path: string }
}

export type TileForm = ComponentType<TileFormProps>
