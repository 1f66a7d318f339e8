-- Events by month of receipt, so that old ones go by dropping a table. What makes a repeated message id known is a table of its own, for a unique key
-- of a partitioned table needs the month in it; it is kept for the days in which repeats come, not for months.

CREATE TABLE "event_seen" (
    "workspace_id" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "event_seen_pkey" PRIMARY KEY ("workspace_id","message_id")
);

-- Rows lie in the order of time, so that the oldest are found without an index that each insert would pay for.
create index event_seen_received_at on event_seen using brin (received_at) with (pages_per_range = 16);

alter table event rename to event_before;
alter table event_before rename constraint event_pkey to event_before_pkey;
drop index event_workspace_id_customer_id_event_received_at_idx, event_workspace_id_id_idx, event_workspace_id_message_id_key, event_unrouted;

create table event (like event_before including defaults, constraint event_pkey primary key (id, received_at)) partition by range (received_at);
alter sequence event_id_seq owned by event.id;
create index event_workspace_id_customer_id_event_received_at_idx on event (workspace_id, customer_id, event, received_at);
create index event_workspace_id_id_idx on event (workspace_id, id);
create index event_unrouted on event (partition, id) where routed_at is null;

-- What comes while its month has no table: nothing is refused because a job did not run.
create table event_other partition of event default;

-- Makes the table of a month (its first day, UTC) and moves what came before it was made. Answers whether it was missing.
create function tw_event_month(month date) returns boolean language plpgsql as $$
declare
  name text := 'event_' || to_char(month, 'YYYY_MM');
  lower timestamptz := month::timestamp at time zone 'UTC';
  upper timestamptz := (month + interval '1 month') at time zone 'UTC';
begin
  perform pg_advisory_xact_lock(84218);
  if to_regclass(name) is not null then
    return false;
  end if;
  execute format('create table %I (like event including defaults)', name);
  execute format('with moved as (delete from event_other where received_at >= %L and received_at < %L returning *) insert into %I select * from moved', lower, upper, name);
  execute format('alter table event attach partition %I for values from (%L) to (%L)', name, lower, upper);
  return true;
end $$;

select tw_event_month(month::date)
from (select date_trunc('month', coalesce(min(received_at), now()) at time zone 'UTC') as first from event_before) b,
  generate_series(b.first, date_trunc('month', now() at time zone 'UTC') + interval '2 months', interval '1 month') month;

insert into event select * from event_before;
insert into event_seen (workspace_id, message_id, received_at)
  select workspace_id, message_id, received_at from event_before where type <> 'change' and received_at > now() - interval '8 days';
drop table event_before;
