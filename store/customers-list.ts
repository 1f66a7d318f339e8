import { getAudience } from './audiences.js'
import type { Db } from './db.js'
import { checkedLimit, decodeTexts, encodeTexts, pageSorted, wrongCursor, type Page, type PageQuery } from './page.js'

/** A customer, as lists show one. */
export interface CustomerSummary {
  id: string
  /** The trait `email`, when it is a text. */
  email: string | null
  /** The trait `name`, or `firstName` and `lastName`. */
  name: string | null
  createdAt: Date
  updatedAt: Date
  /** In the list of an audience: since when the customer is in it. */
  since?: Date
}

/** How many there are; not exact: an estimate by the database's statistics. */
export interface Total {
  count: number
  exact: boolean
}

/** Which customers. */
export interface CustomerQuery extends PageQuery {
  /** How the id, the email, or words of these and of the name begin, whatever the case. */
  q?: string | undefined
  audienceId?: string | undefined
}

/** A page, with how many there are on all pages where that is known cheaply: on the first, of a list that is not searched. */
export type CustomerPage = Page<CustomerSummary> & { total?: Total }

const COLUMNS = `c.id, tw_text(c.traits, 'email') as email, tw_name(c.traits) as name, c.created_at as "createdAt", c.updated_at as "updatedAt"`

/**
 * Customers, the newest first; those of an audience by id; those that are searched by what they are found by.
 * @throws TileworkError not_found of an audience that there is not
 */
export async function listCustomers(db: Db, workspaceId: string, query: CustomerQuery): Promise<CustomerPage> {
  const audience = query.audienceId === undefined ? undefined : await getAudience(db, workspaceId, query.audienceId)
  if (query.q !== undefined) return search(db, workspaceId, query.q, query)
  const page = await (audience ? ofAudience(db, workspaceId, audience.id, query) : newest(db, workspaceId, query))
  if (query.cursor !== undefined) return page
  return { ...page, total: audience ? { count: audience.size, exact: true } : await countCustomers(db, workspaceId) }
}

const newest = (db: Db, workspaceId: string, query: PageQuery): Promise<Page<CustomerSummary>> =>
  pageSorted(
    db,
    { select: `select ${COLUMNS}`, from: 'from customer c where c.workspace_id = $1' },
    [workspaceId],
    { by: 'c.created_at', type: 'timestamptz', order: 'desc', key: 'c.id' },
    query,
  )

const ofAudience = (db: Db, workspaceId: string, audienceId: string, query: PageQuery): Promise<Page<CustomerSummary>> =>
  pageSorted(
    db,
    {
      select: `select ${COLUMNS}, m.since`,
      from: 'from audience_member m join customer c on c.workspace_id = $1 and c.id = m.customer_id where m.audience_id = $2',
    },
    [workspaceId, audienceId],
    { by: 'm.customer_id', type: 'text', order: 'asc', key: 'm.customer_id' },
    query,
  )

/** What a customer is found by the beginning of, in this order; each has an index that begins with the workspace. */
const BEGINNINGS = ['(lower(c.id) collate "C")', 'c.search_email']
/** After these, by the words of both and of the name. */
const WAYS = BEGINNINGS.length + 1
/** Most customers that are found by words: a word such as `com` may be everybody's. */
const MOST_BY_WORDS = 1_000

type Found = CustomerSummary & { key: string }

/**
 * One walk over an index for each way that a customer is found, one after the other until the page is full: who was found by an earlier one is
 * left out of the later ones, which costs little while the earlier ones are few, and else they are not come to.
 */
async function search(db: Db, workspaceId: string, q: string, { audienceId, ...query }: CustomerQuery): Promise<Page<CustomerSummary>> {
  const limit = checkedLimit(query.limit)
  const [first, ...past] = query.cursor === undefined ? ['0', '', ''] : decodeTexts(query.cursor, 3)
  if (!/^\d$/.test(first!) || Number(first) >= WAYS) throw wrongCursor()
  const rows: (Found & { by: number })[] = []
  for (let by = Number(first); by < WAYS && rows.length <= limit; by++) {
    const [key, id] = by === Number(first) ? past : ['', '']
    const found = await db.query<Found>(statement(by, audienceId !== undefined), [
      ...[workspaceId, q, key, id, limit + 1 - rows.length],
      ...(audienceId === undefined ? [] : [audienceId]),
    ])
    rows.push(...found.map((row) => ({ ...row, by })))
  }
  const last = rows[limit - 1]
  return {
    data: rows.slice(0, limit).map(({ key: _, by: __, ...row }) => row),
    nextCursor: rows.length > limit ? encodeTexts([String(last!.by), last!.key, last!.id]) : null,
  }
}

/** Whom $2 finds in one way and in none of those before it, past ($3, $4). */
function statement(by: number, inAudience: boolean): string {
  const members = inAudience ? 'join audience_member m on m.audience_id = $6 and m.customer_id = c.id' : ''
  const before = BEGINNINGS.slice(0, by).map((each) => ` and not starts_with(coalesce(${each}, ''), lower($2::text))`)
  const since = inAudience ? ', m.since' : ''
  const column = BEGINNINGS[by]
  if (column === undefined)
    return `select f.* from (
        select ${COLUMNS}, $3::text as key${since} from customer c ${members}
        where c.workspace_id = $1 and tw_words(c.id, c.search_email, c.search_name) @@ tw_words_begin($2::text)${before.join('')} limit ${MOST_BY_WORDS}) f
      where f.id > $4::text order by f.id limit $5::int`
  // One comparison tells the index where to begin, one where to end.
  return `select ${COLUMNS}, ${column} as key${since} from customer c ${members}
    where c.workspace_id = $1 and (${column}, c.id) > (greatest(lower($2::text) collate "C", $3::text), $4::text)
      and ${column} < lower($2::text) || chr(1114111)${before.join('')} order by ${column}, c.id limit $5::int`
}

/** Most customers that are counted one by one. */
const COUNTED = 10_000

async function countCustomers(db: Db, workspaceId: string): Promise<Total> {
  const counted = await db.one<{ n: number }>(
    `select count(*)::int as n from (select from customer where workspace_id = $1 limit ${COUNTED + 1}) few`,
    [workspaceId],
  )
  if (counted!.n <= COUNTED) return { count: counted!.n, exact: true }
  const plan = await db.one<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    'explain (format json) select from customer where workspace_id = $1',
    [workspaceId],
  )
  return { count: Math.max(counted!.n, plan!['QUERY PLAN'][0].Plan['Plan Rows']), exact: false }
}
