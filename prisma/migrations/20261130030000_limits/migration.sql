-- Frequency caps: at most so many messages to a customer within a sliding window, over all orchestrations.
create table frequency_cap (
  id text primary key,
  workspace_id text not null,
  name text not null,
  -- Of which messages: those by a channel, or those about a topic; all when neither is named.
  channel text,
  topic_id text references topic (id) on delete cascade,
  most int not null check (most > 0),
  -- The window, ISO 8601, and its length: a day has 24 hours here.
  per text not null,
  per_ms bigint not null check (per_ms > 0),
  -- What becomes of a message beyond it: skip | delay
  otherwise text not null check (otherwise in ('skip', 'delay')),
  revision int not null default 1,
  created_at timestamptz(6) not null default clock_timestamp(),
  updated_at timestamptz(6) not null default clock_timestamp(),
  check (channel is null or topic_id is null)
);
create index frequency_cap_workspace_id_id_idx on frequency_cap (workspace_id, id);
create unique index frequency_cap_name on frequency_cap (workspace_id, lower(name));

-- A message that was let go, by the key of its delivery: beside the ledger, so that counting a customer's reads these few rows. Whether it counts the
-- ledger says. Also where no cap is: a new one counts what was sent before. Forgotten when no window needs it.
create table message_slot (
  key text primary key,
  workspace_id text not null,
  customer_id text not null,
  channel text not null,
  topic_id text,
  at timestamptz(6) not null
);
create index message_slot_of on message_slot (workspace_id, customer_id, at);
-- To forget old ones: rows lie in order of time.
create index message_slot_at on message_slot using brin (at);

-- A message that waits for a slot.
create table slot_wait (
  key text primary key,
  workspace_id text not null,
  customer_id text not null,
  member_id text not null,
  channel text not null,
  topic_id text,
  -- 0 low, 1 normal, 2 high
  priority smallint not null,
  since timestamptz(6) not null,
  -- When it will ask again, at the latest.
  asks_at timestamptz(6) not null
);
create index slot_wait_of on slot_wait (workspace_id, customer_id);

-- Whoever forgets a customer forgets what was sent to them: without a foreign key, which would lock the customer at each send.
create function tw_forget_slots() returns trigger language plpgsql as $$
begin
  delete from message_slot where workspace_id = old.workspace_id and customer_id = old.id;
  delete from slot_wait where workspace_id = old.workspace_id and customer_id = old.id;
  return null;
end $$;
create trigger forget_slots after delete on customer for each row execute function tw_forget_slots();

-- Whether a cap is about a message.
create function tw_caps(p_cap frequency_cap, p_channel text, p_topic text) returns boolean language sql immutable as $$
  select (p_cap.channel is null or p_cap.channel = p_channel) and (p_cap.topic_id is null or p_cap.topic_id = coalesce(p_topic, ''))
$$;

-- The slots of a cap that a customer's other messages take, each by when it is free again. What may have been sent counts, from when it was; what will
-- be tried again does as long as its member stays for it.
create function tw_slots(p_cap frequency_cap, p_customer text, p_key text, p_now timestamptz) returns table (free_at timestamptz) language sql stable as $$
  select greatest(s.at, d.sent_at) + p_cap.per_ms * interval '1 millisecond'
  from message_slot s join delivery d on d.key = s.key
  where s.workspace_id = p_cap.workspace_id and s.customer_id = p_customer and s.key <> p_key
    -- An attempt may be under way for a while before it is sent.
    and s.at > p_now - p_cap.per_ms * interval '1 millisecond' - interval '1 hour'
    and greatest(s.at, d.sent_at) > p_now - p_cap.per_ms * interval '1 millisecond'
    and tw_caps(p_cap, s.channel, s.topic_id)
    and (d.state in ('sent', 'sending', 'unknown') or (d.state = 'pending' and exists (
      select from member m where m.id = d.member_id and m.status <> 'exited' and m.tile_id = d.tile_id and m.visit = d.visit)))
$$;

-- Takes a slot of each cap that is about a message, or says why it cannot: null when it may go; {do: skip | later, at, cap, had, kept}. `had`: slots
-- that are taken; `kept`: slots that messages which wait before it can have now; `at`: when to ask again, ms.
-- One customer's messages ask one after another. A slot that the key has taken before is its own as long as it counts.
create function tw_take_slot(
  p_workspace text, p_customer text, p_member text, p_key text, p_channel text, p_topic text, p_priority int, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  -- How long a message that waits may not ask: else it would not notice what frees slots early.
  c_longest constant interval := '1 hour';
  -- How long after it should have asked a message keeps its place before others.
  c_late constant interval := '10 minutes';
  v_now timestamptz := coalesce(p_now, clock_timestamp());
  v_caps frequency_cap[];
  v_cap frequency_cap;
  v_own timestamptz;
  v_since timestamptz;
  v_had int[];
  v_kept int[];
  v_wait record;
  v_told jsonb;
  v_reply jsonb;
  v_free timestamptz;
  v_latest timestamptz;
begin
  if exists (select from frequency_cap c where c.workspace_id = p_workspace and tw_caps(c, p_channel, p_topic)) then
    perform pg_advisory_xact_lock(hashtextextended('slots:' || p_workspace || ':' || p_customer, 0));
    v_now := coalesce(p_now, clock_timestamp());
    select array_agg(c order by c.id), array_agg((select count(*)::int from tw_slots(c, p_customer, p_key, v_now)) order by c.id), array_agg(0)
    into v_caps, v_had, v_kept from frequency_cap c where c.workspace_id = p_workspace;
    select at into v_own from message_slot where key = p_key;
    select since into v_since from slot_wait where key = p_key;
  end if;
  -- Those who wait before it, in turn: each that can go now is kept what it needs.
  for v_wait in
    select w.channel, w.topic_id from slot_wait w join delivery d on d.key = w.key join member m on m.id = w.member_id join journey j on j.id = m.journey_id
    where v_caps is not null and w.workspace_id = p_workspace and w.customer_id = p_customer and w.key <> p_key and w.asks_at > v_now - c_late
      and (w.priority > p_priority or (w.priority = p_priority and (w.since, w.key) < (coalesce(v_since, v_now), p_key)))
      and d.state in ('pending', 'sending') and m.status = 'active' and m.tile_id = d.tile_id and m.visit = d.visit and j.status <> 'paused'
    order by w.priority desc, w.since, w.key
  loop
    continue when exists (select from generate_subscripts(v_caps, 1) i
      where tw_caps(v_caps[i], v_wait.channel, v_wait.topic_id) and v_had[i] + v_kept[i] >= v_caps[i].most);
    select array_agg(v_kept[i] + tw_caps(v_caps[i], v_wait.channel, v_wait.topic_id)::int order by i) into v_kept from generate_subscripts(v_caps, 1) i;
  end loop;
  for i in 1 .. coalesce(cardinality(v_caps), 0) loop
    v_cap := v_caps[i];
    continue when not tw_caps(v_cap, p_channel, p_topic) or v_had[i] + v_kept[i] < v_cap.most
      or v_own > v_now - v_cap.per_ms * interval '1 millisecond';
    v_told := jsonb_build_object('had', v_had[i], 'kept', v_kept[i], 'cap', jsonb_build_object('id', v_cap.id, 'name', v_cap.name,
      'channel', v_cap.channel, 'topic', (select name from topic where id = v_cap.topic_id), 'most', v_cap.most, 'per', v_cap.per));
    if v_cap.otherwise = 'skip' then
      delete from slot_wait where key = p_key;
      return v_told || '{"do":"skip"}';
    end if;
    -- When as many are free again as are wanted; those who go before take theirs now.
    v_free := coalesce((select free_at from tw_slots(v_cap, p_customer, p_key, v_now) order by free_at offset v_had[i] + v_kept[i] - v_cap.most limit 1),
      v_now + v_cap.per_ms * interval '1 millisecond');
    if v_latest is null or v_free > v_latest then
      v_latest := v_free;
      v_reply := v_told;
    end if;
  end loop;
  if v_reply is not null then
    v_latest := least(v_latest, v_now + c_longest);
    insert into slot_wait (key, workspace_id, customer_id, member_id, channel, topic_id, priority, since, asks_at)
    values (p_key, p_workspace, p_customer, p_member, p_channel, p_topic, p_priority, v_now, v_latest)
    on conflict (key) do update set channel = excluded.channel, topic_id = excluded.topic_id, priority = excluded.priority, asks_at = excluded.asks_at;
    return v_reply || jsonb_build_object('do', 'later', 'at', ceil(extract(epoch from v_latest) * 1000));
  end if;
  delete from slot_wait where key = p_key;
  insert into message_slot (key, workspace_id, customer_id, channel, topic_id, at)
  values (p_key, p_workspace, p_customer, p_channel, p_topic, v_now)
  on conflict (key) do update set at = excluded.at, channel = excluded.channel, topic_id = excluded.topic_id;
  return null;
end $$;

-- As before, and the messages of both count for the one who they are now.
create or replace function tw_merge_members(p_workspace text, p_from text, p_into text) returns void language plpgsql as $$
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
  update message_slot set customer_id = p_into where workspace_id = p_workspace and customer_id = p_from;
  update slot_wait set customer_id = p_into where workspace_id = p_workspace and customer_id = p_from;
end $$;

-- As before; and what was certainly not sent gives its slot back, and a delay is told in the history of the member.
create or replace function tw_deliver_end(
  p_member text, p_tile text, p_visit int, p_attempt int, p_state text, p_vendor_id text, p_answer jsonb,
  p_code text, p_message text, p_retry_at timestamptz, p_output jsonb, p_decision jsonb, p_now timestamptz, p_rendered json default null, p_reads jsonb default null
) returns boolean language plpgsql as $$
declare
  v_key text := p_member || ':' || p_tile || ':' || p_visit;
  v_now timestamptz := coalesce(p_now, clock_timestamp());
  v_member member;
  v_round int;
  -- Nothing was asked of the vendor: no attempt, no error.
  v_unasked boolean := p_state in ('skipped', 'later');
begin
  update delivery set state = case p_state when 'later' then 'pending' else p_state end, updated_at = clock_timestamp(), attempts = attempts - v_unasked::int,
    vendor_id = coalesce(p_vendor_id, vendor_id), answer = coalesce(p_answer, answer),
    error_code = case when p_state = 'sent' then error_code else p_code end,
    error_message = case when p_state = 'sent' then error_message else p_message end,
    first_error_at = case when p_state = 'sent' or v_unasked then first_error_at else coalesce(first_error_at, v_now) end,
    next_retry_at = p_retry_at, sent_at = case when p_state = 'sent' then v_now end
  where key = v_key and attempts = p_attempt and state = 'sending'
  returning round into v_round;
  if not found then return false; end if;
  -- What is certain not to have been sent takes no slot of a frequency cap.
  if p_state in ('failed', 'skipped') then delete from message_slot where key = v_key; end if;
  if p_rendered is not null then
    insert into delivery_content as c (key, fields) values (v_key, p_rendered)
    on conflict (key) do update set fields = excluded.fields, at = excluded.at where c.fields::text <> excluded.fields::text;
  end if;
  if p_state = 'later' then
    select * into v_member from member where id = p_member;
    -- One for each reason as it was read: asking again every hour tells nothing new.
    perform tw_incident(v_member, p_tile, p_visit, v_now, 'delayed', jsonb_build_object('reason', p_code, 'reads', coalesce(p_reads, '{}')),
      'delayed:' || p_tile || ':' || p_visit || ':' || v_round || ':' || md5(p_code || coalesce(p_reads::text, '')));
    return true;
  end if;
  if p_decision is null then return true; end if;
  update step set decision = p_decision, output = coalesce(p_output, output)
  where member_id = p_member and tile_id = p_tile and visit = p_visit;
  if p_state = 'sent' then return true; end if;
  select * into v_member from member where id = p_member for update;
  if p_state = 'skipped' then
    perform tw_incident(v_member, p_tile, p_visit, v_now, 'skipped',
      jsonb_build_object('reason', p_code, 'reads', coalesce(p_reads, '{}')), 'kept_back:' || p_tile || ':' || p_visit);
    return true;
  end if;
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
