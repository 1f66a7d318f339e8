-- Identity: ids that mean another customer, and the merge of two customers.

-- An id that means another customer, who is none of them: chains are resolved as they come.
create table customer_alias (
  workspace_id text not null,
  id text not null,
  customer_id text not null,
  -- Whether it was an anonymous visitor's: only then a later customer can take it over.
  anonymous boolean not null,
  -- The event that merged them, or gave the id to this customer.
  event_id bigint not null,
  at timestamptz(6) not null default clock_timestamp(),
  primary key (workspace_id, id)
);
create index customer_alias_workspace_id_customer_id_idx on customer_alias (workspace_id, customer_id);

-- The anonymousId that an event carries; anonymous: it carries no userId, so that is whose it was.
alter table event add column anonymous_id text, add column anonymous boolean not null default false;

create index queued_entry_workspace_id_customer_id_idx on queued_entry (workspace_id, customer_id);

-- Events of one customer are routed in order: they share a partition.
create function tw_partition(p_customer text) returns smallint language sql immutable parallel safe as
$$ select (hashtextextended(p_customer, 0) & 63)::smallint $$;

-- Whom an id means.
create function tw_canonical(p_workspace text, p_customer text) returns text language sql stable parallel safe as
$$ select coalesce((select customer_id from customer_alias where workspace_id = p_workspace and id = p_customer), p_customer) $$;

-- Whom an id means until the end of the transaction: what is written about a customer is not left behind by a merge. Merges take these locks
-- exclusively (one for each partition, in order), before any row.
create function tw_customer(p_workspace text, p_customer text) returns text language plpgsql as $$
declare
  v_customer text;
begin
  loop
    v_customer := tw_canonical(p_workspace, p_customer);
    perform pg_advisory_xact_lock_shared(84218, tw_partition(v_customer));
    if tw_canonical(p_workspace, p_customer) = v_customer then return v_customer; end if;
  end loop;
end $$;

-- The same for any number of customers.
create function tw_all_customers() returns void language sql as
$$ select pg_advisory_xact_lock_shared(84218, p) from generate_series(0, 63) p $$;

-- Whether somebody was ever called by this id, and not only as a visitor: by an event's userId, or by the API before any event.
create function tw_known(p_workspace text, p_customer text) returns boolean language sql stable as $$
  select exists (select from event where workspace_id = p_workspace and customer_id = p_customer and type <> 'change' and not anonymous)
    or (exists (select from customer where workspace_id = p_workspace and id = p_customer)
      and not exists (select from event where workspace_id = p_workspace and customer_id = p_customer and anonymous))
$$;

-- Merges traits into a profile; null removes one. p_at: the instant of the write; a trait that was written later than that stays. Null: now, which
-- nothing is later than. Answers as tw_put_traits.
create or replace function tw_merge_traits(p_workspace text, p_customer text, p_patch jsonb, p_at timestamptz, p_source jsonb)
returns jsonb language plpgsql as $$
declare
  v_at timestamptz := coalesce(p_at, clock_timestamp());
  v_customer customer := tw_lock_customer(p_workspace, tw_customer(p_workspace, p_customer));
  v_patch jsonb := (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(p_patch)
    where p_at is null or coalesce((v_customer.trait_times ->> key)::bigint, 0) <= tw_ms(p_at));
  v_names text[] := array(select jsonb_object_keys(v_patch));
  v_traits jsonb := v_customer.traits || v_patch;
begin
  if exists (select from jsonb_each(v_patch) where jsonb_typeof(value) = 'null') then
    select coalesce(jsonb_object_agg(key, value), '{}') into v_traits from jsonb_each(v_traits) where jsonb_typeof(value) <> 'null';
  end if;
  return tw_put_traits(v_customer, v_traits, tw_times(v_customer.trait_times, v_names, v_at), v_names, v_at, p_source);
end $$;

-- Enters a customer, exactly once per trigger. Answers {member, fresh, version, customer}, {refused: reason}, {queued: true, member}, or {cooldown, since, …}:
-- the caller reckons when the cool-down since then is over, by the calendar, and asks again with it.
-- Reasons: not_active, paused, completed, already_entered (re-entry never), in_orchestration (afterExit, or always with the same
-- key), cooldown, too_deep. A trigger that was refused once stays refused. The member of a queued entry is who it will be if it may enter.
-- p_parent: {memberId, tileId, visit, waits?}. p_queue: {} or {jobId, position} when it may be queued. p_dequeue: it comes from the queue.
-- p_cooldown: {since, until}.
create or replace function tw_enrol(
  p_workspace text, p_journey text, p_customer text, p_trigger text, p_key text, p_entry jsonb, p_member text,
  p_parent jsonb, p_queue jsonb, p_dequeue boolean, p_cooldown jsonb, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_now timestamptz;
  v_prior record;
  v_journey journey;
  v_settings jsonb;
  v_entry_tile text;
  v_mode text;
  v_last record;
  v_since timestamptz;
  v_parent member;
  v_depth int := 0;
  v_reason text;
begin
  perform pg_advisory_xact_lock_shared(tw_journey_lock(p_journey));
  p_customer := tw_customer(p_workspace, p_customer);
  perform pg_advisory_xact_lock(tw_entry_lock(p_journey, p_customer));
  v_now := coalesce(p_now, clock_timestamp());
  select id, version, customer_id into v_prior from member where journey_id = p_journey and trigger_id = p_trigger;
  if found then
    return jsonb_build_object('member', v_prior.id, 'fresh', false, 'version', v_prior.version, 'customer', v_prior.customer_id);
  end if;
  select reason into v_reason from refusal where journey_id = p_journey and trigger_id = p_trigger;
  if found then return jsonb_build_object('refused', v_reason); end if;

  select * into v_journey from journey where id = p_journey and workspace_id = p_workspace;
  if not found then return jsonb_build_object('refused', 'unknown'); end if;
  if p_parent is not null then
    select * into v_parent from member where id = p_parent ->> 'memberId';
    v_depth := coalesce(v_parent.depth, 0) + 1;
  end if;

  if p_dequeue then
    -- Paused again before its turn: it stays where it is.
    if v_journey.status = 'paused' then return jsonb_build_object('queued', true, 'member', p_member); end if;
  elsif p_queue is not null and (case v_journey.status
    when 'paused' then exists (
      select from pause where journey_id = p_journey and number = v_journey.pause_number and entries = 'queue'
      union all select from queued_entry where journey_id = p_journey and trigger_id = p_trigger)
    -- Nobody overtakes an earlier entry of the same customer.
    when 'active' then exists (select from queued_entry where journey_id = p_journey and customer_id = p_customer)
    else false end)
  then
    insert into queued_entry (workspace_id, journey_id, customer_id, trigger_id, entry_key, entry, parent, job_id, position, at, member_id)
    values (p_workspace, p_journey, p_customer, p_trigger, p_key, p_entry, p_parent, p_queue ->> 'jobId', (p_queue ->> 'position')::int, v_now,
      p_member)
    on conflict (journey_id, trigger_id) do nothing;
    if found and v_parent.id is not null then
      perform tw_incident(v_parent, p_parent ->> 'tileId', (p_parent ->> 'visit')::int, v_now, 'queued',
        jsonb_build_object('orchestrationId', p_journey), 'queued:' || p_trigger);
    end if;
    return jsonb_build_object('queued', true,
      'member', (select member_id from queued_entry where journey_id = p_journey and trigger_id = p_trigger));
  end if;

  v_reason := case when v_depth > 10 then 'too_deep'
    else case v_journey.status when 'active' then null when 'paused' then 'paused' when 'completed' then 'completed' else 'not_active' end end;
  if v_reason is null then
    select v.canvas -> 'settings', v.route ->> 'start' into v_settings, v_entry_tile
    from journey_version v where v.journey_id = p_journey and v.version = v_journey.live_version;
    v_mode := coalesce(v_settings -> 'reentry' ->> 'mode', 'never');
    select max(entered_at) as entered_at, max(exited_at) as exited_at, count(*) > 0 as any,
      bool_or(status <> 'exited') as inside,
      bool_or(status <> 'exited' and entry_key = p_key) as same_key
    into v_last from member where workspace_id = p_workspace and customer_id = p_customer and journey_id = p_journey;
    v_reason := case
      when not v_last.any then null
      when v_mode = 'never' then 'already_entered'
      when v_mode = 'afterExit' and v_last.inside then 'in_orchestration'
      when v_mode = 'always' and p_key <> '' and v_last.same_key then 'in_orchestration'
    end;
    v_since := case v_mode when 'afterExit' then v_last.exited_at else v_last.entered_at end;
    if v_reason is null and v_since is not null and v_settings -> 'reentry' ->> 'cooldown' is not null then
      if p_cooldown is null or (p_cooldown ->> 'since')::timestamptz <> v_since then
        return jsonb_build_object('cooldown', v_settings -> 'reentry' ->> 'cooldown', 'since', v_since::text,
          'sinceMs', extract(epoch from v_since) * 1000, 'timezone', v_settings ->> 'timezone',
          'traits', (select jsonb_build_object('timezone', traits -> 'timezone') from customer where workspace_id = p_workspace and id = p_customer));
      end if;
      if to_timestamp((p_cooldown ->> 'until')::float8 / 1000) > v_now then v_reason := 'cooldown'; end if;
    end if;
  end if;
  if v_reason is not null then
    insert into refusal (journey_id, trigger_id, workspace_id, customer_id, reason, at)
    values (p_journey, p_trigger, p_workspace, p_customer, v_reason, v_now);
    return jsonb_build_object('refused', v_reason);
  end if;

  insert into customer (workspace_id, id) values (p_workspace, p_customer) on conflict do nothing;
  insert into member (id, workspace_id, journey_id, version, customer_id, trigger_id, entry_key, entry, tile_id, arrived_at, entered_at,
    parent_member_id, parent_tile_id, depth)
  values (p_member, p_workspace, p_journey, v_journey.live_version, p_customer, p_trigger, p_key, p_entry, v_entry_tile, v_now, v_now,
    p_parent ->> 'memberId', p_parent ->> 'tileId', v_depth);
  insert into step (member_id, tile_id, visit, workspace_id, journey_id, version, arrived_at, decision)
  values (p_member, v_entry_tile, 1, p_workspace, p_journey, v_journey.live_version, v_now, '{"do":"go","port":"next"}');
  if v_parent.id is not null then
    perform tw_incident(v_parent, p_parent ->> 'tileId', (p_parent ->> 'visit')::int, v_now, 'entered',
      jsonb_build_object('childMemberId', p_member, 'orchestrationId', p_journey), 'entered:' || p_trigger);
  end if;
  return jsonb_build_object('member', p_member, 'fresh', true, 'version', v_journey.live_version, 'customer', p_customer);
end $$;

-- Takes the profile of a customer over into another one's: of each trait the later write, at one instant that of the second. Answers as
-- tw_put_traits; what is refused is left out.
create function tw_merge_profiles(p_workspace text, p_from text, p_into text) returns jsonb language plpgsql as $$
declare
  v_from customer;
  v_into customer;
  v_times jsonb;
  v_traits jsonb;
  v_reply jsonb;
begin
  perform from customer where workspace_id = p_workspace and id in (p_from, p_into) order by id for update;
  select * into v_from from customer where workspace_id = p_workspace and id = p_from;
  if not found then return '{"changed":[]}'; end if;
  v_into := tw_lock_customer(p_workspace, p_into);
  select coalesce(jsonb_object_agg(key, value), '{}') into v_times from jsonb_each(v_from.trait_times)
  where value::bigint > coalesce((v_into.trait_times ->> key)::bigint, -1);
  select coalesce(jsonb_object_agg(key, value), '{}') into v_traits from (
    select key, value from jsonb_each(v_into.traits) where not v_times ? key
    union all select key, value from jsonb_each(v_from.traits) where v_times ? key) traits;
  v_reply := tw_put_traits(v_into, v_traits, v_into.trait_times || v_times, array(select jsonb_object_keys(v_times)),
    clock_timestamp(), jsonb_build_object('type', 'merge', 'customerId', p_from));
  update customer set created_at = least(created_at, v_from.created_at), updated_at = clock_timestamp()
  where workspace_id = p_workspace and id = p_into;
  delete from customer where workspace_id = p_workspace and id = p_from;
  update trait_change set customer_id = p_into where workspace_id = p_workspace and customer_id = p_from;
  return v_reply;
end $$;

-- Brings the members of a customer under another one. Of those of one orchestration who meet so, unless re-entry is always, the one who entered
-- first goes on; the others are marked (displaced), and told to leave by whoever merged.
create function tw_merge_members(p_workspace text, p_from text, p_into text) returns void language plpgsql as $$
declare
  v_now timestamptz := clock_timestamp();
  v_member member;
  v_first member;
begin
  perform from member where workspace_id = p_workspace and customer_id = p_from order by id for update;
  for v_member in
    select m.* from member m join journey j on j.id = m.journey_id
      join journey_version v on v.journey_id = j.id and v.version = j.live_version
    where m.workspace_id = p_workspace and m.customer_id in (p_from, p_into) and m.status <> 'exited'
      and coalesce(v.canvas -> 'settings' -> 'reentry' ->> 'mode', 'never') <> 'always'
      and exists (select from member o where o.workspace_id = p_workspace and o.journey_id = m.journey_id and o.status <> 'exited'
        and o.customer_id = case m.customer_id when p_from then p_into else p_from end)
    order by m.journey_id, m.entered_at, m.id
  loop
    if v_first.journey_id is distinct from v_member.journey_id then
      v_first := v_member;
    else
      perform tw_incident(v_member, v_member.tile_id, v_member.visit, v_now, 'displaced', jsonb_build_object('memberId', v_first.id), 'displaced');
    end if;
  end loop;
  for v_member in
    update member set customer_id = p_into where workspace_id = p_workspace and customer_id = p_from returning *
  loop
    if v_member.status <> 'exited' then
      perform tw_incident(v_member, v_member.tile_id, v_member.visit, v_now, 'merged', jsonb_build_object('previousId', p_from, 'customerId', p_into),
        'merged:' || p_from);
    end if;
  end loop;
  update queued_entry set customer_id = p_into where workspace_id = p_workspace and customer_id = p_from;
end $$;

-- Makes two customers one, as an event says: p_from becomes an id of p_into. By 'alias' whoever p_from means; by 'identify' only a visitor
-- (p_from is an anonymousId): one who is merged into somebody else already just belongs to p_into from now on. A repeat is harmless.
-- Answers {did: nothing}, {did: moved}: the id belongs to another; {did: merged, from, into, waiting, refused?}: waiting: how many events of p_from
-- are not routed yet; refused: why the traits were left out; {did: again, into}: this very event did it before.
create function tw_merge_customers(p_workspace text, p_from text, p_into text, p_by text, p_event bigint) returns jsonb language plpgsql as $$
declare
  v_alias customer_alias;
  v_from text;
  v_into text := tw_canonical(p_workspace, p_into);
  v_anonymous boolean;
  v_waiting int;
  v_profiles jsonb;
begin
  select * into v_alias from customer_alias where workspace_id = p_workspace and id = p_from;
  if found and v_alias.customer_id = v_into then
    return case when v_alias.event_id = p_event then jsonb_build_object('did', 'again', 'into', v_into) else '{"did":"nothing"}' end;
  end if;
  if found and p_by = 'identify' then
    -- Of two customers who claim it, whose events may be routed in any order, it belongs to the one whose event was received last.
    if not v_alias.anonymous or v_alias.event_id > p_event then return '{"did":"nothing"}'; end if;
    update customer_alias set customer_id = tw_customer(p_workspace, p_into), event_id = p_event, at = clock_timestamp()
    where workspace_id = p_workspace and id = p_from;
    return '{"did":"moved"}';
  end if;
  loop
    v_from := tw_canonical(p_workspace, p_from);
    v_into := tw_canonical(p_workspace, p_into);
    perform pg_advisory_xact_lock(84218, p) from
      (select distinct p from unnest(array[tw_partition(v_from), tw_partition(v_into)]) p order by p) partitions;
    exit when v_from = tw_canonical(p_workspace, p_from) and v_into = tw_canonical(p_workspace, p_into);
  end loop;
  v_anonymous := not tw_known(p_workspace, v_from);
  if v_from = v_into or (p_by = 'identify' and not v_anonymous) then return '{"did":"nothing"}'; end if;

  perform tw_merge_members(p_workspace, v_from, v_into);
  v_profiles := tw_merge_profiles(p_workspace, v_from, v_into);
  update audience_member a set customer_id = v_into where a.workspace_id = p_workspace and a.customer_id = v_from
    and not exists (select from audience_member k where k.audience_id = a.audience_id and k.customer_id = v_into);
  delete from audience_member where workspace_id = p_workspace and customer_id = v_from;
  delete from audience_due where workspace_id = p_workspace and customer_id = v_from;
  with moved as (
    update event set customer_id = v_into, partition = tw_partition(v_into) where workspace_id = p_workspace and customer_id = v_from
    returning routed_at)
  select count(*) filter (where routed_at is null) into v_waiting from moved;
  update sandbox_message set customer_id = v_into where workspace_id = p_workspace and customer_id = v_from;
  update customer_alias set customer_id = v_into where workspace_id = p_workspace and customer_id = v_from;
  insert into customer_alias (workspace_id, id, customer_id, anonymous, event_id) values (p_workspace, v_from, v_into, v_anonymous, p_event);
  -- Audiences by condition may say another thing of who they are now: the router judges them all again.
  insert into event (workspace_id, message_id, customer_id, type, event, properties, timestamp, partition)
  select p_workspace, 'evt_' || replace(gen_random_uuid()::text, '-', ''), v_into, 'change', '', '{}', clock_timestamp(), tw_partition(v_into)
  where exists (select from workspace where id = p_workspace and audience_revision > 0);
  return jsonb_build_object('did', 'merged', 'from', v_from, 'into', v_into, 'waiting', v_waiting, 'refused', v_profiles -> 'refused');
end $$;
