-- The steps of members, each one transaction and one round trip.
--
-- The gate: a step takes the shared advisory lock of its orchestration, pause and resume the exclusive one. A statement's
-- snapshot is older than the lock that it waits for; so the state is read by a later statement of the same function
-- (a volatile PL/pgSQL function takes a new snapshot for each statement in read committed).
--
-- Idempotent by (member, tile, visit): a step that runs again returns what it decided the first time.

create function tw_journey_lock(p_journey text) returns bigint language sql immutable parallel safe as
$$ select hashtextextended('journey:' || p_journey, 0) $$;

-- A number with as few digits as it needs, so that 1 + 1.0 reads 2 in JSON.
create function tw_number(p numeric) returns jsonb language sql immutable parallel safe as
$$ select to_jsonb(trim_scale(p)) $$;

-- Applies the changes of an updateProfile tile (or of PUT) to traits, in order.
-- set: replaces. unset: removes. increment: adds to a number; a missing trait becomes `by`; another type is left alone.
-- append: adds to the end of a list; a missing trait becomes a list of one; another type is left alone.
-- remove: takes every equal element out of a list; another type is left alone.
create function tw_apply_changes(p_traits jsonb, p_changes jsonb) returns jsonb language plpgsql immutable as $$
declare
  v_traits jsonb := p_traits;
  v_change jsonb;
  v_name text;
  v_old jsonb;
begin
  for v_change in select value from jsonb_array_elements(p_changes) loop
    v_name := v_change ->> 'trait';
    v_old := v_traits -> v_name;
    case v_change ->> 'op'
      when 'set' then
        v_traits := v_traits || jsonb_build_object(v_name, v_change -> 'value');
      when 'unset' then
        v_traits := v_traits - v_name;
      when 'increment' then
        if v_old is null or jsonb_typeof(v_old) = 'null' then
          v_traits := v_traits || jsonb_build_object(v_name, v_change -> 'by');
        elsif jsonb_typeof(v_old) = 'number' then
          v_traits := v_traits || jsonb_build_object(v_name, tw_number(v_old::numeric + (v_change -> 'by')::numeric));
        end if;
      when 'append' then
        if v_old is null or jsonb_typeof(v_old) = 'null' then
          v_traits := v_traits || jsonb_build_object(v_name, jsonb_build_array(v_change -> 'value'));
        elsif jsonb_typeof(v_old) = 'array' then
          v_traits := v_traits || jsonb_build_object(v_name, v_old || jsonb_build_array(v_change -> 'value'));
        end if;
      when 'remove' then
        if jsonb_typeof(v_old) = 'array' then
          v_traits := v_traits || jsonb_build_object(v_name, (
            select coalesce(jsonb_agg(e.value order by e.position), '[]'::jsonb)
            from jsonb_array_elements(v_old) with ordinality e (value, position)
            where e.value <> v_change -> 'value'));
        end if;
    end case;
  end loop;
  return v_traits;
end $$;

-- Writes one incident of a member; a repeat is harmless.
create function tw_incident(p_member member, p_tile text, p_visit int, p_at timestamptz, p_kind text, p_detail jsonb, p_dedupe text)
returns void language sql as $$
  insert into incident (member_id, workspace_id, journey_id, tile_id, visit, at, kind, detail, dedupe)
  values (p_member.id, p_member.workspace_id, p_member.journey_id, p_tile, p_visit, p_at, p_kind, p_detail, p_dedupe)
  on conflict (member_id, dedupe) do nothing
$$;

-- Takes a member out. The one place where status becomes exited.
create function tw_exit(p_member text, p_at timestamptz, p_reason text, p_converted boolean) returns void language sql as $$
  update member set status = 'exited', held_by = null, error = null, exited_at = p_at, exit_reason = p_reason,
    converted = converted or p_converted
  where id = p_member and status <> 'exited'
$$;

-- Gate and arrival, shared by tw_step and tw_deliver_begin. Answers null when the member has now arrived (or had before), else
-- {do: held, pause} or {do: gone, reason}. A paused orchestration holds the member where it was.
create function tw_arrive(
  p_member text, p_journey text, p_tile text, p_visit int,
  p_from_tile text, p_from_visit int, p_from_port text, p_decision jsonb, p_reads jsonb, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_state text;
  v_pause int;
  v_member member;
begin
  select status, pause_number into v_state, v_pause from journey where id = p_journey;
  select * into v_member from member where id = p_member for update;
  if not found then return jsonb_build_object('do', 'gone', 'reason', 'erased'); end if;
  if v_member.status = 'exited' then return jsonb_build_object('do', 'gone', 'reason', v_member.exit_reason); end if;
  if v_state = 'paused' then
    update member set status = 'held', held_by = v_pause where id = p_member;
    perform tw_incident(v_member, v_member.tile_id, v_member.visit, p_now, 'held',
      jsonb_build_object('pause', v_pause, 'next', p_tile), 'held:' || v_pause);
    return jsonb_build_object('do', 'held', 'pause', v_pause);
  end if;
  if v_member.status = 'held' then
    perform tw_incident(v_member, v_member.tile_id, v_member.visit, p_now, 'resumed',
      jsonb_build_object('pause', v_member.held_by), 'resumed:' || v_member.held_by);
  end if;
  insert into step (member_id, tile_id, visit, workspace_id, journey_id, version, arrived_at,
    from_tile, from_visit, from_port, from_arrived_at, decision, reads)
  values (p_member, p_tile, p_visit, v_member.workspace_id, v_member.journey_id, v_member.version, p_now,
    p_from_tile, p_from_visit, p_from_port, v_member.arrived_at, p_decision, p_reads)
  on conflict (member_id, tile_id, visit) do nothing;
  if found then
    update member set tile_id = p_tile, visit = p_visit, arrived_at = p_now, status = 'active', held_by = null, error = null
    where id = p_member;
  elsif v_member.status <> 'active' then
    update member set status = 'active', held_by = null, error = null where id = p_member;
  end if;
  return null;
end $$;

-- The step of a tile that sends nothing. Answers the decision, or what stopped the member.
create function tw_step(
  p_member text, p_journey text, p_tile text, p_visit int,
  p_from_tile text, p_from_visit int, p_from_port text,
  p_decision jsonb, p_reads jsonb, p_changes jsonb, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_now timestamptz;
  v_prior jsonb;
  v_stopped jsonb;
begin
  perform pg_advisory_xact_lock_shared(tw_journey_lock(p_journey));
  v_now := coalesce(p_now, clock_timestamp());
  select decision into v_prior from step where member_id = p_member and tile_id = p_tile and visit = p_visit;
  if found then return v_prior; end if;
  v_stopped := tw_arrive(p_member, p_journey, p_tile, p_visit, p_from_tile, p_from_visit, p_from_port, p_decision, p_reads, v_now);
  if v_stopped is not null then return v_stopped; end if;
  if p_changes is not null then
    update customer c set traits = tw_apply_changes(c.traits, p_changes), updated_at = clock_timestamp()
    from member m where m.id = p_member and c.workspace_id = m.workspace_id and c.id = m.customer_id;
  end if;
  if p_decision ->> 'do' = 'exit' then
    perform tw_exit(p_member, v_now, p_decision ->> 'reason', (p_decision ->> 'converted')::boolean);
  end if;
  return p_decision;
end $$;

-- Begins an attempt of a delivery: gate, arrival, ledger row to 'sending'. Answers
--   {do: held | gone …}                    the member was stopped
--   {do: done, decision, state}            this round ended before: its decision again
--   {do: send, attempt, ambiguous, facts}  send now; ambiguous: an earlier attempt began and never told how it ended
-- facts: {customerId, version, enteredAt, now, traits, entry, outputs} for the templates.
create function tw_deliver_begin(
  p_member text, p_journey text, p_tile text, p_visit int,
  p_from_tile text, p_from_visit int, p_from_port text,
  p_round int, p_destination text, p_action text, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_now timestamptz;
  v_stopped jsonb;
  v_decision jsonb;
  v_delivery delivery;
  v_key text := p_member || ':' || p_tile || ':' || p_visit;
begin
  perform pg_advisory_xact_lock_shared(tw_journey_lock(p_journey));
  v_now := coalesce(p_now, clock_timestamp());
  select * into v_delivery from delivery where key = v_key for update;
  if found and (v_delivery.state = 'sent' or (v_delivery.round >= p_round and v_delivery.state in ('failed', 'unknown'))) then
    select decision into v_decision from step where member_id = p_member and tile_id = p_tile and visit = p_visit;
    return jsonb_build_object('do', 'done', 'state', v_delivery.state, 'decision', v_decision);
  end if;
  v_stopped := tw_arrive(p_member, p_journey, p_tile, p_visit, p_from_tile, p_from_visit, p_from_port, '{"do":"deliver"}', null, v_now);
  if v_stopped is not null then
    -- What an attempt that was cut off did is as unknown after the pause as before it.
    return v_stopped;
  end if;
  insert into delivery as d (key, member_id, tile_id, visit, workspace_id, journey_id, customer_id, destination_id, action,
    state, attempts, round)
  select v_key, m.id, p_tile, p_visit, m.workspace_id, m.journey_id, m.customer_id, p_destination, p_action, 'sending', 1, p_round
  from member m where m.id = p_member
  on conflict (key) do update set state = 'sending', updated_at = clock_timestamp(), next_retry_at = null,
    attempts = case when d.round < p_round then 1 else d.attempts + 1 end, round = greatest(d.round, p_round);
  return (
    select jsonb_build_object(
      'do', 'send',
      'attempt', d.attempts,
      'ambiguous', v_delivery.key is not null and v_delivery.state = 'sending',
      'facts', jsonb_build_object(
        'customerId', m.customer_id, 'version', m.version,
        'enteredAt', extract(epoch from m.entered_at) * 1000, 'now', extract(epoch from v_now) * 1000,
        'traits', coalesce(c.traits, '{}'), 'entry', m.entry, 'journeyName', j.name,
        'outputs', coalesce((select jsonb_object_agg(s.tile_id, s.output)
          from (select distinct on (tile_id) tile_id, output from step where member_id = p_member and output is not null
                order by tile_id, visit desc) s), '{}')))
    from delivery d
      join member m on m.id = d.member_id
      join journey j on j.id = m.journey_id
      left join customer c on c.workspace_id = m.workspace_id and c.id = m.customer_id
    where d.key = v_key);
end $$;

-- Ends an attempt. p_state: sent, failed, unknown, or pending (will be tried again at p_retry_at). p_decision: what the member does
-- now (null while pending). Only the attempt that is on record may end it; a repeat is harmless.
create function tw_deliver_end(
  p_member text, p_tile text, p_visit int, p_attempt int, p_state text, p_vendor_id text, p_answer jsonb,
  p_code text, p_message text, p_retry_at timestamptz, p_output jsonb, p_decision jsonb, p_now timestamptz
) returns boolean language plpgsql as $$
declare
  v_now timestamptz := coalesce(p_now, clock_timestamp());
  v_member member;
  v_round int;
begin
  update delivery set state = p_state, updated_at = clock_timestamp(),
    vendor_id = coalesce(p_vendor_id, vendor_id), answer = coalesce(p_answer, answer),
    error_code = case when p_state = 'sent' then error_code else p_code end,
    error_message = case when p_state = 'sent' then error_message else p_message end,
    first_error_at = case when p_state = 'sent' then first_error_at else coalesce(first_error_at, v_now) end,
    next_retry_at = p_retry_at, sent_at = case when p_state = 'sent' then v_now end
  where key = p_member || ':' || p_tile || ':' || p_visit and attempts = p_attempt and state = 'sending'
  returning round into v_round;
  if not found then return false; end if;
  if p_decision is null then return true; end if;
  update step set decision = p_decision, output = coalesce(p_output, output)
  where member_id = p_member and tile_id = p_tile and visit = p_visit;
  if p_state = 'sent' then return true; end if;
  select * into v_member from member where id = p_member for update;
  perform tw_incident(v_member, p_tile, p_visit, v_now, 'failed',
    jsonb_build_object('code', p_code, 'message', p_message, 'state', p_state), 'failed:' || p_tile || ':' || p_visit || ':' || v_round);
  if p_decision ->> 'do' = 'park' then
    update member set status = 'parked', error = jsonb_build_object('code', p_code, 'message', p_message, 'tileId', p_tile)
    where id = p_member and status <> 'exited';
    perform tw_incident(v_member, p_tile, p_visit, v_now, 'parked', jsonb_build_object('code', p_code, 'message', p_message),
      'parked:' || p_tile || ':' || p_visit || ':' || v_round);
  elsif p_decision ->> 'do' = 'exit' then
    perform tw_exit(p_member, v_now, p_decision ->> 'reason', false);
  end if;
  return true;
end $$;

-- An operator's retry or skip of a parked member.
create function tw_unpark(p_member text, p_tile text, p_visit int, p_how text, p_id text, p_now timestamptz) returns void language plpgsql as $$
declare
  v_member member;
begin
  select * into v_member from member where id = p_member for update;
  if not found then return; end if;
  perform tw_incident(v_member, p_tile, p_visit, coalesce(p_now, clock_timestamp()), p_how, '{}', p_how || ':' || p_id);
  update member set status = 'active', error = null where id = p_member and status = 'parked';
end $$;

-- An exit that no exit tile decided. No gate: an operator's exit applies to paused orchestrations too.
create function tw_leave(p_member text, p_reason text, p_now timestamptz) returns void language plpgsql as $$
declare
  v_now timestamptz := coalesce(p_now, clock_timestamp());
  v_member member;
begin
  select * into v_member from member where id = p_member for update;
  if not found or v_member.status = 'exited' then return; end if;
  perform tw_exit(p_member, v_now, p_reason, false);
  perform tw_incident(v_member, v_member.tile_id, v_member.visit, v_now, 'exited', jsonb_build_object('reason', p_reason), 'exited');
end $$;

-- Enters a customer, exactly once per trigger. Answers {member, fresh, version} or {refused: reason}.
-- Reasons: not_active, paused, completed, already_entered (re-entry never), in_orchestration (afterExit, or always with the same
-- key), cooldown. A trigger that was refused once stays refused.
create function tw_enrol(
  p_workspace text, p_journey text, p_customer text, p_trigger text, p_key text, p_entry jsonb, p_member text,
  p_parent_member text, p_parent_tile text, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_now timestamptz;
  v_prior record;
  v_journey journey;
  v_settings jsonb;
  v_entry_tile text;
  v_mode text;
  v_last record;
  v_reason text;
begin
  perform pg_advisory_xact_lock_shared(tw_journey_lock(p_journey));
  perform pg_advisory_xact_lock(hashtextextended('enrol:' || p_journey || ':' || p_customer, 0));
  v_now := coalesce(p_now, clock_timestamp());
  select id, version into v_prior from member where journey_id = p_journey and trigger_id = p_trigger;
  if found then return jsonb_build_object('member', v_prior.id, 'fresh', false, 'version', v_prior.version); end if;
  select reason into v_reason from refusal where journey_id = p_journey and trigger_id = p_trigger;
  if found then return jsonb_build_object('refused', v_reason); end if;

  select * into v_journey from journey where id = p_journey and workspace_id = p_workspace;
  if not found then return jsonb_build_object('refused', 'unknown'); end if;
  v_reason := case v_journey.status when 'active' then null when 'paused' then 'paused' when 'completed' then 'completed' else 'not_active' end;
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
      when v_settings -> 'reentry' ->> 'cooldown' is not null
        and case v_mode when 'afterExit' then v_last.exited_at else v_last.entered_at end
          + (v_settings -> 'reentry' ->> 'cooldown')::interval > v_now then 'cooldown'
    end;
  end if;
  if v_reason is not null then
    insert into refusal (journey_id, trigger_id, workspace_id, customer_id, reason, at)
    values (p_journey, p_trigger, p_workspace, p_customer, v_reason, v_now);
    return jsonb_build_object('refused', v_reason);
  end if;

  insert into customer (workspace_id, id) values (p_workspace, p_customer) on conflict do nothing;
  insert into member (id, workspace_id, journey_id, version, customer_id, trigger_id, entry_key, entry, tile_id, arrived_at, entered_at,
    parent_member_id, parent_tile_id)
  values (p_member, p_workspace, p_journey, v_journey.live_version, p_customer, p_trigger, p_key, p_entry, v_entry_tile, v_now, v_now,
    p_parent_member, p_parent_tile);
  insert into step (member_id, tile_id, visit, workspace_id, journey_id, version, arrived_at, decision)
  values (p_member, v_entry_tile, 1, p_workspace, p_journey, v_journey.live_version, v_now, '{"do":"go","port":"next"}');
  return jsonb_build_object('member', p_member, 'fresh', true, 'version', v_journey.live_version);
end $$;
