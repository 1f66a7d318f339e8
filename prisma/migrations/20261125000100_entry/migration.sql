-- Entry: joins of lists, the queue of a paused orchestration, the depth of sub-orchestrations, and cool-downs by the calendar.

-- Each membership has a number of its own: who leaves a list and joins it again has another. It names the join as a trigger.
alter table audience_member add column number bigserial not null;

-- Jobs over a list make their rows page by page. trigger_id: what a row enters by; null: the row itself.
alter table job_row add column trigger_id text;
-- Whether every row of a job was gone through once; some may be queued still.
alter table job add column walked boolean not null default false;

-- drop | queue
alter table pause add column entries text not null default 'drop';

-- How many orchestrations this member's was entered from: 0 for one that no sub-orchestration tile entered.
alter table member add column depth int not null default 0;

-- Entries that came while their orchestration was paused, in order.
create table queued_entry (
  id bigserial primary key,
  workspace_id text not null,
  journey_id text not null,
  customer_id text not null,
  trigger_id text not null,
  entry_key text not null default '',
  entry jsonb not null default '{}',
  -- {memberId, tileId, visit} of a sub-orchestration tile
  parent jsonb,
  -- The row of a job, whose outcome is open until the entry is decided.
  job_id text,
  position int,
  at timestamptz not null default clock_timestamp(),
  unique (journey_id, trigger_id)
);
create index queued_entry_journey_id_id_idx on queued_entry (journey_id, id);
create index queued_entry_journey_id_customer_id_idx on queued_entry (journey_id, customer_id);
create index queued_entry_job_id_idx on queued_entry (job_id);

-- The lock under which a customer enters an orchestration.
create function tw_entry_lock(p_journey text, p_customer text) returns bigint language sql immutable parallel safe as
$$ select hashtextextended('enrol:' || p_journey || ':' || p_customer, 0) $$;

drop function tw_enrol(text, text, text, text, text, jsonb, text, text, text, timestamptz);
-- Enters a customer, exactly once per trigger. Answers {member, fresh, version}, {refused: reason}, {queued: true}, or {cooldown, since, …}:
-- the caller reckons when the cool-down since then is over, by the calendar, and asks again with it.
-- Reasons: not_active, paused, completed, already_entered (re-entry never), in_orchestration (afterExit, or always with the same
-- key), cooldown, too_deep. A trigger that was refused once stays refused.
-- p_parent: {memberId, tileId, visit}. p_queue: {} or {jobId, position} when it may be queued. p_dequeue: it comes from the queue.
-- p_cooldown: {since, until}.
create function tw_enrol(
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
    if v_journey.status = 'paused' then return '{"queued":true}'; end if;
  elsif p_queue is not null and (case v_journey.status
    when 'paused' then exists (
      select from pause where journey_id = p_journey and number = v_journey.pause_number and entries = 'queue'
      union all select from queued_entry where journey_id = p_journey and trigger_id = p_trigger)
    -- Nobody overtakes an earlier entry of the same customer.
    when 'active' then exists (select from queued_entry where journey_id = p_journey and customer_id = p_customer)
    else false end)
  then
    insert into queued_entry (workspace_id, journey_id, customer_id, trigger_id, entry_key, entry, parent, job_id, position, at)
    values (p_workspace, p_journey, p_customer, p_trigger, p_key, p_entry, p_parent, p_queue ->> 'jobId', (p_queue ->> 'position')::int, v_now)
    on conflict (journey_id, trigger_id) do nothing;
    if found and v_parent.id is not null then
      perform tw_incident(v_parent, p_parent ->> 'tileId', (p_parent ->> 'visit')::int, v_now, 'queued',
        jsonb_build_object('orchestrationId', p_journey), 'queued:' || p_trigger);
    end if;
    return '{"queued":true}';
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

-- Takes an entry that was decided out of the queue, and settles its row of a job; a repeat is harmless. Under the lock of entering: who comes
-- next either sees it in the queue and is seen by whoever works the queue off, or enters.
create function tw_unqueue(p_id bigint, p_outcome text, p_member text) returns void language plpgsql as $$
declare
  v_entry queued_entry;
begin
  select * into v_entry from queued_entry where id = p_id;
  if not found then return; end if;
  perform pg_advisory_xact_lock(tw_entry_lock(v_entry.journey_id, v_entry.customer_id));
  delete from queued_entry where id = p_id;
  if not found then return; end if;
  if v_entry.parent is not null and p_member is null then
    perform tw_incident(m, v_entry.parent ->> 'tileId', (v_entry.parent ->> 'visit')::int, clock_timestamp(), 'refused',
      jsonb_build_object('orchestrationId', v_entry.journey_id, 'reason', p_outcome), 'refused:' || v_entry.trigger_id)
    from member m where m.id = v_entry.parent ->> 'memberId';
  end if;
  if v_entry.job_id is null then return; end if;
  -- Locked first, read by later statements: the end of the job and its last row see each other.
  perform from job where id = v_entry.job_id for update;
  update job_row set outcome = p_outcome, member_id = p_member
  where job_id = v_entry.job_id and position = v_entry.position and (outcome is null or outcome = 'queued');
  if not found then return; end if;
  update job set done = done + 1,
    entered = entered + case when p_outcome = 'entered' then 1 else 0 end,
    refused = case when p_outcome = 'entered' then refused
      else refused || jsonb_build_object(p_outcome, coalesce((refused ->> p_outcome)::int, 0) + 1) end,
    status = case when walked and not exists (select from queued_entry where job_id = v_entry.job_id) then 'done' else status end,
    finished_at = case when walked and not exists (select from queued_entry where job_id = v_entry.job_id) then clock_timestamp() end
  where id = v_entry.job_id;
end $$;
