import type { Db } from './db.js'
import { given } from './given.js'
import { SUMMARY, type JourneyStatus, type JourneySummary } from './journeys.js'
import { pageSorted, type Page, type PageQuery, type Sort } from './page.js'
import { memberCounts, type MemberCounts } from './stats.js'

/** An orchestration in a list, with its members by state. */
export interface ListedJourney extends JourneySummary {
  counts: MemberCounts
}

/** Which orchestrations, in what order. */
export interface JourneyQuery extends PageQuery {
  status?: JourneyStatus | undefined
  /** In the name or the description, whatever the case; or the id. */
  q?: string | undefined
  tag?: string | undefined
  /** created, unless told. */
  sort?: keyof typeof SORTS | undefined
}

const SORTS = {
  name: { by: 'lower(j.name)', type: 'text', order: 'asc' },
  updated: { by: 'j.updated_at', type: 'timestamptz', order: 'desc' },
  created: { by: 'j.created_at', type: 'timestamptz', order: 'desc' },
} as const satisfies Record<string, Sort>

/** A page of orchestrations: by name from a to z, else the latest first. The counts of all of them are one more query. */
export async function listJourneys(db: Db, workspaceId: string, query: JourneyQuery): Promise<Page<ListedJourney>> {
  const params: unknown[] = [workspaceId]
  const where = given(params, [
    ['j.status = ?', query.status],
    ['(strpos(lower(j.name), lower(?)) > 0 or strpos(lower(j.description), lower(?)) > 0 or j.id = ?)', query.q],
    ['? = any(j.tags)', query.tag],
  ])
  const page = await pageSorted<JourneySummary>(
    db,
    { select: `select ${SUMMARY}, j.name, j.description`, from: `from journey j where j.workspace_id = $1${where}` },
    params,
    { ...SORTS[query.sort ?? 'created'], key: 'j.id' },
    query,
  )
  const counts = await memberCounts(
    db,
    workspaceId,
    page.data.map(({ id }) => id),
  )
  return { ...page, data: page.data.map((journey) => ({ ...journey, counts: counts.get(journey.id)! })) }
}

/** A tag, and how many orchestrations carry it. */
export interface TagInUse {
  tag: string
  count: number
}

/** The tags that orchestrations carry, from a to z. */
export async function listTags(db: Db, workspaceId: string, query: PageQuery): Promise<Page<TagInUse>> {
  const page = await pageSorted<TagInUse & { id: string }>(
    db,
    {
      select: 'select t.tag as id, t.tag, t.count',
      from: 'from (select tag, count(*)::int as count from journey j, unnest(j.tags) tag where j.workspace_id = $1 group by tag) t where true',
    },
    [workspaceId],
    { by: 'lower(t.tag)', type: 'text', order: 'asc', key: 't.tag' },
    query,
  )
  return { ...page, data: page.data.map(({ tag, count }) => ({ tag, count })) }
}
