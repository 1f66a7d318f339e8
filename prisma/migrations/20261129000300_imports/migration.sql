-- What an import has to do yet, a thousand rows to a row; and the rows of a job that could not be done.
CREATE TABLE "import_chunk" (
    "job_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "size" INTEGER NOT NULL,
    "rows" TEXT NOT NULL,
    "merged" JSONB,

    CONSTRAINT "import_chunk_pkey" PRIMARY KEY ("job_id","number")
);

CREATE TABLE "job_error" (
    "job_id" TEXT NOT NULL,
    "row" INTEGER NOT NULL,
    "value" TEXT NOT NULL,
    "message" TEXT NOT NULL,

    CONSTRAINT "job_error_pkey" PRIMARY KEY ("job_id","row")
);
