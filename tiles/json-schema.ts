import { z } from 'zod'
import { canvasSchema } from './index.js'

/** A canvas, alone or with the name and the description that POST and PUT take beside it. */
const documentSchema = canvasSchema.extend({ name: z.string().min(1).max(200).optional(), description: z.string().max(2000).optional() })

/**
 * JSON Schema (draft 2020-12) of a canvas that can be activated; published at
 * /api/v1/schemas/canvas.json and in docs/canvas.schema.json. What it cannot say (ports, paths, references) validation does.
 */
export function canvasJsonSchema(): Record<string, unknown> {
  return {
    $id: 'urn:tilework:canvas',
    title: 'A Tilework orchestration',
    ...z.toJSONSchema(documentSchema, { io: 'input', unrepresentable: 'any' }),
  }
}
