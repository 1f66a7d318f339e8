-- The messages of a customer that take slots, since an instant. What may have been sent counts, from when it was; what will be tried again does as long
-- as its member stays for it.
create function tw_counted(p_workspace text, p_customer text, p_since timestamptz) returns table (key text, channel text, topic_id text, at timestamptz)
language sql stable as $$
  select s.key, s.channel, s.topic_id, greatest(s.at, d.sent_at)
  from message_slot s join delivery d on d.key = s.key
  where s.workspace_id = p_workspace and s.customer_id = p_customer
    -- An attempt may be under way for a while before it is sent.
    and s.at > p_since - interval '1 hour' and greatest(s.at, d.sent_at) > p_since
    and (d.state in ('sent', 'sending', 'unknown') or (d.state = 'pending' and exists (
      select from member m where m.id = d.member_id and m.status <> 'exited' and m.tile_id = d.tile_id and m.visit = d.visit)))
$$;

-- As before: the slots of a cap that a customer's other messages take, each by when it is free again.
create or replace function tw_slots(p_cap frequency_cap, p_customer text, p_key text, p_now timestamptz) returns table (free_at timestamptz) language sql stable as $$
  select c.at + p_cap.per_ms * interval '1 millisecond'
  from tw_counted(p_cap.workspace_id, p_customer, p_now - p_cap.per_ms * interval '1 millisecond') c
  where c.key <> p_key and tw_caps(p_cap, c.channel, c.topic_id)
$$;

-- What frequency caps say to a message now, without taking anything: null when it may go; {do: skip | later, at, cap, had, kept}. `had`: slots
-- that are taken; `kept`: slots that messages which wait before it can have now; `at`: when to ask again, ms.
-- A slot that the key has taken before is its own as long as it counts.
create function tw_ask_slot(
  p_workspace text, p_customer text, p_key text, p_channel text, p_topic text, p_priority int, p_now timestamptz
) returns jsonb language plpgsql stable as $$
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
  if not exists (select from frequency_cap c where c.workspace_id = p_workspace and tw_caps(c, p_channel, p_topic)) then return null; end if;
  select array_agg(c order by c.id), array_agg((select count(*)::int from tw_slots(c, p_customer, p_key, v_now)) order by c.id), array_agg(0)
  into v_caps, v_had, v_kept from frequency_cap c where c.workspace_id = p_workspace;
  select at into v_own from message_slot where key = p_key;
  select since into v_since from slot_wait where key = p_key;
  -- Those who wait before it, in turn: each that can go now is kept what it needs.
  for v_wait in
    select w.channel, w.topic_id from slot_wait w join delivery d on d.key = w.key join member m on m.id = w.member_id join journey j on j.id = m.journey_id
    where w.workspace_id = p_workspace and w.customer_id = p_customer and w.key <> p_key and w.asks_at > v_now - c_late
      and (w.priority > p_priority or (w.priority = p_priority and (w.since, w.key) < (coalesce(v_since, v_now), p_key)))
      and d.state in ('pending', 'sending') and m.status = 'active' and m.tile_id = d.tile_id and m.visit = d.visit and j.status <> 'paused'
    order by w.priority desc, w.since, w.key
  loop
    continue when exists (select from generate_subscripts(v_caps, 1) i
      where tw_caps(v_caps[i], v_wait.channel, v_wait.topic_id) and v_had[i] + v_kept[i] >= v_caps[i].most);
    select array_agg(v_kept[i] + tw_caps(v_caps[i], v_wait.channel, v_wait.topic_id)::int order by i) into v_kept from generate_subscripts(v_caps, 1) i;
  end loop;
  for i in 1 .. cardinality(v_caps) loop
    v_cap := v_caps[i];
    continue when not tw_caps(v_cap, p_channel, p_topic) or v_had[i] + v_kept[i] < v_cap.most
      or v_own > v_now - v_cap.per_ms * interval '1 millisecond';
    v_told := jsonb_build_object('had', v_had[i], 'kept', v_kept[i], 'cap', jsonb_build_object('id', v_cap.id, 'name', v_cap.name,
      'channel', v_cap.channel, 'topic', (select name from topic where id = v_cap.topic_id), 'most', v_cap.most, 'per', v_cap.per));
    if v_cap.otherwise = 'skip' then
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
  return v_reply || jsonb_build_object('do', 'later', 'at', ceil(extract(epoch from least(v_latest, v_now + c_longest)) * 1000));
end $$;

-- As before: takes a slot of each cap that is about a message, or says why it cannot, and has it wait for one. One customer's messages ask one after another.
create or replace function tw_take_slot(
  p_workspace text, p_customer text, p_member text, p_key text, p_channel text, p_topic text, p_priority int, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_now timestamptz := coalesce(p_now, clock_timestamp());
  v_reply jsonb;
begin
  if exists (select from frequency_cap c where c.workspace_id = p_workspace and tw_caps(c, p_channel, p_topic)) then
    perform pg_advisory_xact_lock(hashtextextended('slots:' || p_workspace || ':' || p_customer, 0));
    v_now := coalesce(p_now, clock_timestamp());
    -- A statement of its own: it sees what those before it have committed.
    select tw_ask_slot(p_workspace, p_customer, p_key, p_channel, p_topic, p_priority, v_now) into v_reply;
  end if;
  if v_reply ->> 'do' = 'later' then
    insert into slot_wait (key, workspace_id, customer_id, member_id, channel, topic_id, priority, since, asks_at)
    values (p_key, p_workspace, p_customer, p_member, p_channel, p_topic, p_priority, v_now, to_timestamp((v_reply ->> 'at')::float8 / 1000))
    on conflict (key) do update set channel = excluded.channel, topic_id = excluded.topic_id, priority = excluded.priority, asks_at = excluded.asks_at;
    return v_reply;
  end if;
  delete from slot_wait where key = p_key;
  if v_reply is not null then return v_reply; end if;
  insert into message_slot (key, workspace_id, customer_id, channel, topic_id, at)
  values (p_key, p_workspace, p_customer, p_channel, p_topic, v_now)
  on conflict (key) do update set at = excluded.at, channel = excluded.channel, topic_id = excluded.topic_id;
  return null;
end $$;
