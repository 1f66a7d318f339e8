-- A member that is parked because nobody knows whether its send arrived stays parked when it goes on at the same tile of another version: nothing is sent
-- again by itself, and an operator must be able to retry or skip it. Before, its row said active.
create or replace function tw_move(
  p_member text, p_version int, p_tile text, p_stays boolean, p_id text, p_reason text, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_now timestamptz := coalesce(p_now, clock_timestamp());
  v_member member;
  v_step step;
  v_reply jsonb;
  v_parked boolean;
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
  v_parked := p_stays and v_member.status = 'parked'
    and exists (select from delivery where key = p_member || ':' || v_member.tile_id || ':' || v_member.visit and state = 'unknown');
  update member set version = p_version, status = case when v_parked then 'parked' else 'active' end, error = case when v_parked then error end,
    held_by = null, held_at = null, frozen = false where id = p_member;
  if p_stays then
    update step set version = p_version where member_id = p_member and tile_id = v_member.tile_id and visit = v_member.visit;
    perform tw_another_round(p_member, v_member.tile_id, v_member.visit, false);
  end if;
  perform tw_incident(v_member, v_member.tile_id, v_member.visit, v_now, 'moved', jsonb_build_object('to', p_tile, 'version', p_version,
    'fromVersion', v_member.version, 'reply', v_reply) || case when p_reason is null then '{}' else jsonb_build_object('reason', p_reason) end,
    'moved:' || p_id);
  return v_reply;
end $$;
