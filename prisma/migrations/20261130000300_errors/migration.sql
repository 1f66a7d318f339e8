-- What failed, newest first, of a workspace and of an orchestration; what is being tried again; who is parked. Partial: a delivery without an error
-- pays for none of them.
create index delivery_errors on delivery (workspace_id, updated_at, key) where error_code is not null;
create index delivery_errors_of on delivery (journey_id, updated_at, key) where error_code is not null;
create index delivery_retrying on delivery (workspace_id, updated_at, key) where error_code is not null and state in ('pending', 'sending');
create index member_parked on member (workspace_id, journey_id) where status = 'parked';
