import { z } from 'zod'
import { canvasSchema } from './index.js'

/** JSON Schema (draft 2020-12) of a canvas as it can be activated; published at /api/v1/schemas/canvas.json and in docs/. */
export function canvasJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(canvasSchema, { io: 'input', reused: 'ref', unrepresentable: 'any' }),
    $id: 'urn:tilework:canvas',
    title: 'Canvas of a Tilework orchestration',
  }
}
