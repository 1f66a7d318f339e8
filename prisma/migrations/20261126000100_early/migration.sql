-- Gate and arrival, shared by tw_step and tw_deliver_begin. Answers null when the member has now arrived (or had before), else what
-- stopped it: {do: held | early | gone | move …} (engine/host.ts Stopped). A paused orchestration holds the member where it was.
create or replace function tw_arrive(
  p_member text, p_journey text, p_tile text, p_visit int,
  p_from_tile text, p_from_visit int, p_from_port text, p_decision jsonb, p_reads jsonb, p_began timestamptz, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_journey record;
  v_member member;
  v_stopped jsonb;
  v_due timestamptz;
  v_pause pause;
  v_frozen boolean := false;
begin
  select status, pause_number, live_version, frozen, exit_job into v_journey from journey where id = p_journey;
  select * into v_member from member where id = p_member for update;
  if not found then return jsonb_build_object('do', 'gone', 'reason', 'erased'); end if;
  if v_member.status = 'exited' then return jsonb_build_object('do', 'gone', 'reason', v_member.exit_reason); end if;
  -- Completed with the exit of its members: who comes to the gate before the job comes to them leaves here, as the job's operation.
  if v_journey.exit_job is not null then
    perform tw_leave(p_member, 'orchestration_completed', false, jsonb_build_object('operation', v_journey.exit_job || ':' || p_member), p_now);
    return jsonb_build_object('do', 'gone', 'reason', 'orchestration_completed');
  end if;
  if v_member.version is distinct from v_journey.live_version then
    v_stopped := tw_plan(v_member, p_now);
    if v_stopped is not null then return v_stopped; end if;
  end if;
  if v_journey.frozen and p_from_tile is not null then
    v_due := tw_due(p_member, p_journey, p_from_tile, p_from_visit, p_from_port, p_now);
  end if;
  if v_journey.status = 'paused' then
    select * into v_pause from pause where journey_id = p_journey and number = v_journey.pause_number;
    -- The clock of this very pause stands still: then the wait is not over.
    v_frozen := v_due is not null and v_pause.clocks = 'freeze' and v_pause.began_at < v_due;
  end if;
  if v_member.status = 'held' and (v_journey.status <> 'paused' or v_member.held_by <> v_journey.pause_number) then
    perform tw_incident(v_member, v_member.tile_id, v_member.visit, p_now, 'resumed',
      jsonb_build_object('pause', v_member.held_by), 'resumed:' || v_member.held_by);
  end if;
  -- Not over by earlier pauses, which froze the clocks: the member is at its wait, also while a pause lets them run. Timers are good to the
  -- millisecond.
  if not v_frozen and v_due > p_now + interval '1 millisecond' then
    update member set status = 'active', held_by = null, held_at = null, frozen = false where id = p_member and status = 'held';
    return jsonb_build_object('do', 'early', 'until', ceil(extract(epoch from v_due) * 1000));
  end if;
  if v_journey.status = 'paused' then
    -- Who was within a wait until now comes to the gate now.
    update member set status = 'held', held_by = v_journey.pause_number, frozen = v_frozen,
      held_at = case when status = 'held' and not frozen then held_at else p_now end where id = p_member;
    perform tw_incident(v_member, v_member.tile_id, v_member.visit, p_now, 'held',
      jsonb_build_object('pause', v_journey.pause_number, 'next', p_tile), 'held:' || v_journey.pause_number);
    return jsonb_build_object('do', case when v_frozen then 'early' else 'held' end, 'pause', v_journey.pause_number);
  end if;
  if v_member.status = 'held' and not v_member.frozen then
    select * into v_pause from pause where journey_id = p_journey and number = v_member.held_by;
    v_member.skip_sends := v_member.skip_sends
      or coalesce(v_pause.ended_at - v_member.held_at > v_pause.skip_ms * interval '1 millisecond', false);
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
