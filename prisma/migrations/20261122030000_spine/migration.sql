-- The spine: people, notices, cases with their targets, steps and items, intents, evidence, audit, certificates.
-- Rollout: first migration, on an empty database.
-- Locks: none that anybody could wait for.

-- CreateTable
CREATE TABLE "person" (
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "user_name" TEXT NOT NULL,
    "user_name_lower" TEXT NOT NULL,
    "external_id" TEXT,
    "display_name" TEXT,
    "active" BOOLEAN NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "attributes" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person_email" (
    "person_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "value_lower" TEXT NOT NULL,
    "type" TEXT,

    CONSTRAINT "person_email_pkey" PRIMARY KEY ("person_id","position")
);

-- CreateTable
CREATE TABLE "notice" (
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "delivery_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "person_id" UUID,
    "case_id" UUID,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "effective_at" TIMESTAMPTZ(3),
    "effective_from" TEXT NOT NULL,
    "raw_sha256" BYTEA NOT NULL,

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notice_body" (
    "notice_id" UUID NOT NULL,
    "media_type" TEXT NOT NULL,
    "body" BYTEA NOT NULL,

    CONSTRAINT "notice_body_pkey" PRIMARY KEY ("notice_id")
);

-- CreateTable
CREATE TABLE "cases" (
    "id" UUID NOT NULL,
    "subject_kind" TEXT NOT NULL DEFAULT 'person',
    "person_id" UUID NOT NULL,
    "generation" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "notice_id" UUID,
    "state" TEXT NOT NULL,
    "state_reason" TEXT,
    "reason" TEXT,
    "requested_by" TEXT NOT NULL,
    "urgent" BOOLEAN NOT NULL DEFAULT false,
    "confidential" BOOLEAN NOT NULL DEFAULT false,
    "preserve" BOOLEAN NOT NULL DEFAULT false,
    "demo" BOOLEAN NOT NULL DEFAULT false,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "priority" TEXT NOT NULL DEFAULT 'ordinary',
    "effective_at" TIMESTAMPTZ(3),
    "effective_from" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "admitted_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),
    "run_id" UUID NOT NULL,
    "run_no" INTEGER NOT NULL DEFAULT 1,
    "run_started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "watches_done" INTEGER NOT NULL DEFAULT 0,
    "plan" JSONB NOT NULL,
    "plan_sha256" TEXT NOT NULL,
    "last_freeze_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cases_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run" (
    "id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "no" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "case_target" (
    "case_id" UUID NOT NULL,
    "target" TEXT NOT NULL,
    "connector" TEXT NOT NULL,
    "connector_version" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "step" TEXT NOT NULL DEFAULT 'resolve',
    "reason_code" TEXT,
    "reason" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "fencing" BIGINT NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "freeze" TEXT NOT NULL DEFAULT 'not-yet',
    "freeze_reason" TEXT,
    "frozen_at" TIMESTAMPTZ(3),
    "last_write_at" TIMESTAMPTZ(3),
    "settle_ms" INTEGER NOT NULL DEFAULT 0,
    "first_clean_at" TIMESTAMPTZ(3),
    "second_clean_at" TIMESTAMPTZ(3),
    "looks" INTEGER NOT NULL DEFAULT 0,
    "accounts_sha256" TEXT,
    "inventory" TEXT,
    "listed_at" TIMESTAMPTZ(3),
    "gaps" JSONB NOT NULL DEFAULT '[]',
    "run_id" UUID NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "case_target_pkey" PRIMARY KEY ("case_id","target")
);

-- CreateTable
CREATE TABLE "case_account" (
    "case_id" UUID NOT NULL,
    "target" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "strength" TEXT NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "case_account_pkey" PRIMARY KEY ("case_id","target","account_id")
);

-- CreateTable
CREATE TABLE "step" (
    "id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "target" TEXT NOT NULL,
    "run_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    "result" TEXT NOT NULL,
    "detail" JSONB NOT NULL,

    CONSTRAINT "step_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "item" (
    "id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "target" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "risk" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "created_at_target" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "discovered_at" TIMESTAMPTZ(3) NOT NULL,
    "run_id" UUID NOT NULL,
    "outcome" TEXT,
    "outcome_reason" TEXT,
    "requested_at" TIMESTAMPTZ(3),
    "outcome_at" TIMESTAMPTZ(3),
    "revoke_step_id" UUID,
    "revoke_evidence" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "verdict" TEXT,
    "grade" TEXT,
    "verdict_reason" TEXT,
    "verdict_at" TIMESTAMPTZ(3),
    "verify_evidence" TEXT,
    "looks" INTEGER NOT NULL DEFAULT 0,
    "disposition" TEXT,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "item_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "intent" (
    "id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "target" TEXT NOT NULL,
    "item_ref" TEXT,
    "operation" TEXT NOT NULL,
    "fencing" BIGINT NOT NULL,
    "generation" INTEGER NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),
    "status" INTEGER,

    CONSTRAINT "intent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidence" (
    "sha256" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "media_type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "evidence_body" (
    "sha256" TEXT NOT NULL,
    "body" BYTEA NOT NULL,

    CONSTRAINT "evidence_body_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "exchange" (
    "id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "target" TEXT NOT NULL,
    "step_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "status" INTEGER,
    "write" BOOLEAN NOT NULL,
    "request_id" TEXT,
    "sha256" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "exchange_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "case_id" UUID,
    "target" TEXT,
    "data" JSONB NOT NULL,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_seal" (
    "seq" BIGINT NOT NULL,
    "audit_id" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_seal_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "audit_pending" (
    "audit_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_pending_pkey" PRIMARY KEY ("audit_id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "case_id" UUID NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "certificate" (
    "id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "run_no" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "keyid" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "pae_sha256" TEXT NOT NULL,
    "supersedes" UUID,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "summary" JSONB NOT NULL,

    CONSTRAINT "certificate_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "certificate_body" (
    "certificate_id" UUID NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "certificate_body_pkey" PRIMARY KEY ("certificate_id")
);

-- CreateTable
CREATE TABLE "question" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "case_id" UUID,
    "target" TEXT,
    "person_id" UUID,
    "text" TEXT NOT NULL,
    "candidates" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "answered_at" TIMESTAMPTZ(3),
    "answered_by" TEXT,
    "answer" TEXT,

    CONSTRAINT "question_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account_link" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "target" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "confirmed_by" TEXT NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval" (
    "case_id" UUID NOT NULL,
    "token_id" UUID NOT NULL,
    "plan_sha256" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "approval_pkey" PRIMARY KEY ("case_id","token_id")
);

-- CreateTable
CREATE TABLE "token" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "source" TEXT,
    "role" TEXT,
    "prefix" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_bucket" (
    "key" TEXT NOT NULL,
    "tat" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "rate_bucket_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "sealed" (
    "target" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "ciphertext" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sealed_pkey" PRIMARY KEY ("target","field")
);

-- CreateTable
CREATE TABLE "preview" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "preview_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "preview_target" (
    "preview_id" UUID NOT NULL,
    "target" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "result" JSONB,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "preview_target_pkey" PRIMARY KEY ("preview_id","target")
);

-- CreateTable
CREATE TABLE "target_health" (
    "target" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'ok',
    "reason_code" TEXT,
    "reason" TEXT,
    "open_until" TIMESTAMPTZ(3),
    "last_success_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "target_health_pkey" PRIMARY KEY ("target")
);

-- CreateTable
CREATE TABLE "process" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "config_digest" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "process_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "person_source_external_id_idx" ON "person"("source", "external_id");

-- CreateIndex
CREATE INDEX "person_source_created_at_id_idx" ON "person"("source", "created_at", "id");

-- CreateIndex
CREATE INDEX "person_email_source_value_lower_idx" ON "person_email"("source", "value_lower");

-- CreateIndex
CREATE INDEX "notice_person_id_received_at_idx" ON "notice"("person_id", "received_at");

-- CreateIndex
CREATE UNIQUE INDEX "notice_source_delivery_id_key" ON "notice"("source", "delivery_id");

-- CreateIndex
CREATE INDEX "cases_person_id_generation_idx" ON "cases"("person_id", "generation");

-- CreateIndex
CREATE INDEX "cases_opened_at_id_idx" ON "cases"("opened_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "run_case_id_no_key" ON "run"("case_id", "no");

-- CreateIndex
CREATE INDEX "step_case_id_started_at_idx" ON "step"("case_id", "started_at");

-- CreateIndex
CREATE UNIQUE INDEX "item_case_id_target_kind_ref_key" ON "item"("case_id", "target", "kind", "ref");

-- CreateIndex
CREATE INDEX "intent_case_id_target_opened_at_idx" ON "intent"("case_id", "target", "opened_at");

-- CreateIndex
CREATE INDEX "exchange_case_id_at_idx" ON "exchange"("case_id", "at");

-- CreateIndex
CREATE INDEX "audit_case_id_id_idx" ON "audit"("case_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_seal_audit_id_key" ON "audit_seal"("audit_id");

-- CreateIndex
CREATE INDEX "outbox_not_before_id_idx" ON "outbox"("not_before", "id");

-- CreateIndex
CREATE UNIQUE INDEX "certificate_sha256_key" ON "certificate"("sha256");

-- CreateIndex
CREATE INDEX "certificate_case_id_issued_at_idx" ON "certificate"("case_id", "issued_at");

-- CreateIndex
CREATE INDEX "certificate_issued_at_id_idx" ON "certificate"("issued_at", "id");

-- CreateIndex
CREATE INDEX "question_case_id_idx" ON "question"("case_id");

-- CreateIndex
CREATE INDEX "account_link_person_id_target_idx" ON "account_link"("person_id", "target");

-- CreateIndex
CREATE INDEX "account_link_target_account_id_idx" ON "account_link"("target", "account_id");

-- CreateIndex
CREATE UNIQUE INDEX "token_sha256_key" ON "token"("sha256");

-- AddForeignKey
ALTER TABLE "person_email" ADD CONSTRAINT "person_email_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cases" ADD CONSTRAINT "cases_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_target" ADD CONSTRAINT "case_target_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_account" ADD CONSTRAINT "case_account_case_id_target_fkey" FOREIGN KEY ("case_id", "target") REFERENCES "case_target"("case_id", "target") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "step" ADD CONSTRAINT "step_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "item" ADD CONSTRAINT "item_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "certificate" ADD CONSTRAINT "certificate_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What follows Prisma cannot express.

-- A userName is unique per source among those not deleted: DELETE and a new POST of the same name must work (RFC 7644 section 3.6).
CREATE UNIQUE INDEX "person_user_name_live" ON "person"("source", "user_name_lower") WHERE "deleted_at" IS NULL;

-- I03: at most one case per person and generation that was not cancelled.
CREATE UNIQUE INDEX "cases_one_per_generation" ON "cases"("person_id", "generation") WHERE "state" <> 'cancelled';
-- The guard counts what it admitted, per source and window.
CREATE INDEX "cases_admitted" ON "cases"("source", "admitted_at") WHERE "admitted_at" IS NOT NULL;
-- The sweep reads what is due and nothing else.
CREATE INDEX "cases_due" ON "cases"("due_at") WHERE "due_at" IS NOT NULL;
CREATE INDEX "case_target_due" ON "case_target"("due_at") WHERE "due_at" IS NOT NULL;
CREATE INDEX "cases_open" ON "cases"("state", "opened_at") WHERE "state" NOT IN ('complete', 'complete_with_exceptions', 'cancelled');
-- I09: exactly one final certificate per case and run; a later run supersedes it by name.
CREATE UNIQUE INDEX "certificate_one_final_per_run" ON "certificate"("case_id", "run_no") WHERE "kind" = 'final';
CREATE UNIQUE INDEX "account_link_live" ON "account_link"("person_id", "target", "account_id") WHERE "ended_at" IS NULL;
CREATE UNIQUE INDEX "question_open" ON "question"("case_id", "target", "kind") NULLS NOT DISTINCT WHERE "answered_at" IS NULL AND "case_id" IS NOT NULL;
CREATE INDEX "intent_open" ON "intent"("case_id", "target") WHERE "closed_at" IS NULL;

ALTER TABLE "cases" ADD CONSTRAINT "cases_state_is_known" CHECK ("state" IN
  ('scheduled', 'open', 'awaiting_approval', 'blocked', 'complete', 'complete_with_exceptions', 'cancelled'));
ALTER TABLE "case_target" ADD CONSTRAINT "case_target_state_is_known" CHECK ("state" IN
  ('pending', 'running', 'waiting', 'retrying', 'blocked', 'awaiting_approval', 'finished'));
ALTER TABLE "case_target" ADD CONSTRAINT "case_target_step_is_known" CHECK ("step" IN
  ('resolve', 'freeze', 'discover', 'revoke', 'verify', 'done'));
ALTER TABLE "case_target" ADD CONSTRAINT "case_target_mode_is_known" CHECK ("mode" IN ('observe', 'enforce'));
ALTER TABLE "item" ADD CONSTRAINT "item_verdict_is_known" CHECK ("verdict" IN ('dead', 'alive', 'unknown'));
ALTER TABLE "item" ADD CONSTRAINT "item_grade_is_known" CHECK ("grade" IN ('probe', 'absence', 'state'));
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_digest_is_sha256" CHECK ("sha256" ~ '^[0-9a-f]{64}$');
ALTER TABLE "token" ADD CONSTRAINT "token_kind_is_known" CHECK ("kind" IN ('api', 'source'));

-- I10: audit and evidence are append-only, for every role that goes through SQL.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Bodies, names and salts may be removed, by "erase_person" alone, which sets this mark for its own transaction.
CREATE FUNCTION "refuse_change_unless_erasing"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('lastday.erasing', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only outside erasure: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit', 'audit_seal', 'evidence', 'exchange', 'certificate'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['evidence_body', 'notice_body', 'certificate_body'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change_unless_erasing()', name);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
END $$;

-- The sealer finds new audit rows here: an identity column alone does not tell which rows have committed.
CREATE FUNCTION "await_seal"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "audit_pending"("audit_id", "at") VALUES (NEW."id", NEW."at");
  RETURN NULL;
END $$;
CREATE TRIGGER "await_seal" AFTER INSERT ON "audit" FOR EACH ROW EXECUTE FUNCTION "await_seal"();

-- Erases what names a person. The roots and digests that certificates are made of stay, so they keep verifying.
CREATE FUNCTION "erase_person"(whom uuid, by_actor text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('lastday.erasing', 'on', true);
  DELETE FROM "notice_body" WHERE "notice_id" IN (SELECT "id" FROM "notice" WHERE "person_id" = whom);
  DELETE FROM "certificate_body" WHERE "certificate_id" IN
    (SELECT c."id" FROM "certificate" c JOIN "cases" k ON k."id" = c."case_id" WHERE k."person_id" = whom);
  DELETE FROM "evidence_body" WHERE "sha256" IN
    (SELECT e."sha256" FROM "exchange" e JOIN "cases" k ON k."id" = e."case_id" WHERE k."person_id" = whom)
    AND "sha256" NOT IN
    (SELECT e."sha256" FROM "exchange" e JOIN "cases" k ON k."id" = e."case_id" WHERE k."person_id" <> whom);
  DELETE FROM "person_email" WHERE "person_id" = whom;
  UPDATE "person" SET "user_name" = 'erased-' || "id", "user_name_lower" = 'erased-' || "id", "external_id" = NULL,
    "display_name" = NULL, "attributes" = '{}', "deleted_at" = coalesce("deleted_at", now()) WHERE "id" = whom;
  INSERT INTO "audit"("actor", "action", "data") VALUES (by_actor, 'person.erased', jsonb_build_object('personId', whom));
  PERFORM set_config('lastday.erasing', 'off', true);
END $$;
