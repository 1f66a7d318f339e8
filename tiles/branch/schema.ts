import { z } from 'zod'
import { conditionSchema } from '../../model/condition.js'
import { durationSchema } from '../../model/duration.js'
import { defineTile } from '../define.js'
import { dateSchema, daysSchema, pathIdSchema, tileZoneSchema, timeSchema } from '../fields.js'

/** Most paths of one branch. */
const MAX_PATHS = 50

function unique(paths: readonly { id: string }[], ctx: z.RefinementCtx): void {
  const seen = new Set<string>()
  paths.forEach(({ id }, index) => {
    if (seen.has(id)) ctx.addIssue({ code: 'custom', path: [index, 'id'], message: `Two paths have the id '${id}'; give each its own.` })
    seen.add(id)
  })
}

const named = { id: pathIdSchema, name: z.string().max(200).optional() }
const pathsOf = <T extends z.ZodType<{ id: string }>>(path: T) =>
  z.array(path).min(1, 'Give at least one path.').max(MAX_PATHS).superRefine(unique)

const percentagePath = z.strictObject({ ...named, id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), weight: z.number().min(0).max(100) })

const config = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('condition'), paths: pathsOf(z.strictObject({ ...named, when: conditionSchema })) }),
  z.strictObject({
    kind: z.literal('percentage'),
    paths: pathsOf(percentagePath).superRefine((paths, ctx) => {
      const sum = paths.reduce((total, { weight }) => total + weight, 0)
      if (Math.abs(sum - 100) > 1e-6) ctx.addIssue({ code: 'custom', message: `The weights sum to ${sum}; make them sum to 100.` })
    }),
  }),
  z.strictObject({
    kind: z.literal('time'),
    timezone: tileZoneSchema.optional(),
    paths: pathsOf(
      z.strictObject({
        ...named,
        days: daysSchema.optional(),
        from: timeSchema.optional(),
        to: timeSchema.optional(),
        after: dateSchema.optional(),
        before: dateSchema.optional(),
        sinceEntry: z.strictObject({ atLeast: durationSchema.optional(), lessThan: durationSchema.optional() }).optional(),
      }),
    ),
  }),
])
export type BranchConfig = z.output<typeof config>

/** Which way a member goes: by conditions, by chance that stays, or by time. */
export const branch = defineTile({
  type: 'branch',
  title: 'Branch',
  config,
  ports: (c) => [...c.paths.map(({ id }) => id), ...(c.kind === 'percentage' ? [] : ['else'])],
})
