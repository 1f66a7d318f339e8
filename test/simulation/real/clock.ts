import pg from 'pg'

/*
 * The time-skipping server skips while nothing happens, but its clock runs on while something does. Instants of a case are exact, so the parts
 * are told another time: the instant at which what is done was due, however long it takes.
 */

/** The clock of a case. */
export interface CaseClock {
  /** ms */
  current(): number
  /** Moves on, never back; ms. */
  set(at: number): Promise<void>
  close(): Promise<void>
}

/**
 * In the path before PostgreSQL's own functions: the clock of the case, and a few microseconds that make every reading a later one, as they are
 * in life: an event is received before the arrival that it leads to. So functions that are told the instant, to the millisecond, read it here.
 * Frequency caps reckon when to ask again from what they read, so they are told the millisecond, and count from it.
 * Defaults of columns are bound to a function already. The ledger keeps how a delivery stands; here is kept how each attempt ended. One that is put off is none.
 */
const SQL = `
  create schema simulated;
  create table simulated.clock (at timestamptz not null);
  insert into simulated.clock values (now());
  create sequence simulated.reading;
  create function simulated.clock_timestamp() returns timestamptz volatile language sql as
    $$ select at + nextval('simulated.reading') * interval '1 microsecond' from simulated.clock $$;
  create table simulated.ended (id bigserial, key text, state text, at timestamptz);
  create function simulated.note_end() returns trigger language plpgsql as
    $$ begin insert into simulated.ended (key, state, at) select new.key, new.state, at from simulated.clock; return null; end $$;
  create function simulated.tw_counted(text, text, timestamptz) returns table (key text, channel text, topic_id text, at timestamptz) language sql as
    $$ select key, channel, topic_id, date_trunc('milliseconds', at) from public.tw_counted($1, $2, $3) where date_trunc('milliseconds', at) > $3 $$;
  create trigger skipped after insert on public.delivery for each row when (new.state = 'skipped') execute function simulated.note_end();
  create trigger ended after update on public.delivery for each row
    when (new.state <> old.state and (old.state = 'sending' or (old.state = 'pending' and new.state = 'skipped')) and new.state <> 'sending'
      and (new.attempts = old.attempts or new.state = 'skipped'))
    execute function simulated.note_end();
  do $$ declare each record; begin
    for each in select p.oid, proname, pronargs, pg_get_function_identity_arguments(p.oid) as args, pg_get_function_result(p.oid) as result
      from pg_proc p where pronamespace = 'public'::regnamespace and prosrc like '%coalesce(p_now, clock_timestamp())%'
        and proname not like 'tw\\_%\\_slot'
    loop execute format('create function simulated.%I(%s) returns %s language sql as $f$ select public.%I(%s null) $f$', each.proname, each.args,
      each.result, each.proname, (select string_agg('$' || n || ',', ' ') from generate_series(1, each.pronargs - 1) n)); end loop;
    for each in select adrelid::regclass as relation, attname from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
      where pg_get_expr(adbin, adrelid) = 'clock_timestamp()'
    loop execute format('alter table %s alter column %I set default simulated.clock_timestamp()', each.relation, each.attname); end loop;
    execute format('alter database %I set search_path = simulated, pg_catalog, public', current_database());
  end $$;`

/** Puts a database that nobody is connected to yet under the clock of a case. */
export async function simulatedClock(databaseUrl: string): Promise<CaseClock> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(SQL)
  let current = 0
  return {
    current: () => current,
    set: async (at) => {
      if (at <= current) return
      current = at
      // One after the other, in this order: it is one connection.
      await Promise.all([
        client.query(`select setval('simulated.reading', 1)`),
        client.query('update simulated.clock set at = $1', [new Date(at)]),
      ])
    },
    close: () => client.end(),
  }
}
