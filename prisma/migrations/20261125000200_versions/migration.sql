-- Versions: drafts of live orchestrations, their publication, and the migration of members from one version to the next.

-- A version carries the orchestration's name and description as of its publication; a draft's become the orchestration's when it is
-- published. revision: grows with each change of a draft, its ETag.
alter table journey_version add column name text not null default '', add column description text not null default '',
  add column revision int not null default 1;
update journey_version v set name = j.name, description = j.description from journey j where j.id = v.journey_id;

create table migration (
  -- The job that tells how far it is.
  job_id text primary key,
  workspace_id text not null,
  journey_id text not null,
  from_version int not null,
  to_version int not null,
  -- Of every tile of from_version: {"do": stay | move | exit, "to"?}. While it is running a step asks for it (tw_plan).
  plan jsonb not null,
  -- What was asked for of the tiles that the publication did not name; the plan has all of them.
  default_do text not null default 'stay',
  -- running | done
  status text not null default 'running',
  created_at timestamptz(6) not null default clock_timestamp(),
  finished_at timestamptz(6)
);
-- One at a time.
create unique index migration_running on migration (journey_id) where status = 'running';

-- Members of a version that stand at some of its tiles.
create index member_version on member (journey_id, version, tile_id) where status <> 'exited';
