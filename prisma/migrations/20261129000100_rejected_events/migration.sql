-- Events that were sent and could not be kept, with the reason: the newest of each workspace, for whoever mends the sender.
CREATE TABLE "rejected_event" (
    "id" BIGSERIAL NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "position" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "type" TEXT,
    "event" TEXT,
    "message_id" TEXT,
    "customer_id" TEXT,
    "raw" TEXT NOT NULL,

    CONSTRAINT "rejected_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "rejected_event_workspace_id_id_idx" ON "rejected_event"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "rejected_event_workspace_id_customer_id_idx" ON "rejected_event"("workspace_id", "customer_id");
