-- Names and types of events, properties and traits that came in, for editors. Written by the router, seldom.
CREATE TABLE "seen_name" (
    "workspace_id" TEXT NOT NULL,
    "of" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "samples" JSONB NOT NULL DEFAULT '[]',
    "first_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "seen_name_pkey" PRIMARY KEY ("workspace_id","of","name","type")
);

create index seen_event on seen_name (workspace_id, of) where name = '';
