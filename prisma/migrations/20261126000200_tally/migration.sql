-- Counters of orchestrations. Whoever steps, enters, exits or fails adds a row to tally_change, in its own transaction and by itself: nobody waits
-- for a counter. A fold moves rows from there into tally now and then. What is true now is tally and what is not folded yet, in one snapshot.

create table tally (
  journey_id text not null,
  -- member: a is a status, 'entered' or 'converted' · refused: a reason · entered, exited, converted, failed: a tile · edge: from a by port b to c ·
  -- seconds: stays at tile a that took so long (b: tw_bucket)
  kind text not null,
  a text not null,
  b text not null,
  c text not null,
  n bigint not null,
  primary key (journey_id, kind, a, b, c)
);

create table tally_change (
  id bigserial primary key,
  journey_id text not null,
  -- As in tally, and: step: at a, from b by port c after so many seconds
  kind text not null,
  a text not null,
  b text not null default '',
  c text not null default '',
  n int not null default 1,
  seconds float8
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Stays as long as these are counted together: 5 percent apart.
create function tw_bucket(p_seconds float8) returns text language sql immutable parallel safe as
$$ select round(ln(greatest(p_seconds, 0.001)) / ln(1.05))::int::text $$;

-- What a change adds to tally.
create function tw_tally_of(p tally_change) returns table (kind text, a text, b text, c text) language sql immutable parallel safe as $$
  select p.kind, p.a, p.b, p.c where p.kind <> 'step'
  union all select 'entered', p.a, '', '' where p.kind = 'step'
  union all select 'edge', p.b, p.c, p.a where p.kind = 'step' and p.b <> ''
  union all select 'seconds', p.b, tw_bucket(p.seconds), '' where p.kind = 'step' and p.b <> '' and p.c <> 'moved'
$$;

-- Moves up to p_limit changes into tally; answers how many. One at a time: another one answers 0.
create function tw_fold(p_limit int) returns int language plpgsql as $$
declare
  v_n int;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('tally', 0)) then return 0; end if;
  with gone as (
    delete from tally_change where id in (select id from tally_change order by id limit p_limit) returning tally_change as change),
  kept as (
    insert into tally as t (journey_id, kind, a, b, c, n)
    select (g.change).journey_id, o.kind, o.a, o.b, o.c, sum((g.change).n) from gone g cross join lateral tw_tally_of(g.change) o group by 1, 2, 3, 4, 5
    on conflict (journey_id, kind, a, b, c) do update set n = t.n + excluded.n)
  select count(*) into v_n from gone;
  return v_n;
end $$;

create function tw_count_step() returns trigger language plpgsql as $$
begin
  insert into tally_change (journey_id, kind, a, b, c, seconds) values (new.journey_id, 'step', new.tile_id, coalesce(new.from_tile, ''),
    coalesce(new.from_port, ''), extract(epoch from new.arrived_at - new.from_arrived_at));
  return null;
end $$;
create trigger count_step after insert on step for each row execute function tw_count_step();

create function tw_count_member() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into tally_change (journey_id, kind, a) values (new.journey_id, 'member', 'entered'), (new.journey_id, 'member', new.status);
  elsif old.status <> new.status then
    insert into tally_change (journey_id, kind, a, n) values (new.journey_id, 'member', old.status, -1), (new.journey_id, 'member', new.status, 1);
  end if;
  if new.status = 'exited' and (tg_op = 'INSERT' or old.status <> 'exited') then
    insert into tally_change (journey_id, kind, a) values (new.journey_id, 'exited', new.tile_id);
  end if;
  if new.converted and (tg_op = 'INSERT' or not old.converted) then
    insert into tally_change (journey_id, kind, a, n) select new.journey_id, 'member', 'converted', 1
      union all select new.journey_id, 'converted', tile_id, count(*) from step where member_id = new.id group by tile_id;
  end if;
  return null;
end $$;
create trigger count_member_new after insert on member for each row execute function tw_count_member();
create trigger count_member after update of status, converted on member for each row
  when (old.status is distinct from new.status or old.converted is distinct from new.converted) execute function tw_count_member();

-- Members whose action failed for good, once a tile.
create function tw_count_failure() returns trigger language plpgsql as $$
begin
  if not exists (select from incident where member_id = new.member_id and kind = 'failed' and tile_id = new.tile_id and id <> new.id) then
    insert into tally_change (journey_id, kind, a) values (new.journey_id, 'failed', new.tile_id);
  end if;
  return null;
end $$;
create trigger count_failure after insert on incident for each row when (new.kind = 'failed') execute function tw_count_failure();

create function tw_count_refusal() returns trigger language plpgsql as $$
begin
  insert into tally_change (journey_id, kind, a) values (new.journey_id, 'refused', new.reason);
  return null;
end $$;
create trigger count_refusal after insert on refusal for each row execute function tw_count_refusal();

-- What happened before today.
insert into tally (journey_id, kind, a, b, c, n)
select journey_id, 'member', 'entered', '', '', count(*) from member group by 1
union all select journey_id, 'member', status, '', '', count(*) from member group by 1, 3
union all select journey_id, 'member', 'converted', '', '', count(*) from member where converted group by 1
union all select journey_id, 'exited', tile_id, '', '', count(*) from member where status = 'exited' group by 1, 3
union all select journey_id, 'refused', reason, '', '', count(*) from refusal group by 1, 3
union all select journey_id, 'failed', tile_id, '', '', count(distinct member_id) from incident where kind = 'failed' group by 1, 3
union all select journey_id, 'entered', tile_id, '', '', count(*) from step group by 1, 3
union all select s.journey_id, 'converted', s.tile_id, '', '', count(*) from step s join member m on m.id = s.member_id where m.converted group by 1, 3
union all select journey_id, 'edge', from_tile, from_port, tile_id, count(*) from step where from_tile is not null group by 1, 3, 4, 5
union all select journey_id, 'seconds', from_tile, tw_bucket(extract(epoch from arrived_at - from_arrived_at)), '', count(*)
  from step where from_tile is not null and from_port <> 'moved' group by 1, 3, 4;
