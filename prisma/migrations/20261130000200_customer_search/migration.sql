-- Customers are found by how their id, email or name begins. Email and name are columns that follow the traits: an index over an expression of the
-- traits would have to be written at each change of any trait; one over a column only when the column changes.

-- A trait that is a text.
create function tw_text(p_traits jsonb, p_name text) returns text language sql immutable parallel safe as
$$ select case jsonb_typeof(p_traits -> p_name) when 'string' then p_traits ->> p_name end $$;

-- The name of a customer: the trait name, or firstName and lastName, as Segment's spec has them.
create function tw_name(p_traits jsonb) returns text language sql immutable parallel safe as $$
  select coalesce(nullif(trim(tw_text(p_traits, 'name')), ''),
    nullif(trim(coalesce(tw_text(p_traits, 'firstName'), '') || ' ' || coalesce(tw_text(p_traits, 'lastName'), '')), ''))
$$;

-- Cut: what an index can hold has an end.
alter table customer
  add column search_email text collate "C" generated always as (left(lower(tw_text(traits, 'email')), 255)) stored,
  add column search_name text collate "C" generated always as (left(lower(tw_name(traits)), 255)) stored;

create index customer_by_id on customer (workspace_id, (lower(id) collate "C"), id);
create index customer_by_email on customer (workspace_id, search_email, id) where search_email is not null;
create index customer_by_name on customer (workspace_id, search_name, id) where search_name is not null;
create index customer_newest on customer (workspace_id, created_at, id);
