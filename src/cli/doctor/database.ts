import { messageOf } from "../../domain/error.ts";
import type { Log } from "../../domain/ports.ts";
import { openPool } from "../../store/pool.ts";
import { row } from "../../store/sql.ts";
import { failure, ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

const largestSkewMs = 2_000;
const unsealedAlarmMs = 10_000;

/** A PostgreSQL that somebody else runs: reachable, new enough, in time, and ours. */
export async function checkDatabase(url: string, log: Log): Promise<Finding[]> {
  const pool = openPool({ url, max: 1, applicationName: "lastday doctor", log });
  try {
    const before = Date.now();
    const found = await row<{ version: string; number: number; now: Date; hasAudit: boolean }>(
      pool,
      `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
              clock_timestamp() AS now, to_regclass('audit_pending') IS NOT NULL AS "hasAudit"`,
    );
    if (found === null) return [failure("database", "The database gives no answer", "Look at its log.")];
    // The reply was under way for some of the time between the two readings of our clock.
    const halfway = (before + Date.now()) / 2;
    return [
      found.number >= 160_000
        ? ok("database", `PostgreSQL ${found.version}`)
        : failure("database", `PostgreSQL ${found.version} is too old`, "Use PostgreSQL 16 or later."),
      clockFinding(found.now.getTime() - halfway),
      ...(found.hasAudit ? [await sealFinding(pool)] : []),
    ];
  } catch (error) {
    return [
      failure("database", `The database cannot be used: ${reasonOf(error)}`, "Check database.url (DATABASE_URL)."),
    ];
  } finally {
    await pool.end();
  }
}

export function clockFinding(skewMs: number): Finding {
  const text = `this machine's clock and the database's differ by ${(Math.abs(skewMs) / 1_000).toFixed(1)} s`;
  return Math.abs(skewMs) <= largestSkewMs
    ? ok("clock", "agrees with the database's")
    : warning("clock", text, "Let both machines follow a time server: certificates carry these times.");
}

async function sealFinding(pool: Parameters<typeof row>[0]): Promise<Finding> {
  const oldest = await row<{ ageMs: number | null }>(
    pool,
    `SELECT (extract(epoch FROM clock_timestamp() - min(at)) * 1000)::float8 AS "ageMs" FROM audit_pending`,
  );
  const ageMs = oldest?.ageMs ?? 0;
  return ageMs <= unsealedAlarmMs
    ? ok("audit", "every row has its place in the chain")
    : warning(
        "audit",
        `a row has waited ${Math.round(ageMs / 1_000)} s for its place in the chain`,
        "Start a worker, or look into its log: the sealer runs there.",
      );
}

/** pg's messages name hosts, users and databases, never passwords; an aggregate error hides its parts. */
function reasonOf(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(messageOf).join("; ") : messageOf(error);
}
