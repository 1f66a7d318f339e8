import { z } from 'zod'
import { idProblem } from '../customer-ids.js'

/** A path with one id. */
export const idParams = z.object({ id: z.string().min(1).meta({ description: 'The id' }) })

export const memberParams = idParams.extend({ memberId: z.string().min(1) })

/** Query of every list. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).optional().meta({ description: '1 to 200; 50 unless told' }),
  cursor: z.string().min(1).max(500).optional().meta({ description: 'The `nextCursor` of the page before' }),
})

/** A page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), nextCursor: z.string().nullable() })

export const instant = z.date().or(z.string()).meta({ type: 'string', format: 'date-time' })
export const json = z.record(z.string(), z.unknown())

/** The id of a customer, as the API takes it. */
export const customerId = z.string().superRefine((id, ctx) => {
  const message = idProblem(id)
  if (message !== undefined) ctx.addIssue({ code: 'custom', message, params: { code: 'invalid_id' } })
})
