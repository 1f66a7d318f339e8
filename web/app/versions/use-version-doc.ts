import type { Version } from '../api/versions.js'
import type { CanvasBody } from '../canvas/doc/read.js'
import type { Doc } from '../canvas/doc/types.js'
import { useDocOf } from '../monitor/use-canvas.js'

/** The canvas of a version as a document, once both are there. */
export const useVersionDoc = (id: string, version: Version | undefined): Doc | undefined =>
  useDocOf(`${id} ${version?.version}`, version as CanvasBody | undefined)
