-- Profiles: each trait has the instant of its last write, and its changes are kept.

-- Trait to the instant of its last write, ms since 1970; of one that was removed too.
alter table customer add column trait_times jsonb not null default '{}';
update customer set trait_times = (
  select coalesce(jsonb_object_agg(key, floor(extract(epoch from updated_at) * 1000)::bigint), '{}') from jsonb_object_keys(traits) key);

-- What changed in profiles. Insert-only.
create table trait_change (
  id bigserial primary key,
  workspace_id text not null,
  customer_id text not null,
  trait text not null,
  -- Null: there was none, there is none.
  old jsonb,
  new jsonb,
  -- The instant of the write that changed it: of an event its timestamp.
  at timestamptz(6) not null,
  -- store/customers.ts TraitSource
  source jsonb not null
);
create index trait_change_workspace_id_customer_id_id_idx on trait_change (workspace_id, customer_id, id);

create function tw_ms(p timestamptz) returns bigint language sql immutable parallel safe as
$$ select floor(extract(epoch from p) * 1000)::bigint $$;

-- Puts traits in place of those of a customer, whose row the caller has locked, and keeps what changed. p_names: those that were written.
-- Answers {changed: [names]}; or {refused: traits | bytes}, and nothing is written.
create function tw_put_traits(p_customer customer, p_traits jsonb, p_times jsonb, p_names text[], p_at timestamptz, p_source jsonb)
returns jsonb language plpgsql as $$
declare
  v_changed text[] := array(select name from unnest(p_names) name where p_customer.traits -> name is distinct from p_traits -> name);
begin
  if p_customer.traits = p_traits and p_customer.trait_times = p_times then return '{"changed":[]}'; end if;
  if (select count(*) from jsonb_object_keys(p_times)) > 10000 then return '{"refused":"traits"}'; end if;
  if cardinality(v_changed) > 0 and octet_length(p_traits::text) > 262144 then return '{"refused":"bytes"}'; end if;
  -- Who decided by what the profile said (updated_at) need not decide again when it says the same.
  update customer set traits = p_traits, trait_times = p_times,
    updated_at = case when cardinality(v_changed) > 0 then clock_timestamp() else updated_at end
  where workspace_id = p_customer.workspace_id and id = p_customer.id;
  insert into trait_change (workspace_id, customer_id, trait, old, new, at, source)
  select p_customer.workspace_id, p_customer.id, name, p_customer.traits -> name, p_traits -> name, p_at, p_source from unnest(v_changed) name;
  return jsonb_build_object('changed', to_jsonb(v_changed));
end $$;

-- The instants of some traits, of which those named are written at p_at; never earlier than they were.
create function tw_times(p_times jsonb, p_names text[], p_at timestamptz) returns jsonb language sql immutable as $$
  select p_times || coalesce(jsonb_object_agg(name, greatest(tw_ms(p_at), (p_times ->> name)::bigint)), '{}') from unnest(p_names) name
$$;

-- The row of a customer, locked; made when it is missing.
create function tw_lock_customer(p_workspace text, p_customer text) returns customer language plpgsql as $$
declare
  v_customer customer;
begin
  select * into v_customer from customer where workspace_id = p_workspace and id = p_customer for update;
  if not found then
    insert into customer (workspace_id, id) values (p_workspace, p_customer) on conflict do nothing;
    select * into v_customer from customer where workspace_id = p_workspace and id = p_customer for update;
  end if;
  return v_customer;
end $$;

-- Merges traits into a profile; null removes one. p_at: the instant of the write; a trait that was written later than that stays. Null: now, which
-- nothing is later than. Answers as tw_put_traits.
create function tw_merge_traits(p_workspace text, p_customer text, p_patch jsonb, p_at timestamptz, p_source jsonb)
returns jsonb language plpgsql as $$
declare
  v_at timestamptz := coalesce(p_at, clock_timestamp());
  v_customer customer := tw_lock_customer(p_workspace, p_customer);
  v_patch jsonb := (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(p_patch)
    where p_at is null or coalesce((v_customer.trait_times ->> key)::bigint, 0) <= tw_ms(p_at));
  v_names text[] := array(select jsonb_object_keys(v_patch));
  v_traits jsonb := v_customer.traits || v_patch;
begin
  if exists (select from jsonb_each(v_patch) where jsonb_typeof(value) = 'null') then
    select coalesce(jsonb_object_agg(key, value), '{}') into v_traits from jsonb_each(v_traits) where jsonb_typeof(value) <> 'null';
  end if;
  return tw_put_traits(v_customer, v_traits, tw_times(v_customer.trait_times, v_names, v_at), v_names, v_at, p_source);
end $$;

-- The changes of an updateProfile tile, made now. A profile that would grow too large stays as it was, and the journal says so.
create function tw_change_profile(p_member text, p_tile text, p_visit int, p_changes jsonb, p_now timestamptz) returns void language plpgsql as $$
declare
  v_member member;
  v_customer customer;
  v_names text[] := array(select distinct value ->> 'trait' from jsonb_array_elements(p_changes));
  v_reply jsonb;
begin
  select * into v_member from member where id = p_member;
  v_customer := tw_lock_customer(v_member.workspace_id, v_member.customer_id);
  v_reply := tw_put_traits(v_customer, tw_apply_changes(v_customer.traits, p_changes), tw_times(v_customer.trait_times, v_names, p_now), v_names,
    p_now, jsonb_build_object('type', 'tile', 'memberId', p_member, 'tileId', p_tile));
  if v_reply ? 'refused' then
    perform tw_incident(v_member, p_tile, p_visit, p_now, 'failed', jsonb_build_object('code', 'too_large', 'message',
      case v_reply ->> 'refused' when 'bytes' then 'The traits of a customer take at most 256 KB.'
        else 'A customer has at most 10,000 traits, those that were removed among them.' end || ' Nothing was changed.'),
      'failed:' || p_tile || ':' || p_visit || ':profile');
  end if;
end $$;

-- The step of a tile that sends nothing. Answers the decision, what stopped the member, or {do: stale} when the customer has changed since
-- p_seen, when the decision was made. The customer's row is locked against changes until the commit: who changes it then sees the arrival.
create or replace function tw_step(
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
    -- A workflow that was reset after its member had left has nothing to walk or to wait for.
    return coalesce((select jsonb_build_object('do', 'gone', 'reason', exit_reason) from member
      where id = p_member and status = 'exited' and v_prior ->> 'do' <> 'exit'), v_prior);
  end if;
  if p_seen is not null then
    -- The member's row before the customer's, in every step.
    perform from member where id = p_member for update;
    perform from member m join customer c on c.workspace_id = m.workspace_id and c.id = m.customer_id
      where m.id = p_member and c.updated_at::text = p_seen for share of c;
    if not found then return '{"do":"stale"}'; end if;
  end if;
  v_stopped := tw_arrive(p_member, p_journey, p_tile, p_visit, p_from_tile, p_from_visit, p_from_port, p_decision, p_reads, p_began, v_now);
  if v_stopped is not null then return v_stopped; end if;
  if p_changes is not null then perform tw_change_profile(p_member, p_tile, p_visit, p_changes, v_now); end if;
  if p_decision ->> 'do' = 'exit' then
    perform tw_exit(p_member, v_now, p_decision ->> 'reason', (p_decision ->> 'converted')::boolean);
  end if;
  return p_decision;
end $$;
