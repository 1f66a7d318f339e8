-- What the monitor asks for by time. No step pays for these: each has an entry when a member enters, exits or is refused.
create index step_entry on step (journey_id, arrived_at) include (member_id) where from_tile is null;
create index member_exit on member (journey_id, exited_at) include (exit_reason, converted) where exited_at is not null;
create index refusal_at on refusal (journey_id, at) include (reason);
