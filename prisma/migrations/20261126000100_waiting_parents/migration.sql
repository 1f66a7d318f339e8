-- Parents that wait for a child that is queued.

-- Who the entry will be if it may enter: its parent knows whom it waits for.
alter table queued_entry add column member_id text;
create index queued_entry_parent on queued_entry ((parent ->> 'memberId')) where parent is not null;

-- Enters a customer, exactly once per trigger. Answers {member, fresh, version}, {refused: reason}, {queued: true, member}, or {cooldown, since, …}:
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
  perform pg_advisory_xact_lock(tw_entry_lock(p_journey, p_customer));
  v_now := coalesce(p_now, clock_timestamp());
  select id, version into v_prior from member where journey_id = p_journey and trigger_id = p_trigger;
  if found then return jsonb_build_object('member', v_prior.id, 'fresh', false, 'version', v_prior.version); end if;
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
  return jsonb_build_object('member', p_member, 'fresh', true, 'version', v_journey.live_version);
end $$;

-- An exit that no exit tile decided: an operator, a criterion, the goal, a parent, a publication. No gate: it applies to paused orchestrations too.
create or replace function tw_leave(p_member text, p_reason text, p_converted boolean, p_detail jsonb, p_now timestamptz) returns void language plpgsql as $$
declare
  v_now timestamptz := coalesce(p_now, clock_timestamp());
  v_member member;
  v_entry queued_entry;
begin
  select * into v_member from member where id = p_member for update;
  if not found or v_member.status = 'exited' then return; end if;
  perform tw_exit(p_member, v_now, p_reason, p_converted);
  -- Nobody leaves while an attempt is under way: this one was cut off, and will not be told of any more.
  update delivery set state = 'unknown', updated_at = clock_timestamp() where member_id = p_member and state = 'sending';
  perform tw_incident(v_member, v_member.tile_id, v_member.visit, v_now, 'exited',
    p_detail || jsonb_build_object('reason', p_reason) || case when p_converted then '{"converted":true}'::jsonb else '{}' end, 'exited');
  -- The child that it waits for and that is queued does not enter any more, unless it just has.
  for v_entry in select * from queued_entry where parent ->> 'memberId' = p_member and parent ? 'waits'
    and parent ->> 'tileId' = v_member.tile_id and (parent ->> 'visit')::int = v_member.visit
  loop
    perform pg_advisory_xact_lock(tw_entry_lock(v_entry.journey_id, v_entry.customer_id));
    delete from queued_entry where id = v_entry.id
      and not exists (select from member where journey_id = v_entry.journey_id and trigger_id = v_entry.trigger_id);
    if found then
      insert into refusal (journey_id, trigger_id, workspace_id, customer_id, reason, at)
      values (v_entry.journey_id, v_entry.trigger_id, v_entry.workspace_id, v_entry.customer_id, 'parent_exited', v_now)
      on conflict do nothing;
    end if;
  end loop;
end $$;
