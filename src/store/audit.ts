import type { Queryable } from "./sql.ts";

export interface AuditEntry {
  /** `token:<name>`, `source:<name>`, `worker`, `system`; never a person's name. */
  actor: string;
  /** Noun and past participle: `case.opened`. */
  action: string;
  caseId?: string | null;
  target?: string | null;
  data?: Record<string, unknown>;
}

/** Writes audit in the caller's transaction (I11): if it cannot be written, the change does not happen. */
export async function audit(client: Queryable, entry: AuditEntry): Promise<void> {
  await client.query({
    name: "audit-insert",
    text: `INSERT INTO audit (actor, action, case_id, target, data) VALUES ($1, $2, $3, $4, $5)`,
    values: [entry.actor, entry.action, entry.caseId ?? null, entry.target ?? null, JSON.stringify(entry.data ?? {})],
  });
}

/** Asks the relay to bring a case to the queue; commits with the caller's transaction. */
export async function wake(client: Queryable, caseId: string): Promise<void> {
  await client.query({
    name: "outbox-wake",
    text: `INSERT INTO outbox (kind, case_id) VALUES ('wake', $1)`,
    values: [caseId],
  });
}
