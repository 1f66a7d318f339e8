-- Reusable templates and partials: each with published versions, which never change, and a draft at the most.
create table template (
  id text primary key,
  workspace_id text not null,
  name text not null,
  kind text not null check (kind in ('email', 'text', 'partial')),
  channel text,
  live_version int,
  draft_version int,
  revision int not null default 1,
  created_at timestamptz(6) not null default clock_timestamp(),
  updated_at timestamptz(6) not null default clock_timestamp()
);
create index template_workspace_id_id_idx on template (workspace_id, id);
-- Templates bring partials in by their names.
create unique index template_workspace_id_name_partial_key on template (workspace_id, name) where kind = 'partial';

-- content: texts by language. summary: what those texts fill, read and bring in.
create table template_version (
  template_id text not null references template (id) on delete cascade,
  version int not null,
  workspace_id text not null,
  content jsonb not null,
  summary jsonb not null,
  created_at timestamptz(6) not null default clock_timestamp(),
  published_at timestamptz(6),
  published_by text,
  primary key (template_id, version)
);
