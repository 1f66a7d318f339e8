-- Audiences by condition.

-- Grows with each change of a definition; 0: there never was an audience by condition.
alter table workspace add column audience_revision int not null default 0;

-- generation: number of the definition. built: the last one that every customer was judged by; of a list, its own.
-- build_*: how far the customers were gone through. sync_*: the run of a mirroring source that has not ended.
alter table audience
  add column generation int not null default 1,
  add column built int not null default 1,
  add column build_after text not null default '',
  add column build_done int not null default 0,
  add column build_total int not null default 0,
  add column sync_run int not null default 1,
  add column sync_id text;

create index audience_unbuilt on audience (id) where built < generation;

-- The last run of a mirroring source that named the member.
alter table audience_member add column sync_run int;

-- When time alone may change whether a customer is in an audience. Only of those whom it may.
create table audience_due (
  workspace_id text not null,
  audience_id text not null,
  customer_id text not null,
  due_at timestamptz(6) not null,
  primary key (audience_id, customer_id)
);
create index audience_due_workspace_id_due_at_idx on audience_due (workspace_id, due_at);
create index audience_due_workspace_id_customer_id_idx on audience_due (workspace_id, customer_id);

-- The size of an audience is the sum of its rows: each statement that changes members adds one, the router rolls them up.
create table audience_size (
  id bigserial primary key,
  audience_id text not null,
  n int not null
);
create index audience_size_audience_id_idx on audience_size (audience_id);
insert into audience_size (audience_id, n) select audience_id, count(*) from audience_member group by 1;

create function tw_audience_sized() returns trigger language plpgsql as $$
begin
  insert into audience_size (audience_id, n)
  select audience_id, case tg_op when 'INSERT' then count(*) else -count(*) end from changed group by 1;
  return null;
end $$;
create trigger audience_joined after insert on audience_member
  referencing new table as changed for each statement execute function tw_audience_sized();
create trigger audience_left after delete on audience_member
  referencing old table as changed for each statement execute function tw_audience_sized();

-- Batches of sources that were taken: a repeat gets the first answer.
create table audience_sync (
  audience_id text not null,
  batch_id text not null,
  answer jsonb not null,
  at timestamptz(6) not null default clock_timestamp(),
  primary key (audience_id, batch_id)
);
create index audience_sync_at_idx on audience_sync (at);

-- Whoever judges customers takes it shared, whoever changes a definition exclusive. Taken before any customer is locked.
create function tw_audiences_lock(p_workspace text) returns bigint language sql immutable parallel safe as
$$ select hashtextextended('audiences:' || p_workspace, 0) $$;

-- Keeps the definitions as they are until the transaction ends; answers their revision.
create function tw_audiences_hold(p_workspace text) returns int language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(tw_audiences_lock(p_workspace));
  return (select audience_revision from workspace where id = p_workspace);
end $$;

-- Locks a customer, made when missing, for one who judges audiences; then reads, later than both locks.
create function tw_audiences_look(p_workspace text, p_customer text, p_now timestamptz)
returns table (revision int, traits jsonb, audiences text[], dues jsonb, now timestamptz) language plpgsql as $$
declare
  v_revision int := tw_audiences_hold(p_workspace);
  v_traits jsonb;
begin
  insert into customer (workspace_id, id) values (p_workspace, p_customer) on conflict do nothing;
  select c.traits into v_traits from customer c where c.workspace_id = p_workspace and c.id = p_customer for no key update;
  return query select v_revision, v_traits,
    coalesce((select array_agg(m.audience_id) from audience_member m where m.workspace_id = p_workspace and m.customer_id = p_customer), '{}'),
    coalesce((select jsonb_object_agg(d.audience_id, floor(extract(epoch from d.due_at) * 1000))
      from audience_due d where d.workspace_id = p_workspace and d.customer_id = p_customer), '{}'),
    coalesce(p_now, clock_timestamp());
end $$;

-- A new customer may be in any audience: noted for the router by whoever makes the profile. Before the first audience of a workspace nothing is,
-- unless that is being defined just now.
create function tw_customers_made() returns trigger language plpgsql as $$
declare
  v_workspace text;
begin
  for v_workspace in select distinct workspace_id from made loop
    if (select audience_revision from workspace where id = v_workspace) = 0 and tw_audiences_hold(v_workspace) = 0 then continue; end if;
    insert into event (workspace_id, message_id, customer_id, type, event, properties, timestamp, partition)
    select workspace_id, 'evt_' || replace(gen_random_uuid()::text, '-', ''), id, 'change', '', '{}', clock_timestamp(),
      (hashtextextended(id, 0) & 63)::smallint
    from made where workspace_id = v_workspace;
    perform pg_notify('tilework_events', '');
  end loop;
  return null;
end $$;
create trigger customers_made after insert on customer
  referencing new table as made for each statement execute function tw_customers_made();
