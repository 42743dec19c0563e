import { seedItem, seedPerson, startCase, storeCertificate } from "../integration/http/support.ts";
import type { TestHttp } from "../integration/http/support.ts";

/** One case in each of the situations that look different. */
export interface SeededCases {
  works: string;
  blocked: string;
  retrying: string;
  waiting: string;
  done: string;
  held: string;
  fresh: string;
}

export async function seedCases(http: TestHttp): Promise<SeededCases> {
  const { pool } = http.database;
  const start = async (displayName: string): Promise<string> => {
    const userName = `${displayName.toLowerCase().replaceAll(" ", ".")}@acme.example`;
    return await startCase(http, { personId: await seedPerson(http.database, { displayName, userName }) });
  };
  const target = async (caseId: string, assignments: string): Promise<unknown> =>
    await pool.query(`UPDATE case_target SET ${assignments} WHERE case_id = $1 AND target = 'gateway'`, [caseId]);

  const works = await start("Mara Lindqvist");
  await target(works, `state = 'running', step = 'verify', "freeze" = 'frozen', frozen_at = now(), attempts = 2`);
  for (const [n, grade] of ["probe", "absence", "state"].entries())
    await seedItem(http.database, works, {
      state: "verified",
      outcome: "revoked",
      verdict: "dead",
      grade,
      verdictReason: "the proxy answered 401",
      label: `key …9f2${n}`,
    });
  await seedItem(http.database, works, {
    state: "failed",
    outcome: "revoked",
    verdict: "alive",
    grade: "probe",
    verdictReason: "the proxy answered 200",
    label: "key …77ab",
  });
  await pool.query(`UPDATE cases SET received_at = now() - interval '6 hours' WHERE id = $1`, [works]);

  const blocked = await start("Aiko Roy");
  await target(
    blocked,
    `state = 'blocked', reason_code = 'unauthorized', reason = 'The gateway refused our admin token (401). Nothing was revoked.'`,
  );
  await pool.query(`UPDATE cases SET state = 'blocked' WHERE id = $1`, [blocked]);
  await pool.query(
    `INSERT INTO question (id, kind, case_id, target, person_id, text, candidates)
     SELECT gen_random_uuid(), 'ambiguous-account', id, 'wiki', person_id, 'Which of these accounts at wiki are this person''s?', $2
       FROM cases WHERE id = $1`,
    [
      blocked,
      JSON.stringify(
        ["aroy", "aiko"].map((label) => ({
          account: { id: `u-${label}`, label },
          strength: "weak",
          reason: "name is alike",
        })),
      ),
    ],
  );

  const retrying = await start("Priya Okafor");
  await target(
    retrying,
    `state = 'retrying', reason = 'The gateway answered 429', due_at = now() + interval '1 minute'`,
  );
  const waiting = await start("Kofi Sharma");
  await target(waiting, `state = 'waiting', step = 'verify'`);

  const done = await start("Noah Kelly");
  await pool.query(`UPDATE case_target SET state = 'finished', step = 'done', finished_at = now() WHERE case_id = $1`, [
    done,
  ]);
  await seedItem(http.database, done, { state: "verified", outcome: "revoked", verdict: "dead", grade: "probe" });
  await pool.query(`UPDATE cases SET state = 'complete', completed_at = now() WHERE id = $1`, [done]);
  await storeCertificate(http.database, done, { kind: "final" });

  http.world.protected = ["held@acme.example"];
  const personId = await seedPerson(http.database, { userName: "held@acme.example", displayName: "Ines Hoffmann" });
  const { body } = await (await http.as("admin", "requester")).post("/api/v1/cases", { personId, reason: "role ends" });
  return {
    works,
    blocked,
    retrying,
    waiting,
    done,
    held: (body as { id: string }).id,
    fresh: await start("Jonas Novak"),
  };
}

/** Writes an audit row for a case and seals it, so that the event stream tells of it. */
export async function tell({ database: { pool } }: TestHttp, caseId: string): Promise<void> {
  await pool.query(
    `WITH entry AS (INSERT INTO audit (actor, action, case_id, data) VALUES ('worker', 'step.verify.ended', $1, '{}') RETURNING id)
     INSERT INTO audit_seal (seq, audit_id, sha256)
     SELECT (SELECT coalesce(max(seq), 0) + 1 FROM audit_seal), id, repeat('0', 64) FROM entry`,
    [caseId],
  );
}
