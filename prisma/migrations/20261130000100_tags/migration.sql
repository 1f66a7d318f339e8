-- Words by which people find orchestrations. Of the orchestration, not of its versions.
alter table journey add column tags text[] not null default '{}';
