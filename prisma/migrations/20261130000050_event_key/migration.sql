-- One key does what the primary key and the index of the debugger's list did: every event that is kept pays for one index less.
alter table event drop constraint event_pkey;
alter table event add constraint event_pkey primary key (workspace_id, id, received_at);
drop index event_workspace_id_id_idx;
