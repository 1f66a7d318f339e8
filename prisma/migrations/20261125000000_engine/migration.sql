-- Pauses with their options, exits by criteria, moves between tiles and versions, and the functions of steps that know them.

create table pause (
  journey_id text not null,
  -- journey.pause_number
  number int not null,
  began_at timestamptz not null,
  ended_at timestamptz,
  -- run | freeze
  clocks text not null default 'run',
  -- Of the resume: sends of held members that were due longer ago than this are skipped.
  skip_ms bigint,
  primary key (journey_id, number)
);

-- Whether a pause ever froze the clocks: only then a wait that is over may not be.
alter table journey add column frozen boolean not null default false;

-- held_at: when the member came to the gate. frozen: held within a wait whose clock stands still. skip_sends: what it sends until its next
-- wait is overdue.
alter table member add column held_at timestamptz, add column frozen boolean not null default false,
  add column skip_sends boolean not null default false;

-- Of a wait that a move reckoned anew: when the wait before it began.
alter table step add column began_at timestamptz;

-- When a wait that was left by time is due, with the time that frozen clocks add; null when the member did not leave by time.
create function tw_due(p_member text, p_journey text, p_tile text, p_visit int, p_port text, p_now timestamptz)
returns timestamptz language plpgsql stable as $$
declare
  v_step step;
  v_due timestamptz;
  v_pause pause;
begin
  select * into v_step from step where member_id = p_member and tile_id = p_tile and visit = p_visit;
  if not found or v_step.met_at is not null or v_step.decision ->> 'do' <> 'wait' or v_step.decision ->> 'port' <> p_port
    or v_step.decision -> 'until' is null then return null; end if;
  v_due := to_timestamp((v_step.decision ->> 'until')::float8 / 1000);
  for v_pause in select * from pause where journey_id = p_journey and clocks = 'freeze'
    and coalesce(ended_at, p_now) > v_step.arrived_at order by number
  loop
    exit when v_pause.began_at >= v_due;
    v_due := v_due + (coalesce(v_pause.ended_at, p_now) - greatest(v_pause.began_at, v_step.arrived_at));
  end loop;
  return v_due;
end $$;

drop function tw_leave(text, text, timestamptz);
-- An exit that no exit tile decided: an operator, a criterion, the goal, a parent, a publication. No gate: it applies to paused orchestrations too.
create function tw_leave(p_member text, p_reason text, p_converted boolean, p_detail jsonb, p_now timestamptz) returns void language plpgsql as $$
declare
  v_now timestamptz := coalesce(p_now, clock_timestamp());
  v_member member;
begin
  select * into v_member from member where id = p_member for update;
  if not found or v_member.status = 'exited' then return; end if;
  perform tw_exit(p_member, v_now, p_reason, p_converted);
  -- Nobody leaves while an attempt is under way: this one was cut off, and will not be told of any more.
  update delivery set state = 'unknown', updated_at = clock_timestamp() where member_id = p_member and state = 'sending';
  perform tw_incident(v_member, v_member.tile_id, v_member.visit, v_now, 'exited',
    p_detail || jsonb_build_object('reason', p_reason) || case when p_converted then '{"converted":true}'::jsonb else '{}' end, 'exited');
end $$;

-- What a published plan says of a member that stands at a tile: null, {do: gone} or {do: move}. While the migration runs, nobody steps on
-- from a tile that moves or exits.
create function tw_plan(p_member member, p_now timestamptz) returns jsonb language plpgsql as $$
declare
  v_migration record;
  v_plan jsonb;
begin
  select * into v_migration from migration
  where journey_id = p_member.journey_id and from_version = p_member.version and status = 'running';
  if not found then return null; end if;
  v_plan := coalesce(v_migration.plan -> p_member.tile_id, jsonb_build_object('do', v_migration.default_do));
  case v_plan ->> 'do'
    when 'exit' then
      perform tw_leave(p_member.id, 'version_published', false, jsonb_build_object('version', v_migration.to_version), p_now);
      return jsonb_build_object('do', 'gone', 'reason', 'version_published');
    when 'move' then
      return jsonb_build_object('do', 'move', 'move', jsonb_build_object('id', 'migration:' || v_migration.job_id,
        'version', v_migration.to_version, 'tile', coalesce(v_plan ->> 'to', p_member.tile_id)));
    else return null;
  end case;
end $$;

drop function tw_arrive(text, text, text, int, text, int, text, jsonb, jsonb, timestamptz);
-- Gate and arrival, shared by tw_step and tw_deliver_begin. Answers null when the member has now arrived (or had before), else what
-- stopped it: {do: held | early | gone | move …} (engine/host.ts Stopped). A paused orchestration holds the member where it was.
create function tw_arrive(
  p_member text, p_journey text, p_tile text, p_visit int,
  p_from_tile text, p_from_visit int, p_from_port text, p_decision jsonb, p_reads jsonb, p_began timestamptz, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_journey record;
  v_member member;
  v_stopped jsonb;
  v_due timestamptz;
  v_pause pause;
begin
  select status, pause_number, live_version, frozen into v_journey from journey where id = p_journey;
  select * into v_member from member where id = p_member for update;
  if not found then return jsonb_build_object('do', 'gone', 'reason', 'erased'); end if;
  if v_member.status = 'exited' then return jsonb_build_object('do', 'gone', 'reason', v_member.exit_reason); end if;
  if v_member.version is distinct from v_journey.live_version then
    v_stopped := tw_plan(v_member, p_now);
    if v_stopped is not null then return v_stopped; end if;
  end if;
  if v_journey.frozen and p_from_tile is not null then
    v_due := tw_due(p_member, p_journey, p_from_tile, p_from_visit, p_from_port, p_now);
  end if;
  if v_journey.status = 'paused' then
    -- The clock of this very pause stands still: then the wait is not over.
    v_member.frozen := v_due is not null and exists (
      select from pause where journey_id = p_journey and number = v_journey.pause_number and clocks = 'freeze' and began_at < v_due);
    update member set status = 'held', held_by = v_journey.pause_number, frozen = v_member.frozen,
      held_at = case when status = 'held' then held_at else p_now end where id = p_member;
    perform tw_incident(v_member, v_member.tile_id, v_member.visit, p_now, 'held',
      jsonb_build_object('pause', v_journey.pause_number, 'next', p_tile), 'held:' || v_journey.pause_number);
    return jsonb_build_object('do', case when v_member.frozen then 'early' else 'held' end, 'pause', v_journey.pause_number);
  end if;
  if v_member.status = 'held' then
    perform tw_incident(v_member, v_member.tile_id, v_member.visit, p_now, 'resumed',
      jsonb_build_object('pause', v_member.held_by), 'resumed:' || v_member.held_by);
    select * into v_pause from pause where journey_id = p_journey and number = v_member.held_by;
    v_member.skip_sends := v_member.skip_sends
      or coalesce(v_pause.ended_at - v_member.held_at > v_pause.skip_ms * interval '1 millisecond', false);
  end if;
  -- Timers are good to the millisecond.
  if v_due > p_now + interval '1 millisecond' then
    update member set status = 'active', held_by = null, held_at = null, frozen = false where id = p_member and status = 'held';
    return jsonb_build_object('do', 'early', 'until', ceil(extract(epoch from v_due) * 1000));
  end if;
  insert into step (member_id, tile_id, visit, workspace_id, journey_id, version, arrived_at,
    from_tile, from_visit, from_port, from_arrived_at, decision, reads, began_at)
  values (p_member, p_tile, p_visit, v_member.workspace_id, v_member.journey_id, v_member.version, p_now,
    p_from_tile, p_from_visit, p_from_port, v_member.arrived_at, p_decision, p_reads, p_began)
  on conflict (member_id, tile_id, visit) do nothing;
  if found then
    update member set tile_id = p_tile, visit = p_visit, arrived_at = p_now, status = 'active', held_by = null, held_at = null,
      frozen = false, error = null, skip_sends = v_member.skip_sends and p_decision ->> 'do' <> 'wait'
    where id = p_member;
  elsif v_member.status <> 'active' then
    update member set status = 'active', held_by = null, held_at = null, frozen = false, error = null, skip_sends = v_member.skip_sends
    where id = p_member;
  end if;
  return null;
end $$;

drop function tw_step(text, text, text, int, text, int, text, jsonb, jsonb, jsonb, timestamptz);
-- The step of a tile that sends nothing. Answers the decision, what stopped the member, or {do: stale} when the customer has changed since
-- p_seen, when the decision was made. The customer's row is locked against changes until the commit: who changes it then sees the arrival.
create function tw_step(
  p_member text, p_journey text, p_tile text, p_visit int,
  p_from_tile text, p_from_visit int, p_from_port text,
  p_decision jsonb, p_reads jsonb, p_changes jsonb, p_began timestamptz, p_seen text, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_now timestamptz;
  v_prior jsonb;
  v_stopped jsonb;
begin
  perform pg_advisory_xact_lock_shared(tw_journey_lock(p_journey));
  v_now := coalesce(p_now, clock_timestamp());
  select decision into v_prior from step where member_id = p_member and tile_id = p_tile and visit = p_visit;
  if found then
    -- Of a run that was reset after the member had left: it must not wait again.
    return coalesce((select jsonb_build_object('do', 'gone', 'reason', exit_reason) from member
      where id = p_member and status = 'exited' and v_prior ->> 'do' in ('wait', 'enter')), v_prior);
  end if;
  if p_seen is not null then
    perform from member m join customer c on c.workspace_id = m.workspace_id and c.id = m.customer_id
      where m.id = p_member and c.updated_at::text = p_seen for share of c;
    if not found then return '{"do":"stale"}'; end if;
  end if;
  v_stopped := tw_arrive(p_member, p_journey, p_tile, p_visit, p_from_tile, p_from_visit, p_from_port, p_decision, p_reads, p_began, v_now);
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

drop function tw_deliver_begin(text, text, text, int, text, int, text, int, text, text, timestamptz);
-- Begins an attempt of a delivery: gate, arrival, ledger row to 'sending'. Answers
--   {do: held | early | gone | move …}     what stopped the member
--   {do: done, decision, state}            it ended before: its decision again
--   {do: send, attempt, ambiguous, facts}  send now; ambiguous: an earlier attempt began and never told how it ended
-- facts: {customerId, version, enteredAt, now, traits, entry, outputs} for the templates.
create function tw_deliver_begin(
  p_member text, p_journey text, p_tile text, p_visit int,
  p_from_tile text, p_from_visit int, p_from_port text,
  p_destination text, p_action text, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_now timestamptz;
  v_stopped jsonb;
  v_decision jsonb;
  v_delivery delivery;
  v_member member;
  v_skip boolean;
  v_key text := p_member || ':' || p_tile || ':' || p_visit;
begin
  perform pg_advisory_xact_lock_shared(tw_journey_lock(p_journey));
  v_now := coalesce(p_now, clock_timestamp());
  select * into v_delivery from delivery where key = v_key for update;
  if v_delivery.state in ('sent', 'failed', 'unknown', 'skipped') then
    select decision into v_decision from step where member_id = p_member and tile_id = p_tile and visit = p_visit;
    return jsonb_build_object('do', 'done', 'state', v_delivery.state, 'decision', v_decision);
  end if;
  v_stopped := tw_arrive(p_member, p_journey, p_tile, p_visit, p_from_tile, p_from_visit, p_from_port, '{"do":"deliver"}', null, null, v_now);
  -- What an attempt that was cut off did is as unknown after the pause as before it.
  if v_stopped is not null then return v_stopped; end if;
  select * into v_member from member where id = p_member;
  v_skip := v_member.skip_sends and v_delivery.state is distinct from 'sending';
  insert into delivery as d (key, member_id, tile_id, visit, workspace_id, journey_id, customer_id, destination_id, action, state, attempts)
  values (v_key, p_member, p_tile, p_visit, v_member.workspace_id, v_member.journey_id, v_member.customer_id, p_destination, p_action,
    case when v_skip then 'skipped' else 'sending' end, case when v_skip then 0 else 1 end)
  on conflict (key) do update set state = excluded.state, updated_at = clock_timestamp(), next_retry_at = null,
    attempts = d.attempts + excluded.attempts;
  if v_skip then
    v_decision := '{"do":"go","port":"next"}';
    update step set decision = v_decision where member_id = p_member and tile_id = p_tile and visit = p_visit;
    perform tw_incident(v_member, p_tile, p_visit, v_now, 'skipped', '{"reason":"overdue"}', 'overdue:' || p_tile || ':' || p_visit);
    return jsonb_build_object('do', 'done', 'state', 'skipped', 'decision', v_decision);
  end if;
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

-- An operator's retry or skip of a parked member; p_id makes a repeat harmless. A retry is a new round of attempts under the same key.
create or replace function tw_unpark(p_member text, p_tile text, p_visit int, p_how text, p_id text, p_now timestamptz) returns void language plpgsql as $$
declare
  v_member member;
begin
  select * into v_member from member where id = p_member for update;
  if not found or exists (select from incident where member_id = p_member and dedupe = p_how || ':' || p_id) then return; end if;
  perform tw_incident(v_member, p_tile, p_visit, coalesce(p_now, clock_timestamp()), p_how, '{}', p_how || ':' || p_id);
  if p_how = 'retried' then
    perform tw_another_round(p_member, p_tile, p_visit, true);
  else
    update step set decision = '{"do":"go","port":"next"}' where member_id = p_member and tile_id = p_tile and visit = p_visit;
  end if;
  update member set status = 'active', error = null where id = p_member and status = 'parked';
end $$;

-- Makes a delivery that failed for good ready for another round. One that is unknown only when somebody asks for it: it may have arrived.
create function tw_another_round(p_member text, p_tile text, p_visit int, p_unknown boolean) returns void language sql as $$
  update delivery set state = 'pending', attempts = 0, round = round + 1, updated_at = clock_timestamp()
  where key = p_member || ':' || p_tile || ':' || p_visit and (state = 'failed' or (p_unknown and state = 'unknown'))
$$;

-- Moves a member, in its version or to another. Answers {do: gone, reason} or {do: moved, place, tile, visit?, began?, version?}. p_stays:
-- the tile is the same one in the other version, so the visit goes on there. p_id makes a repeat harmless: it answers as the first time.
create function tw_move(
  p_member text, p_version int, p_tile text, p_stays boolean, p_id text, p_reason text, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_now timestamptz := coalesce(p_now, clock_timestamp());
  v_member member;
  v_step step;
  v_reply jsonb;
begin
  select detail -> 'reply' into v_reply from incident where member_id = p_member and dedupe = 'moved:' || p_id;
  if found then return v_reply; end if;
  select * into v_member from member where id = p_member for update;
  if not found then return jsonb_build_object('do', 'gone', 'reason', 'erased'); end if;
  if v_member.status = 'exited' then return jsonb_build_object('do', 'gone', 'reason', v_member.exit_reason); end if;
  select * into v_step from step where member_id = p_member and tile_id = v_member.tile_id and visit = v_member.visit;
  v_reply := jsonb_build_object('do', 'moved', 'place', jsonb_build_object('tile', v_member.tile_id, 'visit', v_member.visit), 'tile', p_tile)
    || case when p_version is distinct from v_member.version then jsonb_build_object('version', p_version) else '{}' end
    || case when p_stays then jsonb_build_object('visit', v_member.visit) else '{}' end
    || case when not p_stays and v_step.decision ->> 'do' = 'wait'
         then jsonb_build_object('began', floor(extract(epoch from coalesce(v_step.began_at, v_step.arrived_at)) * 1000)) else '{}' end;
  update member set version = p_version, status = 'active', error = null, held_by = null, held_at = null, frozen = false where id = p_member;
  if p_stays then
    update step set version = p_version where member_id = p_member and tile_id = v_member.tile_id and visit = v_member.visit;
    perform tw_another_round(p_member, v_member.tile_id, v_member.visit, false);
  end if;
  perform tw_incident(v_member, v_member.tile_id, v_member.visit, v_now, 'moved', jsonb_build_object('to', p_tile, 'version', p_version,
    'fromVersion', v_member.version, 'reply', v_reply) || case when p_reason is null then '{}' else jsonb_build_object('reason', p_reason) end,
    'moved:' || p_id);
  return v_reply;
end $$;
