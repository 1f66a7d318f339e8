import { z } from 'zod'
import { MAX_CHANGES } from '../choices.js'
import { defineTile } from '../define.js'

const trait = z.string().min(1, 'Name a trait.').max(200)
const value = z.json()

const change = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('set'), trait, value }),
  z.strictObject({ op: z.literal('unset'), trait }),
  z.strictObject({ op: z.literal('increment'), trait, by: z.number() }),
  z.strictObject({ op: z.literal('append'), trait, value }),
  z.strictObject({ op: z.literal('remove'), trait, value }),
])
export type ProfileChange = z.output<typeof change>

const config = z.strictObject({ changes: z.array(change).min(1, 'Give at least one change.').max(MAX_CHANGES) })
export type UpdateProfileConfig = z.output<typeof config>

/** Changes traits of the customer. */
export const updateProfile = defineTile({ type: 'updateProfile', title: 'Update profile', config })
