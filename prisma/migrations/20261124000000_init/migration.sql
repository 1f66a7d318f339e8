-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "workspace" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workspace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6),
    "last_used_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in" (
    "hash" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "used_at" TIMESTAMPTZ(6),

    CONSTRAINT "sign_in_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "journey" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "status" TEXT NOT NULL DEFAULT 'draft',
    "live_version" INTEGER,
    "draft_version" INTEGER,
    "pause_number" INTEGER NOT NULL DEFAULT 0,
    "paused_at" TIMESTAMPTZ(6),
    "paused_by" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "activated_at" TIMESTAMPTZ(6),
    "completed_at" TIMESTAMPTZ(6),

    CONSTRAINT "journey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "journey_version" (
    "journey_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "canvas" JSONB NOT NULL,
    "route" JSONB,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(6),

    CONSTRAINT "journey_version_pkey" PRIMARY KEY ("journey_id","version")
);

-- CreateTable
CREATE TABLE "event_trigger" (
    "workspace_id" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "journey_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "event_trigger_pkey" PRIMARY KEY ("workspace_id","event","journey_id","position")
);

-- CreateTable
CREATE TABLE "customer" (
    "workspace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "traits" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "customer_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "event" (
    "id" BIGSERIAL NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "properties" JSONB NOT NULL DEFAULT '{}',
    "context" JSONB NOT NULL DEFAULT '{}',
    "timestamp" TIMESTAMPTZ(6) NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "partition" SMALLINT NOT NULL,
    "routed_at" TIMESTAMPTZ(6),
    "error" TEXT,

    CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audience" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'list',
    "condition" JSONB,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audience_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audience_member" (
    "workspace_id" TEXT NOT NULL,
    "audience_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audience_member_pkey" PRIMARY KEY ("audience_id","customer_id")
);

-- CreateTable
CREATE TABLE "member" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "journey_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "customer_id" TEXT NOT NULL,
    "trigger_id" TEXT NOT NULL,
    "entry_key" TEXT NOT NULL DEFAULT '',
    "entry" JSONB NOT NULL DEFAULT '{}',
    "status" TEXT NOT NULL DEFAULT 'active',
    "tile_id" TEXT NOT NULL,
    "visit" INTEGER NOT NULL DEFAULT 1,
    "arrived_at" TIMESTAMPTZ(6) NOT NULL,
    "held_by" INTEGER,
    "entered_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "exited_at" TIMESTAMPTZ(6),
    "exit_reason" TEXT,
    "converted" BOOLEAN NOT NULL DEFAULT false,
    "error" JSONB,
    "parent_member_id" TEXT,
    "parent_tile_id" TEXT,

    CONSTRAINT "member_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "step" (
    "member_id" TEXT NOT NULL,
    "tile_id" TEXT NOT NULL,
    "visit" INTEGER NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "journey_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "arrived_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "from_tile" TEXT,
    "from_visit" INTEGER,
    "from_port" TEXT,
    "from_arrived_at" TIMESTAMPTZ(6),
    "decision" JSONB NOT NULL,
    "reads" JSONB,
    "output" JSONB,
    "met_by" BIGINT,
    "met_at" TIMESTAMPTZ(6),

    CONSTRAINT "step_pkey" PRIMARY KEY ("member_id","tile_id","visit")
);

-- CreateTable
CREATE TABLE "incident" (
    "id" BIGSERIAL NOT NULL,
    "member_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "journey_id" TEXT NOT NULL,
    "tile_id" TEXT NOT NULL,
    "visit" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "kind" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "dedupe" TEXT NOT NULL,

    CONSTRAINT "incident_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "key" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "tile_id" TEXT NOT NULL,
    "visit" INTEGER NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "journey_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "destination_id" TEXT,
    "action" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "round" INTEGER NOT NULL DEFAULT 1,
    "vendor_id" TEXT,
    "answer" JSONB,
    "error_code" TEXT,
    "error_message" TEXT,
    "next_retry_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "first_error_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "sent_at" TIMESTAMPTZ(6),

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "destination" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "config" JSONB NOT NULL DEFAULT '{}',
    "secrets" TEXT,
    "rate_limit" JSONB,
    "status" TEXT NOT NULL DEFAULT 'ready',
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "destination_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "secret" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "secret_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sandbox_message" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "customer_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "fields" JSONB NOT NULL,
    "member_id" TEXT NOT NULL,
    "tile_id" TEXT NOT NULL,

    CONSTRAINT "sandbox_message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'running',
    "subject" TEXT,
    "input" JSONB NOT NULL DEFAULT '{}',
    "total" INTEGER NOT NULL DEFAULT 0,
    "done" INTEGER NOT NULL DEFAULT 0,
    "entered" INTEGER NOT NULL DEFAULT 0,
    "refused" JSONB NOT NULL DEFAULT '{}',
    "error" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_row" (
    "job_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "customer_id" TEXT NOT NULL,
    "outcome" TEXT,
    "member_id" TEXT,

    CONSTRAINT "job_row_pkey" PRIMARY KEY ("job_id","position")
);

-- CreateTable
CREATE TABLE "refusal" (
    "journey_id" TEXT NOT NULL,
    "trigger_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "refusal_pkey" PRIMARY KEY ("journey_id","trigger_id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "workspace_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "status" INTEGER,
    "headers" JSONB,
    "body" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("workspace_id","key")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "id" BIGSERIAL NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "request_id" TEXT,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "api_key_workspace_id_id_idx" ON "api_key"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "journey_workspace_id_id_idx" ON "journey"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "event_trigger_journey_id_idx" ON "event_trigger"("journey_id");

-- CreateIndex
CREATE INDEX "event_workspace_id_customer_id_event_received_at_idx" ON "event"("workspace_id", "customer_id", "event", "received_at");

-- CreateIndex
CREATE INDEX "event_workspace_id_id_idx" ON "event"("workspace_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "event_workspace_id_message_id_key" ON "event"("workspace_id", "message_id");

-- CreateIndex
CREATE INDEX "audience_workspace_id_id_idx" ON "audience"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "audience_member_workspace_id_customer_id_idx" ON "audience_member"("workspace_id", "customer_id");

-- CreateIndex
CREATE INDEX "member_workspace_id_customer_id_journey_id_idx" ON "member"("workspace_id", "customer_id", "journey_id");

-- CreateIndex
CREATE INDEX "member_journey_id_status_id_idx" ON "member"("journey_id", "status", "id");

-- CreateIndex
CREATE INDEX "member_journey_id_tile_id_status_idx" ON "member"("journey_id", "tile_id", "status");

-- CreateIndex
CREATE UNIQUE INDEX "member_journey_id_trigger_id_key" ON "member"("journey_id", "trigger_id");

-- CreateIndex
CREATE INDEX "step_journey_id_tile_id_idx" ON "step"("journey_id", "tile_id");

-- CreateIndex
CREATE INDEX "step_journey_id_from_tile_from_port_idx" ON "step"("journey_id", "from_tile", "from_port");

-- CreateIndex
CREATE INDEX "incident_journey_id_kind_at_idx" ON "incident"("journey_id", "kind", "at");

-- CreateIndex
CREATE UNIQUE INDEX "incident_member_id_dedupe_key" ON "incident"("member_id", "dedupe");

-- CreateIndex
CREATE INDEX "delivery_member_id_idx" ON "delivery"("member_id");

-- CreateIndex
CREATE INDEX "delivery_journey_id_state_updated_at_idx" ON "delivery"("journey_id", "state", "updated_at");

-- CreateIndex
CREATE INDEX "destination_workspace_id_id_idx" ON "destination"("workspace_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "secret_workspace_id_name_key" ON "secret"("workspace_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_message_key_key" ON "sandbox_message"("key");

-- CreateIndex
CREATE INDEX "sandbox_message_workspace_id_customer_id_id_idx" ON "sandbox_message"("workspace_id", "customer_id", "id");

-- CreateIndex
CREATE INDEX "sandbox_message_workspace_id_id_idx" ON "sandbox_message"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "job_workspace_id_id_idx" ON "job"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "idempotency_key_expires_at_idx" ON "idempotency_key"("expires_at");

-- CreateIndex
CREATE INDEX "audit_log_workspace_id_id_idx" ON "audit_log"("workspace_id", "id");


