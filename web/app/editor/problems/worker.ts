import type { DraftCanvas } from '../../../../tiles/index.js'
import { validate, type Lookups, type Validation } from '../../../../tiles/validate.js'

/** What the page asks: a canvas, and what it may refer to. */
export interface Asked {
  id: number
  canvas: DraftCanvas
  lookups: Lookups
}

/** The answer to the question of that id. */
export interface Answered {
  id: number
  found: Validation
}

const scope = self as unknown as { onmessage: (event: MessageEvent<Asked>) => void; postMessage(message: Answered): void }

/** The server's validation, beside the page: however large the canvas is, typing and dragging go on. */
scope.onmessage = ({ data: { id, canvas, lookups } }) => scope.postMessage({ id, found: validate(canvas, lookups) })
