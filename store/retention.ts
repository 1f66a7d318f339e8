import type { Db } from './db.js'

/** Months that have a table before they begin. */
const AHEAD = 2
/** Days that a month is kept beyond its time: months differ in length, and a window of so many months must find all its events. */
const GRACE_DAYS = 5
/** Days that message ids are remembered. */
const SEEN_DAYS = 8
/** Rows that one statement deletes. */
const PAGE = 10_000
/** Longest that a table is waited for: whoever comes behind waits too. */
const LOCK_TIMEOUT = '2s'

/** Makes the tables of this month and the next ones. Answers how many were missing. */
export async function makeMonths(db: Db): Promise<number> {
  const { n } = (await db.tx(async (tx) => {
    await tx.query(`select set_config('lock_timeout', '${LOCK_TIMEOUT}', true)`)
    return tx.one<{ n: number }>(
      `select count(*) filter (where tw_event_month(month::date))::int as n
       from generate_series(date_trunc('month', now() at time zone 'UTC'), date_trunc('month', now() at time zone 'UTC') + interval '${AHEAD} months',
         interval '1 month') month`,
    )
  }))!
  return n
}

/**
 * Drops the months whose events are all older than so many months; one with an event that is not routed yet stays. Harmless to repeat.
 * @returns the names of the tables that were dropped
 */
export async function dropMonths(db: Db, months: number): Promise<string[]> {
  const old = await db.query<{ name: string }>(
    `select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'event'::regclass and c.relname ~ '^event_\\d{4}_\\d\\d$'
       and (to_date(substr(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC'
         <= now() - make_interval(months => $1::int, days => ${GRACE_DAYS}) order by 1`,
    [months],
  )
  const dropped: string[] = []
  for (const { name } of old) if (await dropMonth(db, name)) dropped.push(name)
  return dropped
}

/** The name comes from PostgreSQL, by a pattern that leaves nothing to quote. */
const dropMonth = (db: Db, name: string): Promise<boolean> =>
  db.tx(async (tx) => {
    const open = await tx.one(`select 1 as open from ${name} where routed_at is null limit 1`)
    if (open) return false
    await tx.query(`select set_config('lock_timeout', '${LOCK_TIMEOUT}', true)`)
    await tx.query(`drop table ${name}`)
    return true
  })

/** Forgets the message ids that came so long ago that no repeat is expected, page by page. Answers how many. */
export const forgetMessages = (db: Db): Promise<number> =>
  deletePages(
    db,
    `delete from event_seen where ctid = any (array(
       select ctid from event_seen where received_at < now() - interval '${SEEN_DAYS} days' limit ${PAGE})) returning 1`,
  )

/**
 * Forgets changes of traits that are older than so many months, from the first that was noted on: one that was written with an older instant than its
 * neighbours goes with them. Answers how many.
 */
export const forgetTraitChanges = (db: Db, months: number): Promise<number> =>
  deletePages(
    db,
    `delete from trait_change t using (select id, at from trait_change order by id limit ${PAGE}) oldest
     where t.id = oldest.id and oldest.at < now() - make_interval(months => $1::int, days => ${GRACE_DAYS}) returning 1`,
    [months],
  )

/** Forgets what was rendered for deliveries more than so many months ago. Answers how many. */
export const forgetContent = (db: Db, months: number): Promise<number> =>
  deletePages(
    db,
    `delete from delivery_content where key = any (array(
       select key from delivery_content where at < now() - make_interval(months => $1::int, days => ${GRACE_DAYS}) order by at limit ${PAGE})) returning 1`,
    [months],
  )

/** Longest that a message is remembered where no cap asks for more, in days: a new cap counts what was sent before. */
const SLOT_DAYS = 31

/** Forgets messages that no window of a frequency cap reaches back to, and places in the queue that nobody came back for. Answers how many messages. */
export async function forgetSlots(db: Db): Promise<number> {
  await db.query(`delete from slot_wait where asks_at < now() - interval '${SLOT_DAYS} days'`)
  return deletePages(
    db,
    `delete from message_slot where key = any (array(
       select key from message_slot where at < now() - interval '1 day' - greatest(interval '${SLOT_DAYS} days',
         (select max(per_ms) * interval '1 millisecond' from frequency_cap)) limit ${PAGE})) returning 1`,
  )
}

/** Repeats a statement that deletes at most a page while it does. Answers how many rows went. */
async function deletePages(db: Db, statement: string, params: unknown[] = []): Promise<number> {
  for (let gone = 0; ;) {
    const { n } = (await db.one<{ n: number }>(`with gone as (${statement}) select count(*)::int as n from gone`, params))!
    gone += n
    if (n < PAGE) return gone
  }
}
