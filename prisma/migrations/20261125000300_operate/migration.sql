-- How far the look for members whose workflows were ended from outside has come.
create table reconciliation (
  name text primary key,
  -- When a look began last, in any process.
  claimed_at timestamptz not null,
  -- Everything that closed before this has been looked at; null before the first look ended.
  watermark timestamptz
);

-- Work that has not ended is looked for now and then: little, whatever the size of the table.
create index job_unfinished on job (kind, subject) where status = 'running';

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
