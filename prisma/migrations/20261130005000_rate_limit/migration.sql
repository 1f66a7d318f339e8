-- Rate limits of destinations. `queued`: routes may name the task queue of this destination, since it had a limit once; so it is polled ever after.
alter table destination add column queued boolean not null default false;

-- When the next send of a destination may begin, for all workers. A table of its own: it is written by every send, and the destination is not.
create table destination_pace (
  destination_id text primary key references destination (id) on delete cascade,
  next_at timestamptz(6) not null
) with (fillfactor = 50);
