import { RE2JS } from 're2js'
import { z } from 'zod'
import { OPERATORS, type Operator } from '../choices.js'
import { durationSchema } from '../duration.js'
import { readInstant } from '../zone.js'

export interface Comparison {
  op: Operator
  value?: unknown
}

export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | ({ trait: string } & Comparison)
  | ({ property: string; of?: string } & Comparison)
  | { audience: string; op: 'in' | 'notIn' }
  | EventCondition

export interface EventCondition {
  event: string
  op: 'performed' | 'notPerformed'
  count?: { atLeast: number }
  within?: string
  where?: Condition
}

/** Longest name and text in a condition, and most branches of one all/any. */
const NAME = z.string().min(1, 'Give a name.').max(200)
const MAX_BRANCHES = 100

const scalar = z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()])
const list = z.array(scalar).max(1000)

const comparison = { op: z.enum(OPERATORS), value: z.union([scalar, list]).optional() }

/** What is wrong with the value of an operator, in words; undefined when nothing is. */
function valueProblem(op: Operator, value: unknown): string | undefined {
  const text = typeof value === 'string'
  switch (op) {
    case 'exists':
    case 'notExists':
      return value === undefined ? undefined : `'${op}' takes no value.`
    case 'in':
    case 'notIn':
      return Array.isArray(value) ? undefined : `'${op}' takes a list, such as ["gold","silver"].`
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return typeof value === 'number' || text ? undefined : `'${op}' takes a number or a text.`
    case 'startsWith':
    case 'endsWith':
      return text ? undefined : `'${op}' takes a text.`
    case 'before':
    case 'after':
      return readInstant(value, 'UTC') !== undefined ? undefined : `'${op}' takes a date such as 2026-12-24 or 2026-12-24T09:00:00Z.`
    case 'withinLast':
    case 'withinNext':
      return durationSchema.safeParse(value).success ? undefined : `'${op}' takes an ISO 8601 duration such as P7D.`
    case 'matches':
      return text ? patternProblem(value) : `'matches' takes a regular expression (RE2 syntax).`
    default:
      return value === undefined || Array.isArray(value) ? `'${op}' takes one value.` : undefined
  }
}

function patternProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern)
    return undefined
  } catch (error) {
    return `The regular expression is not of RE2 syntax: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** The number that validation reports a bad value under, where it is not the general one. */
const PROBLEM_OF: Partial<Record<Operator, string>> = {
  matches: 'TW212',
  before: 'TW209',
  after: 'TW209',
  withinLast: 'TW211',
  withinNext: 'TW211',
}

function checkValue(c: Comparison, ctx: z.RefinementCtx): void {
  const problem = valueProblem(c.op, c.value)
  const number = c.value === undefined ? 'TW201' : PROBLEM_OF[c.op]
  if (problem) ctx.addIssue({ code: 'custom', path: ['value'], message: problem, ...(number && { params: { problem: number } }) })
}

const traitCondition = z.strictObject({ trait: NAME, ...comparison }).superRefine(checkValue)
const propertyCondition = z
  .strictObject({
    property: NAME,
    of: z
      .string()
      .regex(/^(entry|tile:[A-Za-z0-9_-]{1,64})$/, { error: "Name 'entry' or 'tile:<id of a wait>'." })
      .optional(),
    ...comparison,
  })
  .superRefine(checkValue)
const audienceCondition = z.strictObject({ audience: NAME, op: z.enum(['in', 'notIn']) })

/** Zod schema of a condition (DESIGN: the condition language). Unknown fields are refused. */
export const conditionSchema: z.ZodType<Condition> = z
  .lazy(() =>
    z.union([
      z.strictObject({ all: z.array(conditionSchema).min(1, 'Give at least one condition.').max(MAX_BRANCHES) }),
      z.strictObject({ any: z.array(conditionSchema).min(1, 'Give at least one condition.').max(MAX_BRANCHES) }),
      z.strictObject({ not: conditionSchema }),
      traitCondition,
      propertyCondition,
      audienceCondition,
      eventCondition,
    ]),
  )
  .meta({
    id: 'Condition',
    description: 'What must hold: of traits, properties of events, audiences, events performed',
  }) as z.ZodType<Condition>

const eventCondition = z.strictObject({
  event: NAME,
  op: z.enum(['performed', 'notPerformed']),
  count: z.strictObject({ atLeast: z.int().min(1).max(10_000) }).optional(),
  within: durationSchema.optional(),
  where: conditionSchema.optional(),
})
