import { z } from 'zod'
import { MAX_REASON } from '../choices.js'
import { defineTile } from '../define.js'

const config = z.strictObject({
  reason: z.string().min(1, 'Give a reason, such as completed.').max(MAX_REASON),
  conversion: z.boolean().optional(),
})
export type ExitConfig = z.output<typeof config>

/** Where members leave. */
export const exit = defineTile({ type: 'exit', title: 'Exit', config })
