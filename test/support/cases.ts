import { createHash } from "node:crypto";
import type { Pool } from "pg";
import type { Mode } from "../../src/domain/case.ts";
import { newId } from "../../src/domain/id.ts";
import { freezePlan } from "../../src/stages/plan/freeze-plan.ts";
import { createCaseOpener } from "../../src/store/open-case.ts";
import type { CaseOpener, OpenCaseInput } from "../../src/store/open-case.ts";
import { inTransaction } from "../../src/store/pool.ts";

export interface OpenerOptions {
  targets?: readonly { name: string; mode?: Mode }[];
  guard?: { tenMinutes: number; day: number };
}

/** A case opener as the runtime makes it, over targets that no connector has to serve. */
export function anOpener({
  targets = [{ name: "kong" }],
  guard = { tenMinutes: 5, day: 20 },
}: OpenerOptions = {}): CaseOpener {
  const plan = freezePlan({
    v: 1,
    targets: targets.map(({ name, mode = "enforce" }) => ({
      name,
      connector: "gateway-keys",
      connectorVersion: "1",
      mode,
    })),
    policy: { lookGapMs: 5_000, watchMs: [3_600_000], slaMs: 14_400_000, deleteAfterMs: 2_592_000_000 },
  });
  return createCaseOpener({ plan, guard, demo: false });
}

/** Someone a source told us about, already gone unless said otherwise. */
export async function aPerson(
  pool: Pool,
  { active = false, source = "okta" } = {},
): Promise<{ id: string; generation: number }> {
  const id = newId();
  await pool.query(
    `INSERT INTO person (id, source, user_name, user_name_lower, active, generation, attributes) VALUES ($1, $2, $3, $3, $4, 2, '{}')`,
    [id, source, `person-${id}`, active],
  );
  return { id, generation: 2 };
}

/** Opens a case as a door does: with the person's row locked, in one transaction. */
export async function openACase(
  pool: Pool,
  opener: CaseOpener,
  person: { id: string; generation: number },
  more: Partial<Omit<OpenCaseInput, "notice" | "person">> & { source?: string } = {},
) {
  const { source = "okta", ...input } = more;
  return inTransaction(pool, async (client) => {
    await client.query(`SELECT 1 FROM person WHERE id = $1 FOR UPDATE`, [person.id]);
    const raw = createHash("sha256").update(person.id).digest();
    return opener.openCase(client, {
      notice: {
        source,
        deliveryId: newId(),
        kind: "deactivated",
        personId: person.id,
        effectiveAt: null,
        effectiveFrom: "unknown",
        raw,
        mediaType: "application/scim+json",
      },
      person,
      requestedBy: `source:${source}`,
      reason: null,
      urgent: false,
      hold: null,
      startAt: null,
      ...input,
    });
  });
}
