-- Notes for people on the canvas: of the orchestration, not of its versions, so that what runs never holds one. No row: there never was a note.
create table journey_notes (
  journey_id text primary key,
  workspace_id text not null,
  notes jsonb not null,
  revision int not null
);
