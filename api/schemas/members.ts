import { z } from 'zod'
import { IMPORTS } from '../../store/imports.js'
import { instant, pageQuery } from './common.js'
import { at, version } from './monitor.js'

export const memberStatus = z.enum(['active', 'held', 'parked', 'exited'])

export const member = z
  .object({
    id: z.string(),
    orchestrationId: z.string(),
    version: z.int(),
    customerId: z.string(),
    status: memberStatus,
    tileId: z.string(),
    enteredAt: instant,
    exitedAt: instant.nullable(),
    exitReason: z.string().nullable(),
    converted: z.boolean(),
    error: z.object({ code: z.string(), message: z.string(), tileId: z.string() }).optional(),
    parentMemberId: z.string().optional().meta({ description: 'Of one that a sub-orchestration tile entered: the member there' }),
    parentOrchestrationId: z.string().optional(),
    parentTileId: z.string().optional(),
    temporalUrl: z.string(),
  })
  .meta({ id: 'Member' })

const enteredFrom = at.optional().meta({ description: 'They entered at this instant or later' })
const enteredTo = at.optional().meta({ description: 'They entered before this instant' })
const visited = z.string().max(64).optional().meta({ description: 'A tile that they have been at' })
const failedAt = z.string().max(64).optional().meta({ description: 'A tile where an action of theirs failed for good' })

/** Which members of an orchestration. */
export const membersQuery = pageQuery.extend({
  status: memberStatus.optional(),
  tile: z.string().max(64).optional().meta({ description: 'Where they stand, or exited' }),
  customerId: z.string().max(255).optional(),
  version: version.meta({ description: 'That they walk, or walked last' }),
  enteredFrom,
  enteredTo,
  visited,
  failedAt,
  exitReason: z.string().max(500).optional(),
  converted: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
})

const delivery = z
  .object({
    key: z.string(),
    action: z.string(),
    destinationId: z.string().nullable().meta({ description: 'Null of a webhook' }),
    state: z.string().meta({ description: 'pending, sending, sent, failed, unknown or skipped' }),
    attempts: z.int(),
    vendorId: z.string().nullable(),
    answer: z.unknown().optional().meta({ description: "The vendor's answer" }),
    nextRetryAt: instant.optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional().meta({ description: 'Of the last attempt that had one' }),
    rendered: z.record(z.string(), z.string()).optional().meta({
      description: 'What the last attempt rendered, by field, without secrets; of a webhook method, url, headers.<name> and body',
    }),
  })
  .meta({ id: 'Delivery', description: 'As it is now. Of `sent` and `failed`, and of the arrival at a tile whose delivery has not ended' })

export const timelineEntry = z
  .object({
    at: instant,
    tileId: z.string(),
    visit: z.int(),
    event: z.string(),
    port: z.string().optional(),
    reads: z.record(z.string(), z.unknown()).optional(),
    until: instant.optional(),
    previousUntil: instant.optional(),
    to: z.string().optional(),
    version: z.int().optional(),
    cause: z.record(z.string(), z.unknown()).optional(),
    delivery: delivery.optional(),
    error: z.record(z.string(), z.unknown()).optional(),
    reason: z.string().optional(),
    childMemberId: z.string().optional().meta({ description: 'Of `entered`: the member of the other orchestration' }),
    orchestrationId: z.string().optional().meta({ description: 'Of `entered`, `queued` and `refused`: the other orchestration' }),
    parentMemberId: z.string().optional().meta({ description: 'Of the first arrival of one that a sub-orchestration tile entered' }),
    parentOrchestrationId: z.string().optional(),
    parentTileId: z.string().optional(),
    actor: z.string().optional().meta({ description: 'Of what an operator did: who' }),
  })
  .meta({ id: 'TimelineEntry' })

export const enrolBody = z.strictObject({
  customerIds: z.array(z.string()).min(1, 'Give at least one customer id.').meta({ description: 'At most 100,000 a call' }),
})

export const enrolled = z.object({
  jobId: z.string(),
  accepted: z.int(),
  invalid: z.array(z.object({ row: z.int(), value: z.string(), message: z.string() })),
})

export const moveBody = z.strictObject({
  to: z.string().min(1).max(64).meta({ description: 'A tile, but no entry, of the version that the member walks' }),
  reason: z.string().max(500).optional(),
})

const chosen = {
  filter: z
    .strictObject({
      status: memberStatus.optional(),
      tileId: z.string().min(1).max(64).optional(),
      errorCode: z.string().min(1).max(200).optional().meta({ description: 'Of parked members: the code of their error' }),
      customerIds: z.array(z.string().min(1).max(255)).min(1).max(100_000).optional(),
      version: z.int().positive().max(1e9).optional().meta({ description: 'That they walk' }),
      enteredFrom,
      enteredTo,
      visited,
      failedAt,
    })
    .meta({ description: 'All of it must hold. `{}` means every member that has not exited. Retry and skip touch parked members only.' }),
  reason: z
    .string()
    .trim()
    .min(1, 'Say why; it is written to the audit log and to the timeline of every member.')
    .max(500)
    .meta({ description: 'Why. Of an exit also the exit reason' }),
}

/** What is done to many members. */
export const bulkBody = z.discriminatedUnion('action', [
  z.strictObject({ ...chosen, action: z.enum(['retry', 'skip', 'exit']) }),
  z.strictObject({ ...chosen, action: z.literal('move'), to: z.string().min(1).max(64).meta({ description: 'The tile to move to' }) }),
])

export const job = z
  .object({
    id: z.string(),
    status: z.enum(['running', 'done', 'failed']),
    total: z.int(),
    done: z.int(),
    entered: z.int(),
    refused: z.record(z.string(), z.int()),
    queued: z.int().optional().meta({ description: 'Rows that wait for a paused orchestration to be resumed; not in `done` yet' }),
    error: z.string().optional(),
  })
  .meta({ id: 'Job' })

export const jobKind = z.enum(['enrol', 'operate', 'migrate', 'import'])

export const listedJob = job
  .extend({
    kind: jobKind.meta({
      description:
        'enrol: enters customers; operate: retries, skips, moves or takes out members; migrate: brings members to a new version; import: writes a file',
    }),
    action: z.string().nullable().meta({ description: 'Of `operate`: retry, skip, move or exit' }),
    imports: z.enum(IMPORTS).nullable().meta({ description: 'Of `import`: what the file holds' }),
    orchestrationId: z.string().nullable(),
    orchestrationName: z.string().nullable(),
    createdAt: instant,
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'ListedJob' })
