import { z } from 'zod'
import { TileworkError } from '../../model/errors.js'
import { newId } from '../../model/ids.js'
import { audit } from '../../store/audit.js'
import { getJourney } from '../../store/journeys.js'
import { getMember, type Member } from '../../store/members.js'
import { canMoveTo, countChosen, createOperateJob, noteOperations, type OperateFilter, type OperatorAction } from '../../store/operate.js'
import { versionOf } from '../../store/versions.js'
import { audited } from '../audited.js'
import { route, type Answer, type Call, type Route } from '../route.js'
import { shownMember } from '../shown-member.js'
import { startOrLeave } from '../started.js'
import { idParams, memberParams } from '../schemas/common.js'
import { bulkBody, member, moveBody } from '../schemas/members.js'

const tag = 'Members'
const BULK_LIMIT = 32 * 1024 * 1024
/** Ids of a bulk's filter that the audit log names; of more it says how many. */
const AUDITED_IDS = 100

type MemberCall = Call<{ id: string; memberId: string }, unknown, { reason?: string | undefined; to?: string | undefined }>

const reasonBody = z.strictObject({ reason: z.string().max(500).optional() })

const answer = { status: 200, description: 'The member after it', schema: member }

const shared = { method: 'post' as const, scope: 'operate' as const, tag, params: memberParams, answer, problems: [409, 503] }

const command = (kind: 'retry' | 'skip' | 'exit', summary: string): Route =>
  route({
    ...shared,
    path: `/journeys/{id}/members/{memberId}/${kind}`,
    summary,
    body: reasonBody,
    example: { reason: 'The address is mended' },
    handler: (call) => operate(call, kind),
  })

/**
 * A command of an operator: through the member's own workflow, so that it is never lost or half done. Who and why are written before it is
 * sent, with its id, so that a crash does not lose them; a refusal is written behind.
 */
async function operate(call: MemberCall, kind: OperatorAction): Promise<Answer> {
  const { deps, workspaceId, actor, params, body } = call
  const before = await getMember(deps.db, workspaceId, params.id, params.memberId)
  checkState(before, kind)
  if (kind === 'move') await checkTile(call, before)
  const id = newId('req')
  const reason = body.reason === undefined || body.reason === '' ? {} : { reason: body.reason }
  const to = kind === 'move' ? { to: body.to! } : {}
  const entry = { ...call, action: `member.${kind}`, subject: params.memberId }
  const detail = { orchestrationId: params.id, operation: id, ...to, ...reason }
  await deps.db.tx(async (tx) => {
    await audit(tx, { ...entry, detail })
    await noteOperations(tx, new Map([[params.memberId, id]]), { actor, ...reason })
  })
  try {
    await deps.temporal.operate(params.memberId, { kind, id, ...to, ...carried(kind, reason) })
  } catch (error) {
    if (error instanceof TileworkError && error.code === 'wrong_state')
      await audit(deps.db, { ...entry, detail: { ...detail, refused: error.extra.status } })
    throw error
  }
  return { body: shownMember(deps, await getMember(deps.db, workspaceId, params.id, params.memberId)) }
}

/** Of an exit, the reason is the exit's own. */
const carried = (kind: OperatorAction, reason: { reason?: string }): { reason?: string } =>
  kind === 'exit' || kind === 'move' ? reason : {}

function checkState({ status }: Member, kind: OperatorAction): void {
  if (status === 'exited') throw new TileworkError('wrong_state', `This member is exited; it cannot ${kind}.`, [], { status })
  if ((kind === 'retry' || kind === 'skip') && status !== 'parked')
    throw new TileworkError('wrong_state', `This member is ${status}; only one that is parked can ${kind}.`, [], { status })
}

async function checkTile({ deps, params, body }: MemberCall, { version }: Member): Promise<void> {
  const tile = (await versionOf(deps.db, params.id, version)).tiles.get(body.to!)
  if (!tile) throw noTile(`Version ${version}, which this member walks, has no tile '${body.to}'. Give the id of one that it has.`)
  if (tile.type === 'entry') throw noTile(`Tile '${body.to}' is the entry, where nobody can be moved. Give the id of a tile behind it.`)
}

const noTile = (message: string): TileworkError =>
  new TileworkError('invalid', `/to: ${message}`, [{ path: '/to', code: 'unknown_tile', message }])

const audible = ({ customerIds, ...filter }: OperateFilter): Record<string, unknown> => ({
  ...filter,
  ...(customerIds && { customerIds: customerIds.length > AUDITED_IDS ? customerIds.length : customerIds }),
})

export const operateRoutes: Route[] = [
  command('retry', 'Try a parked member again, with the same key'),
  command('skip', 'Let a parked member pass the tile'),
  command('exit', 'Take a member out'),
  route({
    ...shared,
    path: '/journeys/{id}/members/{memberId}/move',
    summary: 'Move a member to another tile of the version that it walks',
    description: 'What it stood at ends as by an edge. A wait that it is moved to is reckoned from when the one before it began.',
    body: moveBody,
    example: { to: 'done', reason: 'The order was cancelled by phone' },
    handler: (call) => operate(call, 'move'),
  }),
  route({
    method: 'post',
    path: '/journeys/{id}/members/bulk',
    scope: 'operate',
    tag,
    summary: 'Retry, skip, move or exit many members by a filter; follow the job',
    description:
      'The members are those whom the filter names now. One that has changed when its turn comes is counted in the `refused` of the job, by the state that it is in; one that is sending and does not answer within two minutes as `no_answer`.',
    params: idParams,
    query: z.object({ dryRun: z.enum(['true', 'false']).optional().meta({ description: 'true: only count' }) }),
    body: bulkBody,
    example: { filter: { status: 'parked', errorCode: 'smtp_550' }, action: 'retry', reason: 'The mail server is mended' },
    limit: BULK_LIMIT,
    answer: { status: 202, description: 'Accepted', schema: z.object({ jobId: z.string() }) },
    alternative: { status: 200, description: 'Of a dry run: how many members it would touch now', schema: z.object({ count: z.int() }) },
    handler: async (call) => {
      const { deps, workspaceId, actor, params, query, body } = call
      const { filter, action, reason } = body
      await getJourney(deps.db, workspaceId, params.id)
      const to = action === 'move' ? body.to : undefined
      if (to !== undefined && !(await canMoveTo(deps.db, params.id, to)))
        throw noTile(`No published version has a tile '${to}' where members can be moved. Give the id of a tile that is no entry.`)
      if (query.dryRun === 'true')
        return { status: 200, body: { count: await countChosen(deps.db, workspaceId, params.id, filter, action) } }
      const detail = ({ jobId, count }: { jobId: string; count: number }) => ({
        filter: audible(filter),
        action,
        ...(to !== undefined && { to }),
        reason,
        count,
        jobId,
      })
      const { jobId } = await audited(call, { action: 'member.bulk', subject: params.id, detail }, (db) =>
        createOperateJob(db, workspaceId, params.id, filter, { action, reason, actor, ...(to !== undefined && { to }) }),
      )
      await startOrLeave(deps, () => deps.temporal.startOperate(jobId))
      return { body: { jobId } }
    },
  }),
]
