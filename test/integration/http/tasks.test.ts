import { taskView } from "../../../src/http/views/task.ts";
import { auditOf, seedItem, startCase, useHttp } from "./support.ts";
import type { SeedItem } from "./support.ts";

const http = useHttp();
const task = {
  what: "Replace DATABASE_URL where it was issued",
  owner: "team-data",
  dueAt: "2026-12-01T00:00:00.000Z",
};

/** A case that waits for somebody to replace a secret by hand. */
async function byHand(seed: Partial<SeedItem> = {}): Promise<{ caseId: string; taskId: string }> {
  const caseId = await startCase(http);
  const taskId = await seedItem(http.database, caseId, {
    state: "blocked",
    outcome: "pending",
    verdict: "unknown",
    grade: "state",
    label: "DATABASE_URL",
    task,
    ...seed,
  });
  await http.database.pool.query(
    `UPDATE case_target SET state = 'blocked', reason_code = 'task', due_at = now() + interval '1 h' WHERE case_id = $1 AND target = 'gateway'`,
    [caseId],
  );
  await http.database.pool.query(`DELETE FROM outbox`);
  return { caseId, taskId };
}

async function standing(caseId: string, taskId: string): Promise<unknown> {
  const { rows } = await http.database.pool.query(
    `SELECT i.state, i.disposition, i.disposed_by AS by, i.verdict, t.due_at <= now() AS due,
            (SELECT count(*)::int FROM outbox WHERE case_id = $1) AS wakes
       FROM item i JOIN case_target t ON t.case_id = i.case_id AND t.target = 'gateway' WHERE i.case_id = $1 AND i.id = $2`,
    [caseId, taskId],
  );
  return rows[0];
}

describe("tasks", () => {
  it("are listed with owner and date, what is due first comes first, a page at a time", async () => {
    const viewer = await http.as("viewer");
    expect((await viewer.get("/api/v1/tasks")).body).toEqual({ items: [], next: null });

    const later = await byHand({ task: { ...task, dueAt: "2026-12-24T00:00:00.000Z" } });
    const sooner = await byHand();
    const first = await viewer.get("/api/v1/tasks?limit=1");
    const second = await viewer.get(`/api/v1/tasks?limit=1&cursor=${(first.body as { next: string }).next}`);

    const [one] = (first.body as { items: unknown[] }).items;
    expect(taskView.parse(one)).toMatchObject({ id: sooner.taskId, ...task, open: true, closed: null });
    expect(second.body).toMatchObject({ items: [{ id: later.taskId }], next: null });
    expect((await viewer.get(`/api/v1/cases/${sooner.caseId}`)).body).toMatchObject({
      itemList: [{ id: sooner.taskId, task, status: { badge: "blocked", word: "Needs you" } }],
    });
  });

  it("T30 close when a named person attests: who, why, and another look at once", async () => {
    const { caseId, taskId } = await byHand();
    const operator = await http.as("operator", "dana");

    const response = await operator.post(`/api/v1/tasks/${taskId}/attestation`, { reason: "replaced in the vault" });

    expect(response.status).toBe(200);
    expect(taskView.parse(response.body)).toMatchObject({
      open: false,
      closed: "attested",
      closedBy: ["token:dana"],
      reason: "replaced in the vault",
    });
    expect(await standing(caseId, taskId)).toEqual({
      state: "attested",
      disposition: "attested",
      by: ["token:dana"],
      verdict: "unknown",
      due: true,
      wakes: 1,
    });
    expect(await auditOf(http.database, caseId)).toContain("token:dana task.attested");
    const again = await operator.post(`/api/v1/tasks/${taskId}/attestation`, { reason: "replaced twice" });
    expect(again.body).toMatchObject({ status: 409, code: "already-answered" });
  });

  it("T48 are not attested away while the old value is seen working", async () => {
    const { caseId, taskId } = await byHand({ verdict: "alive", grade: "probe" });
    const operator = await http.as("operator");

    const response = await operator.post(`/api/v1/tasks/${taskId}/attestation`, { reason: "replaced, I think" });

    expect(response.body).toMatchObject({ status: 409, code: "still-works" });
    expect(await standing(caseId, taskId)).toMatchObject({ disposition: null, wakes: 0 });
  });

  it("T12 take the old value to be tried, sealed, in no answer, row or audit", async () => {
    const { caseId, taskId } = await byHand();
    const operator = await http.as("operator");
    const value = "canary-old-value-4711";

    const response = await operator.post(`/api/v1/tasks/${taskId}/old-value`, { value });

    expect(response.status).toBe(202);
    expect(taskView.parse(response.body)).toMatchObject({ open: true, closed: null });
    expect([...(http.world.sealed ?? new Map<string, string>())]).toEqual([
      [`${caseId}/gateway/key-auth/${taskId}`, value],
    ]);
    expect(await standing(caseId, taskId)).toMatchObject({ disposition: null, due: true, wakes: 1 });
    const audit = await http.database.pool.query(`SELECT data::text FROM audit WHERE case_id = $1`, [caseId]);
    expect(JSON.stringify([response.body, audit.rows])).not.toContain("canary");
  });

  it("say where a value can be sealed when this process cannot", async () => {
    const { taskId } = await byHand();
    const operator = await http.as("operator");
    const { sealed } = http.world;
    http.world.sealed = null;
    try {
      const response = await operator.post(`/api/v1/tasks/${taskId}/old-value`, { value: "old" });
      expect(response.body).toMatchObject({ status: 409, code: "cannot-seal" });
    } finally {
      http.world.sealed = sealed;
    }
  });

  it.each([
    { name: "a viewer", role: "viewer", body: { reason: "replaced" }, status: 403 },
    { name: "no reason", role: "operator", body: {}, status: 400 },
    { name: "control characters", role: "operator", body: { reason: "done\u001b[2J" }, status: 400 },
  ] as const)("refuse an attestation by or with $name, and change nothing", async ({ role, body, status }) => {
    const { caseId, taskId } = await byHand();
    const caller = await http.as(role);

    expect((await caller.post(`/api/v1/tasks/${taskId}/attestation`, body)).status).toBe(status);
    expect(await standing(caseId, taskId)).toMatchObject({ disposition: null, wakes: 0 });
  });

  it("of an item that is no task, of a cancelled case and of nothing are refused", async () => {
    const caseId = await startCase(http);
    const item = await seedItem(http.database, caseId, { state: "pending" });
    const cancelled = await byHand();
    await http.database.pool.query(`UPDATE cases SET state = 'cancelled' WHERE id = $1`, [cancelled.caseId]);
    const operator = await http.as("operator");
    const attest = (id: string) => operator.post(`/api/v1/tasks/${id}/attestation`, { reason: "replaced" });

    expect((await attest(item)).status).toBe(404);
    expect((await attest(cancelled.taskId)).body).toMatchObject({ code: "already-ended" });
    expect((await attest("019a8f00-0000-7000-8000-000000000009")).status).toBe(404);
  });
});
