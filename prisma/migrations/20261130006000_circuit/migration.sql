-- Destinations that fail in a row: while there is a row, their members wait, and one of them tries at `probe_at`.
create table destination_circuit (
  destination_id text primary key references destination (id) on delete cascade,
  opened_at timestamptz(6) not null default clock_timestamp(),
  probe_at timestamptz(6) not null,
  -- Tries that failed since it opened.
  probes int not null default 0,
  error_code text not null,
  error_message text not null
);
