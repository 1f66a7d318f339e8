-- What was rendered for a delivery, by its last attempt that could be rendered. Beside the ledger, so that the rows that steps, stats and errors read
-- stay short. json and not jsonb: it is only ever read whole, and keeps the order of its fields.
create table delivery_content (
  key text primary key,
  fields json not null,
  at timestamptz(6) not null default clock_timestamp()
);
create index delivery_content_at_idx on delivery_content (at);

-- Ends an attempt: ledger, journal, projection, and what it rendered. p_decision: what the member does now (null while pending). Only the attempt that
-- is on record may end it; a repeat is harmless. p_rendered may be left out: workers of the release before do.
drop function tw_deliver_end(text, text, int, int, text, text, jsonb, text, text, timestamptz, jsonb, jsonb, timestamptz);
create function tw_deliver_end(
  p_member text, p_tile text, p_visit int, p_attempt int, p_state text, p_vendor_id text, p_answer jsonb,
  p_code text, p_message text, p_retry_at timestamptz, p_output jsonb, p_decision jsonb, p_now timestamptz, p_rendered json default null
) returns boolean language plpgsql as $$
declare
  v_key text := p_member || ':' || p_tile || ':' || p_visit;
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
  where key = v_key and attempts = p_attempt and state = 'sending'
  returning round into v_round;
  if not found then return false; end if;
  if p_rendered is not null then
    insert into delivery_content as c (key, fields) values (v_key, p_rendered)
    on conflict (key) do update set fields = excluded.fields, at = excluded.at where c.fields::text <> excluded.fields::text;
  end if;
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
