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
    -- Also if the visit goes on in another version, it is not tried again.
    update delivery set state = 'skipped', updated_at = clock_timestamp()
    where key = p_member || ':' || p_tile || ':' || p_visit and state = 'failed';
  end if;
  update member set status = 'active', error = null where id = p_member and status = 'parked';
end $$;
