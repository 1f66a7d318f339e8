import { z } from 'zod'
import { CHANNELS } from '../model/channels.js'
import { everQuiet, type QuietHours, type QuietWindow, type WorkspaceQuietHours } from '../model/quiet-hours.js'
import { MAX_WINDOWS, OTHERWISE, PRIORITIES } from './choices.js'
import { daysSchema, failing, tileZoneSchema, timeSchema } from './fields.js'

/** What says when messages may leave, and which go first. */

const window = { from: timeSchema, to: timeSchema, days: daysSchema.optional() }
const keeping = { timezone: tileZoneSchema.optional(), otherwise: z.enum(OTHERWISE).optional() }

const ALWAYS = failing('TW218', 'These quiet hours never end: leave some of the week for messages.')

/** Refuses windows that leave no hour; those that are not whole have been refused already. */
const leavesHours = (windows: readonly QuietWindow[]): boolean =>
  !windows.every(({ from, to }) => CLOCK.test(from) && CLOCK.test(to)) || !everQuiet(windows)
const CLOCK = /^\d\d:\d\d$/

/** Quiet hours of a tile or an orchestration; `none`: none hold here. */
export const quietHoursSchema: z.ZodType<QuietHours | 'none'> = z
  .union([z.literal('none'), z.strictObject({ ...window, ...keeping }).refine((hours) => leavesHours([hours]), ALWAYS)])
  .meta({
    id: 'QuietHours',
    description: 'Hours in which no message leaves; none: none hold here, whatever the orchestration or the workspace says',
  })

/** Quiet hours of a workspace. */
export const workspaceQuietHoursSchema: z.ZodType<WorkspaceQuietHours> = z
  .strictObject({
    windows: z.array(z.strictObject(window)).min(1, 'Give at least one window.').max(MAX_WINDOWS).refine(leavesHours, ALWAYS),
    ...keeping,
    channels: z.array(z.enum(CHANNELS)).min(1, 'Name at least one channel, or leave it out for all.').optional(),
  })
  .meta({ id: 'WorkspaceQuietHours' })

/** Which message goes first when several want the same slot of a frequency cap. */
export const prioritySchema = z.enum(PRIORITIES)
