import { openIntent } from "../../../src/store/turn/intent.ts";
import { settle } from "../../../src/store/turn/settle.ts";
import { takeTurn } from "../../../src/store/turn/take.ts";
import type { Taken } from "../../../src/store/turn/take.ts";
import { row, rows } from "../../../src/store/sql.ts";
import { aPerson, anOpener, openACase } from "../../support/cases.ts";
import type { OpenerOptions } from "../../support/cases.ts";
import { useDatabase } from "../../support/database.ts";

type Held = Extract<Taken, { kind: "taken" }>;

describe("a turn at one target", () => {
  const database = useDatabase();

  async function aCase(options: OpenerOptions = {}) {
    const person = await aPerson(database.pool);
    const { caseId } = await openACase(
      database.pool,
      anOpener({ guard: { tenMinutes: 1_000, day: 1_000 }, ...options }),
      person,
    );
    return { caseId, person };
  }

  async function take(caseId: string, target = "kong"): Promise<Held> {
    const taken = await takeTurn(database.pool, caseId, target);
    if (taken.kind !== "taken") throw new Error(`expected a turn, got ${taken.kind}`);
    return taken;
  }

  const write = { operation: "deleteKey", itemRef: "key/1" };

  it("I12 lets only the last one who took it commit", async () => {
    const { caseId } = await aCase();
    const first = await take(caseId);
    const second = await take(caseId);

    const late = { ...first, target: { ...first.target, reason: "from the past" } };
    await expect(settle(database.pool, { case: late.case, target: late.target, release: true })).rejects.toMatchObject({
      code: "lease-lost",
    });
    await expect(openIntent(database.pool, first, write)).rejects.toMatchObject({ code: "lease-lost" });
    await settle(database.pool, { case: second.case, target: { ...second.target, reason: "from now" }, release: true });

    const now = await row(database.pool, `SELECT reason FROM case_target WHERE case_id = $1`, [caseId]);
    expect(now).toEqual({ reason: "from now" });
  });

  it("I12 a lost turn leaves no step, item, evidence or audit behind", async () => {
    const { caseId } = await aCase();
    const lost = await take(caseId);
    await take(caseId);
    const bytes = Buffer.from(`{"of":"${caseId}"}`);
    const sha256 = "0".repeat(63) + "1";

    const attempt = settle(database.pool, {
      case: lost.case,
      target: lost.target,
      release: true,
      step: { id: caseId, kind: "discover", startedAt: new Date(), result: "found", detail: {} },
      exchanges: [{ operation: "list", status: 200, write: false, requestId: null, sha256, bytes, at: new Date() }],
    });

    await expect(attempt).rejects.toMatchObject({ code: "lease-lost" });
    expect(await rows(database.pool, `SELECT 1 FROM step WHERE case_id = $1`, [caseId])).toEqual([]);
    expect(await rows(database.pool, `SELECT 1 FROM evidence WHERE sha256 = $1`, [sha256])).toEqual([]);
    expect(
      await rows(database.pool, `SELECT 1 FROM audit WHERE case_id = $1 AND action LIKE 'step.%'`, [caseId]),
    ).toEqual([]);
  });

  it.each<{ name: string; change: string; code: string }>([
    {
      name: "I04 whose person is active again",
      change: `UPDATE person SET active = true WHERE id = $2`,
      code: "person-active",
    },
    {
      name: "I04 whose person has another generation",
      change: `UPDATE person SET generation = generation + 1 WHERE id = $2`,
      code: "person-active",
    },
    {
      name: "I21 that was cancelled",
      change: `UPDATE cases SET state = 'cancelled' WHERE id = $1`,
      code: "case-cancelled",
    },
    { name: "that is paused", change: `UPDATE cases SET paused = true WHERE id = $1`, code: "case-paused" },
    {
      name: "whose target is only observed",
      change: `UPDATE case_target SET mode = 'observe' WHERE case_id = $1`,
      code: "observe-only",
    },
  ])("$name has no intent, so no write leaves", async ({ change, code }) => {
    const { caseId, person } = await aCase();
    const held = await take(caseId);
    await database.pool.query(change.replace("$2", `'${person.id}'`).replace("$1", `'${caseId}'`));

    await expect(openIntent(database.pool, held, write)).rejects.toMatchObject({ code });

    expect(await rows(database.pool, `SELECT 1 FROM intent WHERE case_id = $1`, [caseId])).toEqual([]);
  });

  it("I21 a cancel that has been acknowledged precedes every later intent, whoever came first to the lock", async () => {
    for (let round = 0; round < 20; round += 1) {
      const { caseId } = await aCase();
      const held = await take(caseId);
      const [intent, cancelled] = await Promise.all([
        openIntent(database.pool, held, write).then(
          () => "written" as const,
          () => "refused" as const,
        ),
        database.pool
          .query<{ at: Date }>(
            `UPDATE cases SET state = 'cancelled' WHERE id = $1 RETURNING clock_timestamp()::timestamptz(3) AS at`,
            [caseId],
          )
          .then((result) => result.rows[0]?.at ?? new Date(0)),
      ]);
      if (intent === "refused") continue;
      const opened = await row<{ at: Date }>(database.pool, `SELECT opened_at AS at FROM intent WHERE case_id = $1`, [
        caseId,
      ]);
      expect(opened?.at.getTime()).toBeLessThanOrEqual(cancelled.getTime());
    }
  });

  it("I06 waits out a write that the previous holder may still have on its way", async () => {
    const { caseId } = await aCase();
    await openIntent(database.pool, await take(caseId), write);

    expect(await takeTurn(database.pool, caseId, "kong")).toMatchObject({ kind: "not-before" });

    await database.pool.query(`UPDATE intent SET opened_at = opened_at - interval '21 s' WHERE case_id = $1`, [caseId]);
    await database.pool.query(`UPDATE case_target SET due_at = now() WHERE case_id = $1`, [caseId]);
    expect(await takeTurn(database.pool, caseId, "kong")).toMatchObject({ kind: "taken" });
  });

  it.each<{ name: string; change: string; kind: string }>([
    {
      name: "a finished target",
      change: `UPDATE case_target SET state = 'finished' WHERE case_id = $1`,
      kind: "nothing",
    },
    { name: "a held case", change: `UPDATE cases SET state = 'awaiting_approval' WHERE id = $1`, kind: "nothing" },
    { name: "a cancelled case", change: `UPDATE cases SET state = 'cancelled' WHERE id = $1`, kind: "nothing" },
    {
      name: "a target whose time has not come",
      change: `UPDATE case_target SET due_at = now() + interval '1 h' WHERE case_id = $1`,
      kind: "not-before",
    },
  ])("T27 a job for $name has no effect", async ({ change, kind }) => {
    const { caseId } = await aCase();
    await database.pool.query(change, [caseId]);

    expect(await takeTurn(database.pool, caseId, "kong")).toMatchObject({ kind });
  });

  it("T27 jobs for cases that do not exist have no effect", async () => {
    expect(await takeTurn(database.pool, "01a20144-0000-7000-8000-000000000000", "kong")).toEqual({ kind: "nothing" });
    const { caseId } = await aCase();
    expect(await takeTurn(database.pool, caseId, "no-such-target")).toEqual({ kind: "nothing" });
  });

  it("I09 a freeze that ends elsewhere voids the clean looks of a finished target and wakes the case", async () => {
    const { caseId } = await aCase({ targets: [{ name: "kong" }, { name: "late" }] });
    const kong = await take(caseId, "kong");
    const now = new Date();
    await settle(database.pool, {
      case: kong.case,
      target: {
        ...kong.target,
        state: "finished",
        step: "done",
        firstCleanAt: now,
        secondCleanAt: now,
        finishedAt: now,
        dueAt: null,
      },
      release: true,
    });
    const late = await take(caseId, "late");
    await settle(database.pool, {
      case: late.case,
      target: { ...late.target, step: "discover", freeze: "frozen" },
      release: true,
      freezeEnded: true,
    });

    const again = await row(
      database.pool,
      `SELECT state, step, first_clean_at AS first FROM case_target WHERE case_id = $1 AND target = 'kong'`,
      [caseId],
    );
    expect(again).toEqual({ state: "pending", step: "verify", first: null });
    expect(
      await rows(database.pool, `SELECT 1 FROM outbox WHERE case_id = $1 AND kind = 'wake'`, [caseId]),
    ).toHaveLength(1);
  });

  it("I09 a target cannot finish on a look that is older than a freeze elsewhere", async () => {
    const { caseId } = await aCase({ targets: [{ name: "kong" }, { name: "late" }] });
    const kong = await take(caseId, "kong");
    const before = new Date(Date.now() - 60_000);
    const late = await take(caseId, "late");
    await settle(database.pool, {
      case: late.case,
      target: { ...late.target, freeze: "frozen" },
      release: true,
      freezeEnded: true,
    });

    const finish = settle(database.pool, {
      case: kong.case,
      target: {
        ...kong.target,
        state: "finished",
        step: "done",
        firstCleanAt: before,
        secondCleanAt: before,
        dueAt: null,
      },
      release: true,
    });

    await expect(finish).rejects.toMatchObject({ code: "look-voided" });
  });
});
