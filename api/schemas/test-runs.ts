import { z } from 'zod'
import { durationSchema } from '../../model/duration.js'
import { customerId, instant, json } from './common.js'

/** Most events of a script, and most characters of the name of one. */
const MAX_EVENTS = 1_000
const NAME = 200

const moment = durationSchema
  .or(z.iso.datetime({ offset: true }))
  .meta({ description: 'A duration after the start, such as PT2H, or an instant such as 2027-01-01T00:00:00Z' })

const sample = z.strictObject({
  id: customerId.optional().meta({ description: 'Of a customer that there is: with its traits, lists and events. Else made up' }),
  traits: json.default({}).meta({ description: "Laid over the customer's own; null removes one" }),
  audiences: z
    .array(z.string().max(64))
    .max(1_000)
    .optional()
    .meta({ description: "Audiences that it is in, instead of the customer's own" }),
})

const scripted = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), body: z.unknown().optional().meta({ description: 'Of a webhook: JSON that it answers' }) }),
  z.strictObject({
    ok: z.literal(false),
    kind: z
      .enum(['retry', 'permanent', 'ambiguous'])
      .meta({ description: 'It may be tried again, it fails for good, nobody knows whether it arrived' }),
    code: z.string().min(1).max(NAME).default('scripted'),
  }),
])
export type ScriptedAnswer = z.output<typeof scripted>

/** What a customer does, and what vendors answer. */
export const testRunBody = z.strictObject({
  customer: sample.prefault({}),
  entry: z
    .strictObject({ event: z.string().min(1).max(NAME).optional(), properties: json.default({}) })
    .optional()
    .meta({
      description:
        'What it enters by: `entry` of templates and conditions. Nothing, as by hand, unless told. The `where` of a trigger is not judged',
    }),
  startAt: z.iso.datetime({ offset: true }).optional().meta({ description: 'When it enters; now unless told' }),
  events: z
    .array(z.strictObject({ at: moment, event: z.string().min(1).max(NAME), properties: json.default({}) }))
    .max(MAX_EVENTS)
    .default([])
    .meta({ description: 'What the customer does, at most 1,000. `$identify` merges its properties into the traits' }),
  answers: z.record(z.string().max(64), z.array(scripted).min(1).max(100)).default({}).meta({
    description:
      'By tile: what the attempts to send get, in order; the last one from there on. Everything is taken, with an empty answer, unless told',
  }),
  until: moment.optional().meta({ description: 'When it ends at the latest: a year after the start unless told, at most five' }),
})
export type TestRunBody = z.output<typeof testRunBody>

const problem = z.object({ field: z.string(), code: z.string(), message: z.string() })

export const testRun = z
  .object({
    customer: z.object({ id: z.string(), known: z.boolean().meta({ description: 'Whether there is such a customer' }), traits: json }),
    version: z.int(),
    startAt: instant,
    timeline: z.array(
      z.object({
        at: instant,
        tileId: z.string(),
        visit: z.int(),
        event: z.string().meta({ description: 'As in the timeline of a member' }),
        port: z.string().optional(),
        reads: json.optional(),
        until: instant.optional().meta({ description: 'When a wait is due, or a message that quiet hours put off' }),
        previousUntil: instant.optional(),
        attempt: z.int().optional(),
        error: z.object({ code: z.string(), message: z.string() }).optional(),
        reason: z.string().optional(),
        cause: json.optional(),
        orchestrationId: z.string().optional(),
      }),
    ),
    deliveries: z.array(
      z.object({
        tileId: z.string(),
        visit: z.int(),
        at: instant,
        attempt: z.int(),
        outcome: z.enum(['sent', 'failed', 'unknown', 'skipped']),
        answered: z.enum(['scripted', 'assumed', 'not_sent', 'kept_back']).meta({
          description:
            'By the script; taken for granted; or it was not to be sent, because it could not be rendered, or is kept back by consent, quiet hours or a frequency cap',
        }),
        rendered: z
          .record(z.string(), z.string())
          .meta({ description: 'Fields of an action; `url`, `body` and `headers.<name>` of a webhook' }),
        problems: z.array(problem).optional().meta({ description: 'Why it could not be rendered' }),
      }),
    ),
    assumptions: z.array(z.object({ tileId: z.string(), message: z.string() })).meta({
      description: 'What would be otherwise with a real member: answers that were taken for granted, children that were not walked',
    }),
    status: z.enum(['exited', 'parked', 'active']),
    tileId: z.string().meta({ description: 'Where it is at the end' }),
    exitReason: z.string().nullable(),
    converted: z.boolean(),
    endedAt: instant,
    stopped: z
      .enum(['until', 'steps', 'time'])
      .optional()
      .meta({ description: 'Why it ended before an exit: `until` has come, 1,000 visits, or five seconds of reckoning' }),
  })
  .meta({ id: 'TestRun' })
