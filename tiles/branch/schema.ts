import { z } from 'zod'
import { conditionSchema } from '../../model/condition.js'
import { durationSchema } from '../../model/duration.js'
import { MAX_PATH_NAME, MAX_PATHS } from '../choices.js'
import { defineTile } from '../define.js'
import { dateSchema, daysSchema, failing, pathIdSchema, tileZoneSchema, timeSchema } from '../fields.js'

function unique(paths: readonly { id: string }[], ctx: z.RefinementCtx): void {
  const seen = new Set<string>()
  paths.forEach(({ id }, index) => {
    const { error, params } = failing('TW206', `Two paths have the id '${id}'; give each its own.`)
    if (seen.has(id)) ctx.addIssue({ code: 'custom', path: [index, 'id'], message: error, params })
    seen.add(id)
  })
}

const named = { id: pathIdSchema, name: z.string().max(MAX_PATH_NAME).optional() }
const pathsOf = <T extends z.ZodType<{ id: string }>>(path: T) =>
  z.array(path).min(1, 'Give at least one path.').max(MAX_PATHS).superRefine(unique)

/** Weights may be fractions, and sums of those are not exact. */
const EPSILON = 1e-6

function sumTo100(paths: readonly { weight: number }[], ctx: z.RefinementCtx): void {
  const sum = paths.reduce((total, { weight }) => total + weight, 0)
  if (Math.abs(sum - 100) <= EPSILON) return
  const { error, params } = failing('TW205', `The weights sum to ${Number(sum.toFixed(6))}; make them sum to 100.`)
  ctx.addIssue({ code: 'custom', message: error, params })
}

const config = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('condition'), paths: pathsOf(z.strictObject({ ...named, when: conditionSchema })) }),
  z.strictObject({
    kind: z.literal('percentage'),
    paths: pathsOf(z.strictObject({ ...named, weight: z.number().min(0).max(100) })).superRefine(sumTo100),
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
})
