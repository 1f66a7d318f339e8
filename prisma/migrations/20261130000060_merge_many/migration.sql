-- Profiles that are made together are made by one statement: an import of new customers is most imports there are.

-- Merges traits into many profiles, each customer named once: [{id, traits}]. p_judged: the caller judges those that change by the audiences,
-- before it commits. Answers {made: ids of new profiles, changed: ids of those whose traits are others now, tooLarge: ids as they were given}.
-- Profiles are locked in the order of their ids, new ones first: two at once may wait for each other in a circle only if one makes whom the
-- other changes, and then the other's statement begins behind its commit.
create function tw_merge_many(p_workspace text, p_rows jsonb, p_source jsonb, p_judged boolean) returns jsonb language plpgsql as $$
declare
  v_now timestamptz;
  v_made text[];
  v_changed text[];
  v_others jsonb;
begin
  perform tw_all_customers();
  perform set_config('tilework.judged', case when p_judged then 'on' else 'off' end, true);
  v_now := clock_timestamp();
  with given as materialized (
    select g.id, g.traits,
      case when exists (select from jsonb_each(g.traits) where jsonb_typeof(value) = 'null')
        then (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(g.traits) where jsonb_typeof(value) <> 'null')
        else g.traits end as kept
    from jsonb_to_recordset(p_rows) as g (id text, traits jsonb)
    where not exists (select from customer c where c.workspace_id = p_workspace and c.id = g.id)
      and not exists (select from customer_alias a where a.workspace_id = p_workspace and a.id = g.id)),
  made as (
    insert into customer (workspace_id, id, traits, trait_times)
    select p_workspace, g.id, g.kept, (select coalesce(jsonb_object_agg(name, tw_ms(v_now)), '{}') from jsonb_object_keys(g.traits) name)
    from given g
    where octet_length(g.kept::text) <= 262144 and (select count(*) from jsonb_object_keys(g.traits)) <= 10000
    order by g.id on conflict do nothing returning id, traits),
  noted as (
    insert into trait_change (workspace_id, customer_id, trait, new, at, source)
    select p_workspace, made.id, t.key, t.value, v_now, p_source from made, jsonb_each(made.traits) t)
  select coalesce(array_agg(id), '{}'), coalesce(array_agg(id) filter (where traits <> '{}'), '{}') into v_made, v_changed from made;

  with others as materialized (
    select g.id, g.traits from jsonb_to_recordset(p_rows) as g (id text, traits jsonb) where g.id not in (select unnest(v_made)) order by g.id),
  written as materialized (select id, tw_merge_traits(p_workspace, id, traits, null, p_source) as reply from others)
  select jsonb_build_object(
    'changed', coalesce(jsonb_agg(distinct tw_canonical(p_workspace, id)) filter (where reply -> 'changed' <> '[]'), '[]'),
    'tooLarge', coalesce(jsonb_agg(id) filter (where reply ? 'refused'), '[]')) into v_others from written;
  return jsonb_build_object('made', to_jsonb(v_made), 'changed', to_jsonb(v_changed) || (v_others -> 'changed'), 'tooLarge', v_others -> 'tooLarge');
end $$;

-- Merges the rows of a chunk of an import, [[row, id, traits]], those of one customer in their order, and notes the rows of those who would grow
-- too large. Answers as tw_merge_many, with the number of such rows as tooLarge.
create function tw_merge_chunk(p_workspace text, p_job text, p_number int, p_too_large text, p_judged boolean) returns jsonb language plpgsql as $$
declare
  v_rows jsonb := (select rows::jsonb from import_chunk where job_id = p_job and number = p_number);
  v_reply jsonb;
  v_errors int;
begin
  v_reply := tw_merge_many(p_workspace, (
    select coalesce(jsonb_agg(jsonb_build_object('id', id, 'traits', traits)), '[]') from (
      select r.value ->> 1 as id, case when count(*) = 1 then (array_agg(r.value -> 2))[1]
        else (select coalesce(jsonb_object_agg(t.key, t.value order by n.number), '{}')
          from unnest(array_agg(r.value -> 2 order by r.number)) with ordinality n (traits, number), jsonb_each(n.traits) t) end as traits
      from jsonb_array_elements(v_rows) with ordinality r (value, number) group by r.value ->> 1) given),
    '{"type":"import"}', p_judged);
  insert into job_error (job_id, row, value, message)
    select p_job, (r ->> 0)::int, r ->> 1, p_too_large from jsonb_array_elements(v_rows) r
    where v_reply -> 'tooLarge' ? (r ->> 1) on conflict do nothing;
  get diagnostics v_errors = row_count;
  return v_reply || jsonb_build_object('tooLarge', v_errors);
end $$;

create or replace function tw_customers_made() returns trigger language plpgsql as $$
declare
  v_workspace text;
begin
  if current_setting('tilework.judged', true) = 'on' then return null; end if;
  for v_workspace in select distinct workspace_id from made loop
    if (select audience_revision from workspace where id = v_workspace) = 0 and tw_audiences_hold(v_workspace) = 0 then continue; end if;
    insert into event (workspace_id, message_id, customer_id, type, event, properties, timestamp, partition)
    select workspace_id, 'evt_' || replace(gen_random_uuid()::text, '-', ''), id, 'change', '', '{}', clock_timestamp(),
      (hashtextextended(id, 0) & 63)::smallint
    from made where workspace_id = v_workspace;
    perform pg_notify('tilework_events', '');
  end loop;
  return null;
end $$;
