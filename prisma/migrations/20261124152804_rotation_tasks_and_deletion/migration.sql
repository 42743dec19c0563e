-- Why: a principal that was only switched off is deleted once `deleteAfter` has passed; a shared secret is rotated in steps
-- that survive a crash; what only a person can do is a task with an owner and a date, and ends with somebody's name.
-- Rollout: every column is new and has a default, so old and new workers run side by side; an old one leaves them alone.
-- Locks: ACCESS EXCLUSIVE on cases and item for the catalog change only; constant defaults need no rewrite and no scan.

-- AlterTable
ALTER TABLE "cases" ADD COLUMN     "delete_at" TIMESTAMPTZ(3),
ADD COLUMN     "deleting" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "item" ADD COLUMN     "disposed_at" TIMESTAMPTZ(3),
ADD COLUMN     "disposed_by" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "disposed_reason" TEXT,
ADD COLUMN     "principal" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "rotation" JSONB,
ADD COLUMN     "task" JSONB;

ALTER TABLE "item" ADD CONSTRAINT "item_disposition_is_known"
  CHECK ("disposition" IN ('attested', 'excepted', 'reported', 'observed')) NOT VALID;

-- What waits for a person, oldest date first: `GET /api/v1/tasks`.
CREATE INDEX "item_open_task" ON "item" ((("task" ->> 'dueAt')), "id") WHERE "task" IS NOT NULL;
