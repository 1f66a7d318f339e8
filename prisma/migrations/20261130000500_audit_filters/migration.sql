-- The audit log by who, by what it was done to, and by when.
create index audit_log_actor on audit_log (workspace_id, actor, id);
create index audit_log_subject on audit_log (workspace_id, subject, id);
create index audit_log_at on audit_log (workspace_id, at);
