import { z } from 'zod'
import { instant, pageOf } from './common.js'

/** How the id, the email or the name of a customer begins. */
export const customerSearch = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .optional()
  .meta({ description: 'How the id, the email, or words of these and of the name begin, whatever the case' })

/** A page of customers. */
export const customersFound = pageOf(
  z
    .object({
      id: z.string(),
      email: z.string().nullable().meta({ description: 'The trait `email`' }),
      name: z.string().nullable().meta({ description: 'The trait `name`, or `firstName` and `lastName`' }),
      createdAt: instant,
      updatedAt: instant,
      since: instant.optional().meta({ description: 'Within an audience: since when the customer is in it' }),
    })
    .meta({ id: 'CustomerSummary' }),
).extend({
  total: z
    .object({ count: z.int(), exact: z.boolean().meta({ description: 'false: an estimate' }) })
    .optional()
    .meta({ description: 'How many there are on all pages; on the first page of a list without `q`. Exact up to 10,000' }),
})
