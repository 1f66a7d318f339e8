-- Imports of what customers said, and of addresses that are not written to.

-- When it was last said: a repeat is no change, and yet a word that an older one does not outweigh.
alter table subscription add column last_at timestamptz(6);
update subscription set last_at = at;
alter table subscription alter column last_at set not null;

-- Writes what a customer says, [{channel, topic, state}]: topic is empty for the whole channel, state null forgets. Answers the changes that it made;
-- null: there is no such customer. One customer's are written one after another.
create or replace function tw_subscribe(p_workspace text, p_customer text, p_changes jsonb, p_via text) returns jsonb language plpgsql as $$
declare
  v_customer text := tw_customer(p_workspace, p_customer);
  v_change jsonb;
  v_channel text;
  v_topic text;
  v_new text;
  v_old text;
  v_now timestamptz;
  v_made jsonb := '[]';
begin
  perform from customer where workspace_id = p_workspace and id = v_customer for no key update;
  if not found then return null; end if;
  v_now := clock_timestamp();
  for v_change in select value from jsonb_array_elements(p_changes) loop
    v_channel := v_change ->> 'channel';
    v_topic := coalesce(v_change ->> 'topic', '');
    v_new := v_change ->> 'state';
    select state into v_old from subscription
    where workspace_id = p_workspace and customer_id = v_customer and channel = v_channel and topic_id = v_topic;
    if v_old is not distinct from v_new then
      update subscription set last_at = v_now
      where workspace_id = p_workspace and customer_id = v_customer and channel = v_channel and topic_id = v_topic;
      continue;
    end if;
    delete from subscription where workspace_id = p_workspace and customer_id = v_customer and channel = v_channel and topic_id = v_topic;
    if v_new is not null then
      insert into subscription (workspace_id, customer_id, channel, topic_id, state, at, last_at, via)
      values (p_workspace, v_customer, v_channel, v_topic, v_new, v_now, v_now, p_via);
    end if;
    insert into subscription_change (workspace_id, customer_id, channel, topic_id, old, new, at, via)
    values (p_workspace, v_customer, v_channel, v_topic, v_old, v_new, v_now, p_via);
    v_made := v_made || jsonb_build_array(jsonb_build_object('channel', v_channel, 'topic', v_topic, 'old', v_old, 'new', v_new));
  end loop;
  return v_made;
end $$;

-- As before; what holds was last said when either of the two said something of it.
create or replace function tw_merge_consent(p_workspace text, p_from text, p_into text) returns void language plpgsql as $$
declare
  v_now timestamptz := clock_timestamp();
begin
  if not exists (select from subscription_change where workspace_id = p_workspace and customer_id = p_from) then return; end if;
  perform tw_lock_customer(p_workspace, p_into);
  update subscription_change set customer_id = p_into where workspace_id = p_workspace and customer_id = p_from;
  update subscription i set last_at = greatest(i.last_at, f.last_at) from subscription f
  where i.workspace_id = p_workspace and i.customer_id = p_into and f.workspace_id = p_workspace and f.customer_id = p_from
    and f.channel = i.channel and f.topic_id = i.topic_id;
  with told as (
    select f.channel, f.topic_id, f.state as new, f.at, f.last_at, f.via, i.state as old
    from subscription f left join subscription i on i.workspace_id = p_workspace and i.customer_id = p_into
      and i.channel = f.channel and i.topic_id = f.topic_id
    where f.workspace_id = p_workspace and f.customer_id = p_from
      and (i.state is null or (i.state = 'subscribed' and f.state = 'unsubscribed'))),
  written as (
    insert into subscription as s (workspace_id, customer_id, channel, topic_id, state, at, last_at, via)
    select p_workspace, p_into, channel, topic_id, new, at, last_at, via from told
    on conflict (workspace_id, customer_id, channel, topic_id) do update
      set state = excluded.state, at = excluded.at, via = excluded.via)
  insert into subscription_change (workspace_id, customer_id, channel, topic_id, old, new, at, via)
  select p_workspace, p_into, channel, topic_id, old, new, v_now, 'merge' from told;
  delete from subscription where workspace_id = p_workspace and customer_id = p_from;
end $$;

-- Writes what many customers said elsewhere, [[row, customer, channel, topic, state, at, via]]: topic is empty for the whole channel, at null where nobody
-- knows when; p_at is when that was given to us. Of two words on one thing the later one holds, of one instant the no; of what nobody knows the order of
-- the no holds too, and what was given before says nothing new. Answers those that were not written: [{row, id, reason, dated, state, at}], with what holds.
create function tw_subscribe_many(p_workspace text, p_rows jsonb, p_at timestamptz) returns jsonb language plpgsql as $$
declare
  v_refused jsonb;
begin
  perform tw_all_customers();
  perform from topic where workspace_id = p_workspace and id in (select r ->> 3 from jsonb_array_elements(p_rows) r) order by id for share;
  perform from customer where workspace_id = p_workspace
    and id in (select tw_canonical(p_workspace, r ->> 1) from jsonb_array_elements(p_rows) r) order by id for no key update;

  -- held, held_at: what the customer said here; nothing and when, of what was forgotten.
  with given as materialized (
    select (r ->> 0)::int as row, r ->> 1 as given_id, tw_canonical(p_workspace, r ->> 1) as customer_id, r ->> 2 as channel, r ->> 3 as topic_id, r ->> 4 as state,
      (r ->> 5)::timestamptz as at, r ->> 6 as via
    from jsonb_array_elements(p_rows) r),
  known as materialized (
    select g.*, c.id is not null as customer, g.topic_id = '' or t.id is not null as topic, s.state as held, coalesce(s.last_at, f.at) as held_at,
      s.at as since, s.via as held_via
    from given g
      left join customer c on c.workspace_id = p_workspace and c.id = g.customer_id
      left join topic t on t.workspace_id = p_workspace and t.id = g.topic_id
      left join subscription s on s.workspace_id = p_workspace and s.customer_id = g.customer_id and s.channel = g.channel and s.topic_id = g.topic_id
      left join lateral (
        select max(h.at) as at from subscription_change h where s.state is null and h.workspace_id = p_workspace and h.customer_id = g.customer_id
          and h.channel = g.channel and h.topic_id = g.topic_id and h.new is null) f on true),
  words as (
    select distinct on (customer_id, channel, topic_id) customer_id, channel, topic_id, state, at from (
      select customer_id, channel, topic_id, state, at from known where at is not null
      union all select customer_id, channel, topic_id, held, held_at from known where held_at is not null) word
    order by customer_id, channel, topic_id, at desc, state desc nulls last),
  judged as materialized (
    select k.*, coalesce(k.at, p_at) as said_at, w.state as word, w.at as word_at,
      case
        when not k.customer then 'unknown_customer'
        when not k.topic then 'unknown_topic'
        when k.at is not null then case
          when k.held_at is null or k.at > k.held_at or (k.at = k.held_at and k.state = 'unsubscribed' and k.held = 'subscribed') then 'said'
          when k.state is distinct from k.held then 'later_word' end
        when w.at is null then 'said'
        when k.state = w.state then null
        when w.state = 'unsubscribed' or w.at > p_at or exists (
          select from subscription_change h where h.workspace_id = p_workspace and h.customer_id = k.customer_id and h.channel = k.channel
            and h.topic_id = k.topic_id and h.new = k.state and h.via = k.via) then 'later_word'
        else 'said' end as verdict
    from known k left join words w using (customer_id, channel, topic_id)),
  said as materialized (
    select *, coalesce(lag(state) over turns, held) as old, row_number() over (backwards) as from_last
    from judged where verdict = 'said'
    window turns as (partition by customer_id, channel, topic_id order by said_at, state, row),
      backwards as (partition by customer_id, channel, topic_id order by said_at desc, state desc, row desc)),
  journalled as (
    insert into subscription_change (workspace_id, customer_id, channel, topic_id, old, new, at, via)
    select p_workspace, customer_id, channel, topic_id, old, state, said_at, via from said where old is distinct from state order by said_at, state, row),
  turned as (
    select distinct on (customer_id, channel, topic_id) customer_id, channel, topic_id, said_at, via from said where old is distinct from state
    order by customer_id, channel, topic_id, said_at desc, state desc, row desc),
  written as (
    insert into subscription as s (workspace_id, customer_id, channel, topic_id, state, at, last_at, via)
    select p_workspace, l.customer_id, l.channel, l.topic_id, l.state, coalesce(t.said_at, l.since), l.said_at, coalesce(t.via, l.held_via)
    from said l left join turned t using (customer_id, channel, topic_id) where l.from_last = 1
    on conflict (workspace_id, customer_id, channel, topic_id) do update
      set state = excluded.state, at = excluded.at, last_at = excluded.last_at, via = excluded.via)
  select coalesce(jsonb_agg(jsonb_build_object('row', row, 'id', given_id, 'reason', verdict, 'dated', at is not null,
      'state', case when at is null then word else held end, 'at', case when at is null then word_at else held_at end) order by row), '[]')
    into v_refused from judged where verdict <> 'said';
  return v_refused;
end $$;

-- Merges the rows of a chunk of an import, [[row, id, traits]], those of one customer in their order. Answers as tw_merge_many, with the rows of those
-- who would grow too large as tooLarge, [{row, id}].
drop function tw_merge_chunk(text, text, int, text, boolean);
create function tw_merge_chunk(p_workspace text, p_job text, p_number int, p_judged boolean) returns jsonb language plpgsql as $$
declare
  v_rows jsonb := (select rows::jsonb from import_chunk where job_id = p_job and number = p_number);
  v_reply jsonb;
begin
  v_reply := tw_merge_many(p_workspace, (
    select coalesce(jsonb_agg(jsonb_build_object('id', id, 'traits', traits)), '[]') from (
      select r.value ->> 1 as id, case when count(*) = 1 then (array_agg(r.value -> 2))[1]
        else (select coalesce(jsonb_object_agg(t.key, t.value order by n.number), '{}')
          from unnest(array_agg(r.value -> 2 order by r.number)) with ordinality n (traits, number), jsonb_each(n.traits) t) end as traits
      from jsonb_array_elements(v_rows) with ordinality r (value, number) group by r.value ->> 1) given),
    '{"type":"import"}', p_judged);
  return jsonb_set(v_reply, '{tooLarge}', (
    select coalesce(jsonb_agg(jsonb_build_object('row', r -> 0, 'id', r -> 1)), '[]') from jsonb_array_elements(v_rows) r
    where v_reply -> 'tooLarge' ? (r ->> 1)));
end $$;

-- Imports under way are of customers; what came of their chunks is kept as that of the others.
update job set input = '{"of":"customers"}' where kind = 'import';
update import_chunk set merged = jsonb_build_object('changed', merged -> 'changed', 'refused',
  case when merged -> 'tooLarge' = '0' then '{}' else jsonb_build_object('too_large', merged -> 'tooLarge') end) where merged is not null;
alter table import_chunk rename column merged to written;
