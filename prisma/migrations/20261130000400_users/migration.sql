-- Who signs in is a user with a role. Sessions from before belong to nobody and end.
create table app_user (
  id text primary key,
  workspace_id text not null,
  name text not null,
  email text,
  role text not null,
  revision int not null default 1,
  created_at timestamptz(6) not null default clock_timestamp(),
  updated_at timestamptz(6) not null default clock_timestamp(),
  -- The row stays: the audit log names its user.
  removed_at timestamptz(6)
);
create index app_user_workspace_id_id_idx on app_user (workspace_id, id);
create unique index app_user_email on app_user (workspace_id, lower(email)) where removed_at is null;

delete from sign_in;
alter table sign_in add column user_id text not null;
create index sign_in_user_id_idx on sign_in (user_id);
