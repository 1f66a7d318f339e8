import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'

/** A page of a list; `nextCursor` is null on the last. */
export interface Page<T> {
  data: T[]
  nextCursor: string | null
}

/** Which page: `cursor` is the last one's `nextCursor`. */
export interface PageQuery {
  limit?: number | undefined
  cursor?: string | undefined
}

const MAX_LIMIT = 200
const DEFAULT_LIMIT = 50

/**
 * One page by keyset, newest first: ids sort by time.
 * @param sql ends in a where clause; `and <id> < $n order by <id> desc limit $n+1` is added
 * @param key how the id column is named in `sql`
 */
export async function pageBy<T extends { id: string }>(
  db: Db,
  sql: string,
  params: unknown[],
  key: string,
  query: PageQuery,
): Promise<Page<T>> {
  const limit = checkedLimit(query.limit)
  const after = query.cursor === undefined ? null : decode(query.cursor)
  const n = params.length
  const rows = await db.query<T>(
    `${sql} and ($${n + 1}::text is null or ${key} < $${n + 1}::text) order by ${key} desc limit $${n + 2}::int`,
    [...params, after, limit + 1],
  )
  return pageOf(rows, limit)
}

/**
 * One page by keyset of rows whose id is a bigint that grows with time, newest first.
 * @param sql ends in a where clause; selects the id as text, named `id`
 * @param key the bigint column
 * @throws TileworkError invalid for a limit or a cursor that cannot be
 */
export async function pageByNumber<T extends { id: string }>(
  db: Db,
  sql: string,
  params: unknown[],
  key: string,
  query: PageQuery,
): Promise<Page<T>> {
  const limit = checkedLimit(query.limit)
  const n = params.length
  const before = query.cursor === undefined ? LAST : decode(query.cursor)
  if (!/^\d{1,18}$/.test(before) && before !== LAST) throw wrongCursor()
  const rows = await db.query<T>(`${sql} and ${key} < $${n + 1}::text::bigint order by ${key} desc limit $${n + 2}::int`, [
    ...params,
    before,
    limit + 1,
  ])
  return pageOf(rows, limit)
}

/** The order of a list: by an SQL expression, of equal ones by a key that is unique. */
export interface Sort {
  by: string
  type: 'text' | 'timestamptz'
  order: 'asc' | 'desc'
}

/**
 * One page by keyset in any order. Fast where an index has the order.
 * @param sql `from` ends in a where clause
 * @param sort `key` is the column that is selected as `id`
 * @throws TileworkError invalid for a limit or a cursor that cannot be
 */
export async function pageSorted<T extends { id: string }>(
  db: Db,
  { select, from }: { select: string; from: string },
  params: readonly unknown[],
  { by, type, order, key }: Sort & { key: string },
  query: PageQuery,
): Promise<Page<T>> {
  const limit = checkedLimit(query.limit)
  const after = query.cursor === undefined ? [] : placeIn(query.cursor, type)
  const n = params.length
  const past = after.length === 0 ? '' : ` and (${by}, ${key}) ${order === 'asc' ? '>' : '<'} ($${n + 1}::text::${type}, $${n + 2}::text)`
  const rows = await db.query<T & { sortedBy: string }>(
    `${select}, (${by})::text as "sortedBy" ${from}${past} order by ${by} ${order}, ${key} ${order} limit $${n + after.length + 1}::int`,
    [...params, ...after, limit + 1],
  )
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  return {
    data: data.map(({ sortedBy: _, ...row }) => row as unknown as T),
    nextCursor: rows.length > limit ? encodeTexts([last!.sortedBy, last!.id]) : null,
  }
}

/** Where in the order the page before ended: what it was sorted by, and the key. @throws TileworkError invalid */
function placeIn(cursor: string, type: Sort['type']): string[] {
  const place = decodeTexts(cursor, 2)
  if (type === 'text' || (INSTANT.test(place[0]!) && !Number.isNaN(Date.parse(place[0]!)))) return place
  throw wrongCursor()
}

/** The texts of a cursor that is so many, as `encodeTexts` makes it. @throws TileworkError invalid */
export function decodeTexts(cursor: string, count: number): string[] {
  const texts = parsed(decode(cursor))
  const fit = Array.isArray(texts) && texts.length === count && texts.every((each) => typeof each === 'string' && !each.includes('\0'))
  if (fit) return texts as string[]
  throw wrongCursor()
}

/** A cursor of several texts. */
export const encodeTexts = (texts: readonly string[]): string => encode(JSON.stringify(texts))

/** As PostgreSQL writes one in UTC. */
const INSTANT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw wrongCursor()
  }
}

/** The page of rows that were asked for with one more than fits: that one tells whether there is a next. */
function pageOf<T extends { id: string }>(rows: T[], limit: number): Page<T> {
  const data = rows.slice(0, limit)
  return { data, nextCursor: rows.length > limit ? encode(data.at(-1)!.id) : null }
}

/** Above every id. */
const LAST = '9223372036854775807'

export function checkedLimit(limit: number = DEFAULT_LIMIT): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit
  throw new TileworkError('invalid', `A page has 1 to ${MAX_LIMIT} entries.`, [
    { path: '?limit', code: 'out_of_range', message: `Give a limit from 1 to ${MAX_LIMIT}.` },
  ])
}

export const encode = (id: string): string => Buffer.from(id).toString('base64url')

/** @throws TileworkError invalid */
export function decode(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString()
  if (id !== '' && !id.includes('\0') && encode(id) === cursor) return id
  throw wrongCursor()
}

export const wrongCursor = (): TileworkError =>
  new TileworkError('invalid', 'The cursor is not one that a list gave.', [
    { path: '?cursor', code: 'invalid_value', message: "Give the 'nextCursor' of the page before." },
  ])
