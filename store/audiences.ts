import { circleOf, type Definition } from '../model/audiences.js'
import { leavesOf, type Condition } from '../model/condition.js'
import { TileworkError, type FieldError } from '../model/errors.js'
import { newId } from '../model/ids.js'
import { pointer } from '../model/pointer.js'
import type { Build } from './audiences-build.js'
import { changeDefinitions, definitionsOf } from './audiences-index.js'
import type { Db } from './db.js'
import { refuseIfInUse } from './in-use.js'
import { pageBy, type Page, type PageQuery } from './page.js'
import { deleteRow, written } from './revision.js'

/** A set of customers: a list, or a condition that is kept up to date. */
export interface Audience {
  id: string
  name: string
  kind: 'list' | 'condition'
  /** Of a condition. */
  when?: Condition
  size: number
  /** Building: not every customer has been judged by the definition yet. */
  status: 'building' | 'ready'
  /** While it is building: how many customers have been judged, of how many that there were. */
  progress?: { done: number; total: number }
  revision: number
  createdAt: Date
  updatedAt: Date
}

type Row = Omit<Audience, 'when' | 'progress'> & { when: Condition | null; progress: Audience['progress'] | null }

const COLUMNS = `a.id, a.name, a.kind, a.condition as when, a.revision, a.created_at as "createdAt", a.updated_at as "updatedAt",
  case when a.built < a.generation then 'building' else 'ready' end as status,
  case when a.built < a.generation then jsonb_build_object('done', a.build_done, 'total', a.build_total) end as progress,
  (select coalesce(sum(s.n), 0)::int from audience_size s where s.audience_id = a.id) as size`

const shape = ({ when, progress, ...row }: Row): Audience => ({ ...row, ...(when && { when }), ...(progress && { progress }) })

/**
 * Makes a list, or with `when` an audience by condition, whose build the caller starts.
 * @throws TileworkError invalid when the condition names what does not exist
 */
export async function createAudience(db: Db, workspaceId: string, name: string, when?: Condition): Promise<Audience> {
  const id = newId('aud')
  if (!when) await db.query('insert into audience (id, workspace_id, name) values ($1, $2, $3)', [id, workspaceId, name])
  else
    await changeDefinitions(db, workspaceId, async (tx) => {
      await checkNames(tx, workspaceId, { id, name, when })
      await tx.query(
        `insert into audience (id, workspace_id, name, kind, condition, built) values ($1, $2, $3, 'condition', $4::jsonb, 0)`,
        [id, workspaceId, name, JSON.stringify(when)],
      )
    })
  return getAudience(db, workspaceId, id)
}

/** @throws TileworkError not_found */
export async function getAudience(db: Db, workspaceId: string, id: string): Promise<Audience> {
  const row = await db.one<Row>(`select ${COLUMNS} from audience a where a.workspace_id = $1 and a.id = $2`, [workspaceId, id])
  return row ? shape(row) : unknown(id)
}

export async function listAudiences(db: Db, workspaceId: string, query: PageQuery): Promise<Page<Audience>> {
  const page = await pageBy<Row>(db, `select ${COLUMNS} from audience a where a.workspace_id = $1`, [workspaceId], 'a.id', query)
  return { ...page, data: page.data.map(shape) }
}

/**
 * Renames an audience; with another `when`, every customer has to be judged anew: the caller starts the build.
 * @returns the build to start, if there is one
 * @throws TileworkError not_found; invalid when it is a list, or the condition names what does not exist or leads back to this audience; stale when `revision` is another
 */
export async function changeAudience(
  db: Db,
  workspaceId: string,
  id: string,
  { name, when }: { name: string; when?: Condition },
  revision?: number,
): Promise<Build | undefined> {
  const { kind } = await getAudience(db, workspaceId, id)
  if (!when) {
    await rename(db, workspaceId, id, name, revision)
    return undefined
  }
  if (kind === 'list')
    throw invalid('/when', 'not_available', "A list has no condition; leave 'when' out, or make an audience by condition.")
  return changeDefinitions(db, workspaceId, async (tx) => {
    await checkNames(tx, workspaceId, { id, name, when })
    await rename(tx, workspaceId, id, name, revision)
    const row = await tx.one<{ generation: number }>(
      `update audience set condition = $3::jsonb, generation = generation + 1, build_after = '', build_done = 0, build_total = 0
       where workspace_id = $1 and id = $2 and condition <> $3::jsonb returning generation`,
      [workspaceId, id, JSON.stringify(when)],
    )
    return row && { workspaceId, audienceId: id, generation: row.generation }
  })
}

const AUDIENCE = { table: 'audience', what: 'audience', read: getAudience } as const

async function rename(db: Db, workspaceId: string, id: string, name: string, revision?: number): Promise<void> {
  const row = await db.one(
    `update audience set name = $3, revision = revision + 1, updated_at = now()
     where workspace_id = $1 and id = $2 and ($4::int is null or revision = $4::int) returning id`,
    [workspaceId, id, name, revision ?? null],
  )
  await written(db, AUDIENCE, workspaceId, id, row)
}

/** @throws TileworkError not_found; conflict when a live orchestration or another audience names it; stale when `revision` is another */
export function deleteAudience(db: Db, workspaceId: string, id: string, revision?: number): Promise<void> {
  return changeDefinitions(db, workspaceId, async (tx) => {
    await refuseIfInUse(tx, workspaceId, 'audience', id)
    await deleteRow(tx, AUDIENCE, workspaceId, id, revision)
    // The sizes last: taking members out adds to them.
    for (const table of ['audience_member', 'audience_due', 'audience_sync', 'audience_size'])
      await tx.query(`delete from ${table} where audience_id = $1`, [id])
  })
}

/** Ids of all audiences: what validation looks up. */
export async function audienceIds(db: Db, workspaceId: string): Promise<Set<string>> {
  const rows = await db.query<{ id: string }>('select id from audience where workspace_id = $1', [workspaceId])
  return new Set(rows.map(({ id }) => id))
}

/**
 * Checks that a condition names audiences that exist, and none that leads back to its own.
 * @throws TileworkError invalid
 */
export async function checkNames(db: Db, workspaceId: string, definition: Definition): Promise<void> {
  const known = await audienceIds(db, workspaceId)
  const errors = [...leavesOf(definition.when)].flatMap(({ condition, path }): FieldError[] => {
    if (!('audience' in condition) || known.has(condition.audience) || condition.audience === definition.id) return []
    const message = `There is no audience '${condition.audience}'; choose one that exists.`
    return [{ path: pointer(['when', ...path, 'audience']), code: 'unknown_audience', message }]
  })
  if (errors.length > 0) throw new TileworkError('invalid', errors[0]!.message, errors)
  const circle = circleOf(definition, await definitionsOf(db, workspaceId))
  if (!circle) return
  const way = circle.map(({ name }) => `'${name}'`).join(' → ')
  throw invalid('/when', 'circle', `The audience leads back to itself: ${way}. Take one of them out.`)
}

const invalid = (path: string, code: string, message: string): TileworkError =>
  new TileworkError('invalid', message, [{ path, code, message }])

function unknown(id: string): never {
  throw new TileworkError('not_found', `There is no audience ${id}.`)
}
