-- The router looks for events that are not routed yet: few, whatever the size of the table.
create index event_unrouted on event (partition, id) where routed_at is null;
