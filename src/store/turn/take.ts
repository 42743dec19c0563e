import type pg from "pg";
import type { Account } from "../../domain/access.ts";
import { prepared, row } from "../sql.ts";
import { caseColumns, itemColumns, targetColumns } from "./rows.ts";
import type { CaseRow, ItemRow, TargetRow } from "./rows.ts";

/** How long a holder may work without renewing; the queue's job lock is as long (design section 5). */
export const leaseMs = 30_000;
/** An open intent may still be on its way to the target for this long: the whole-call time-out. */
const intentMayBeInFlightMs = 20_000;

export type Taken =
  | { kind: "taken"; case: CaseRow; target: TargetRow; items: ItemRow[]; accounts: Account[] }
  | { kind: "not-before"; until: Date }
  | { kind: "nothing" };

/**
 * Takes one target's turn: raises the fencing token, so that whoever held it before can commit nothing any more (I12).
 * It never waits for a lease. A write that the previous holder may still have on its way is waited out first.
 */
export async function takeTurn(pool: pg.Pool, caseId: string, target: string): Promise<Taken> {
  const [taken] = await prepared<TargetRow>(
    pool,
    "take-turn",
    `UPDATE case_target t
        SET fencing = t.fencing + 1, lease_until = clock_timestamp() + $3 * interval '1 ms', state = 'running',
            due_at = clock_timestamp(), updated_at = clock_timestamp()
       FROM cases c
      WHERE t.case_id = $1 AND t.target = $2 AND c.id = t.case_id
        AND c.state IN ('open', 'blocked', 'complete', 'complete_with_exceptions') AND NOT c.paused
        AND t.state <> 'finished' AND (t.due_at IS NULL OR t.due_at <= clock_timestamp() + interval '20 ms')
      RETURNING ${targetColumns}`,
    [caseId, target, leaseMs],
  );
  if (taken === undefined) return whyNothing(pool, caseId, target);

  const [rest] = await prepared<RestOfTurn>(pool, "rest-of-turn", restOfTurn, [caseId, target, intentMayBeInFlightMs]);
  if (rest === undefined || rest.case === null) return { kind: "nothing" };
  if (rest.inFlightUntil !== null) {
    await pool.query(
      `UPDATE case_target SET state = 'waiting', reason_code = 'write-in-flight', due_at = $4, lease_until = NULL,
              reason = 'A write of the previous worker may still be on its way'
        WHERE case_id = $1 AND target = $2 AND fencing = $3`,
      [caseId, target, taken.fencing, rest.inFlightUntil],
    );
    return { kind: "not-before", until: rest.inFlightUntil };
  }
  return {
    kind: "taken",
    case: withDates(rest.case, ["runStartedAt", "lastFreezeAt"]),
    target: taken,
    items: rest.items.map((item) => withDates(item, itemDates)),
    accounts: rest.accounts,
  };
}

interface RestOfTurn {
  case: CaseRow | null;
  items: ItemRow[];
  accounts: Account[];
  inFlightUntil: Date | null;
}

/** One round trip after the fencing token was raised: only then does it see every intent of the previous holder. */
const restOfTurn = `
  SELECT (SELECT to_jsonb(one) FROM (SELECT ${caseColumns} FROM cases c WHERE c.id = $1) one) AS "case",
         coalesce((SELECT jsonb_agg(to_jsonb(one) ORDER BY one.id) FROM
           (SELECT ${itemColumns} FROM item i WHERE i.case_id = $1 AND i.target = $2) one), '[]') AS items,
         coalesce((SELECT jsonb_agg(jsonb_build_object('id', account_id, 'label', label) ORDER BY account_id)
           FROM case_account WHERE case_id = $1 AND target = $2), '[]') AS accounts,
         (SELECT max(opened_at) + $3 * interval '1 ms' FROM intent
           WHERE case_id = $1 AND target = $2 AND closed_at IS NULL
             AND opened_at + $3 * interval '1 ms' > clock_timestamp()) AS "inFlightUntil"`;

const itemDates = [
  "createdAtTarget",
  "lastUsedAt",
  "expiresAt",
  "discoveredAt",
  "requestedAt",
  "outcomeAt",
  "verdictAt",
] as const satisfies readonly (keyof ItemRow)[];

/** JSON has no dates: these members arrive as text. */
function withDates<Row extends object>(found: Row, names: readonly (keyof Row)[]): Row {
  const dates = names.map((name) => [name, found[name] === null ? null : new Date(String(found[name]))] as const);
  return { ...found, ...Object.fromEntries(dates) };
}

async function whyNothing(pool: pg.Pool, caseId: string, target: string): Promise<Taken> {
  const due = await row<{ dueAt: Date }>(
    pool,
    `SELECT t.due_at AS "dueAt" FROM case_target t JOIN cases c ON c.id = t.case_id
      WHERE t.case_id = $1 AND t.target = $2 AND t.state <> 'finished' AND NOT c.paused AND t.due_at > clock_timestamp()
        AND c.state IN ('open', 'blocked', 'complete', 'complete_with_exceptions')`,
    [caseId, target],
  );
  return due === null ? { kind: "nothing" } : { kind: "not-before", until: due.dueAt };
}

/** Keeps the lease while a long step runs. False when the turn was taken by another worker. */
export async function renewLease(pool: pg.Pool, target: TargetRow): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE case_target SET lease_until = clock_timestamp() + $4 * interval '1 ms' WHERE case_id = $1 AND target = $2 AND fencing = $3`,
    [target.caseId, target.target, target.fencing, leaseMs],
  );
  return rowCount === 1;
}

/** The database's clock: the only one that orders looks, freezes and writes (I19). */
export async function databaseNow(pool: pg.Pool): Promise<Date> {
  const found = await row<{ at: Date }>(pool, `SELECT clock_timestamp()::timestamptz(3) AS at`);
  if (found === null) throw new Error("the database did not say what time it is");
  return found.at;
}
