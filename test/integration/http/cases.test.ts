import { randomUUID } from "node:crypto";
import { caseDetailView } from "../../../src/http/views/case-schema.ts";
import {
  auditOf,
  eraseCertificates,
  planSha256,
  seedItem,
  seedPerson,
  startCase,
  storeCertificate,
  useHttp,
} from "./support.ts";

const http = useHttp();

describe("starting a case by hand", () => {
  it("makes the person a leaver, opens the case and brings it to the queue", async () => {
    const personId = await seedPerson(http.database, { userName: "Mara@Acme.example" });
    const operator = await http.as("operator");

    const response = await operator.post("/api/v1/cases", { userName: "mara@acme.EXAMPLE", reason: "last day" });

    expect(response.status).toBe(201);
    const shown = caseDetailView.parse(response.body);
    expect(shown).toMatchObject({ state: "open", requestedBy: "token:operator", status: { word: "Not started" } });
    expect(response.headers["location"]).toBe(`/api/v1/cases/${shown.id}`);
    const { rows } = await http.database.pool.query(
      `SELECT p.active, p.generation, (SELECT count(*)::int FROM outbox WHERE case_id = $2) AS outbox FROM person p WHERE id = $1`,
      [personId, shown.id],
    );
    expect(rows).toEqual([{ active: false, generation: 2, outbox: 1 }]);
    expect(await auditOf(http.database, shown.id)).toEqual(["token:operator case.opened"]);
  });

  it("attaches a second request to the case there is (I03)", async () => {
    const personId = await seedPerson(http.database);
    const first = await startCase(http, { personId });
    const operator = await http.as("operator");

    const again = await operator.post("/api/v1/cases", { personId, reason: "again" });

    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ id: first });
  });

  it("I13 holds the guard at this door, and lets one urgent case pass for an approver only", async () => {
    const operator = await http.as("operator");
    const states: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const personId = await seedPerson(http.database);
      const { body } = await operator.post("/api/v1/cases", { personId, reason: "mass exit" });
      states.push((body as { state: string }).state);
    }
    expect(states.slice(-2)).toEqual(["awaiting_approval", "awaiting_approval"]);

    const personId = await seedPerson(http.database);
    const urgent = { personId, reason: "now", urgent: true };
    const refused = await operator.post("/api/v1/cases", urgent);
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ code: "forbidden-role" });
    const allowed = await (await http.as("approver")).post("/api/v1/cases", urgent);
    expect(allowed.body).toMatchObject({ state: "open", urgent: true });
  });

  it("schedules a case that has a date, and holds a protected person", async () => {
    const operator = await http.as("operator");
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const scheduled = await operator.post("/api/v1/cases", {
      personId: await seedPerson(http.database),
      reason: "leaves later",
      at,
    });
    expect(scheduled.body).toMatchObject({ state: "scheduled", nextDueAt: at, effectiveAt: at });
    const { subject } = scheduled.body as { subject: { personId: string } };
    const person = await http.database.pool.query(`SELECT active, generation FROM person WHERE id = $1`, [
      subject.personId,
    ]);
    expect(person.rows).toEqual([{ active: true, generation: 1 }]);

    http.world.protected = ["ceo@acme.example"];
    await seedPerson(http.database, { userName: "ceo@acme.example" });
    const held = await operator.post("/api/v1/cases", { userName: "ceo@acme.example", reason: "step down" });
    expect(held.body).toMatchObject({ state: "awaiting_approval", stateReason: "protected" });
  });

  it.each([
    { name: "nobody has this name", body: { userName: "nobody@acme.example" }, status: 404, code: "unknown-person" },
    { name: "several have it", body: { userName: "twin@acme.example" }, status: 409, code: "ambiguous-person" },
    {
      name: "a date in the past",
      body: { userName: "twin@acme.example", source: "okta", at: "2020-01-01T00:00:00Z" },
      status: 400,
      code: "invalid-request",
    },
    {
      name: "a date without a zone",
      body: { userName: "x1", at: "2030-01-01T00:00:00" },
      status: 400,
      code: "invalid-request",
    },
    { name: "neither name nor id", body: {}, status: 400, code: "invalid-request" },
    { name: "a field nobody knows", body: { userName: "x1", admin: true }, status: 400, code: "invalid-request" },
    {
      name: "a reason with terminal escapes",
      body: { userName: "x1", reason: "bye \u001b[2J" },
      status: 400,
      code: "invalid-request",
    },
  ])("refuses when $name", async ({ body, status, code }) => {
    const { rows } = await http.database.pool.query(`SELECT 1 FROM person WHERE user_name_lower = 'twin@acme.example'`);
    if (rows.length === 0)
      for (const source of ["okta", "entra"])
        await seedPerson(http.database, { userName: "twin@acme.example", source });
    const operator = await http.as("operator");

    const response = await operator.post("/api/v1/cases", { reason: "last day", ...body });

    expect(response.status).toBe(status);
    expect(response.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(response.body).toMatchObject({ code, status });
    const touched = await http.database.pool.query(
      `SELECT 1 FROM person WHERE user_name_lower = 'twin@acme.example' AND NOT active`,
    );
    expect(touched.rowCount).toBe(0);
  });
});

describe("looking", () => {
  it("keeps outcome, verdict and grade apart, and lets what still works lead", async () => {
    const caseId = await startCase(http);
    await seedItem(http.database, caseId, { state: "verified", outcome: "revoked", verdict: "dead", grade: "probe" });
    await seedItem(http.database, caseId, {
      state: "failed",
      outcome: "revoked",
      verdict: "alive",
      grade: "probe",
      verdictReason: "the proxy answered 200",
    });
    const viewer = await http.as("viewer");

    const detail = caseDetailView.parse((await viewer.get(`/api/v1/cases/${caseId}`)).body);
    const list = await viewer.get("/api/v1/cases?alive=true&limit=200");

    expect(detail.verdict.headline).toBe("Not gone yet: 1 of 2 credentials still works");
    expect(detail.status).toEqual({ badge: "failed", word: "Still works" });
    expect(detail.itemList.map(({ revocation, look }) => [revocation.outcome, look.verdict, look.grade])).toEqual([
      ["revoked", "dead", "probe"],
      ["revoked", "alive", "probe"],
    ]);
    expect(detail.blindSpots).toContainEqual({ target: "wiki", text: "Only observed: nothing is ended here" });
    const { items } = list.body as { items: { id: string; status: unknown }[] };
    expect(items.find((item) => item.id === caseId)?.status).toEqual(detail.status);
  });

  it("pages by cursor without losing or repeating a case", async () => {
    for (let n = 0; n < 3; n += 1) await startCase(http);
    const viewer = await http.as("viewer");
    const all = (await viewer.get("/api/v1/cases?limit=200")).body as { items: { id: string }[]; counts: object };
    const seen: string[] = [];
    let path: string | null = "/api/v1/cases?limit=2";

    while (path !== null) {
      const page = (await viewer.get(path)).body as { items: { id: string }[]; next: string | null };
      seen.push(...page.items.map((item) => item.id));
      path = page.next === null ? null : `/api/v1/cases?limit=2&cursor=${page.next}`;
    }

    expect(seen).toEqual(all.items.map((item) => item.id));
    expect(all.counts).toMatchObject({ byState: { open: expect.any(Number) } });
  });

  it.each([
    { name: "an unknown state", query: "state=gone", field: "state" },
    { name: "an unknown field", query: "order=name", field: "order" },
    { name: "a limit out of bounds", query: "limit=100000", field: "limit" },
    { name: "a cursor of somebody else", query: "cursor=JyBPUiAxPTE", field: null },
    { name: "a person id that is none", query: "personId=1%20OR%201=1", field: "personId" },
  ])("T19 refuses $name and names it", async ({ query, field }) => {
    const response = await (await http.as("viewer")).get(`/api/v1/cases?${query}`);
    expect(response.status).toBe(400);
    const { errors } = response.body as { errors?: { field: string }[] };
    expect(errors?.map((error) => error.field) ?? null).toEqual(field === null ? null : [field]);
  });
});

describe("T49 approval", () => {
  async function heldCase(urgent = false): Promise<string> {
    const userName = `held-${randomUUID()}`;
    http.world.protected = [userName];
    const personId = await seedPerson(http.database, { userName });
    const { body } = await (
      await http.as("admin", "requester")
    ).post("/api/v1/cases", { personId, reason: "hold", urgent });
    return (body as { id: string }).id;
  }
  const approve = async (caseId: string, name: string, body: object = { planSha256 }) =>
    await (await http.as("approver", name)).post(`/api/v1/cases/${caseId}/approval`, body);

  it("takes two different approvers; the second lets the case act", async () => {
    const caseId = await heldCase();

    const first = await approve(caseId, "anna");
    const again = await approve(caseId, "anna");
    const second = await approve(caseId, "bert");

    expect([first.status, first.body]).toEqual([202, { given: 1, needed: 2, released: false }]);
    expect(again.body).toMatchObject({ code: "already-approved" });
    expect(second.body).toEqual({ given: 2, needed: 2, released: true });
    const { rows } = await http.database.pool.query(
      `SELECT c.state, c.admitted_at, c.due_at IS NOT NULL AS due,
              (SELECT bool_and(due_at IS NOT NULL) FROM case_target WHERE case_id = c.id) AS targets_due,
              (SELECT count(*)::int FROM outbox WHERE case_id = c.id) AS outbox,
              (SELECT bool_and(answered_at IS NOT NULL) FROM question WHERE case_id = c.id) AS answered
         FROM cases c WHERE id = $1`,
      [caseId],
    );
    expect(rows).toEqual([
      { state: "open", admitted_at: null, due: true, targets_due: true, outbox: 1, answered: true },
    ]);
    expect(await auditOf(http.database, caseId)).toEqual([
      "token:requester case.opened",
      "token:anna case.approved",
      "token:bert case.approved",
      "token:bert case.released",
    ]);
  });

  it("takes one approver for an urgent case", async () => {
    const caseId = await heldCase(true);
    expect((await approve(caseId, "anna")).body).toEqual({ given: 1, needed: 1, released: true });
  });

  it("releases once when two approve at the same moment", async () => {
    const caseId = await heldCase();
    const [one, two] = await Promise.all([approve(caseId, "anna"), approve(caseId, "bert")]);
    expect([one.body, two.body]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ released: false }),
        expect.objectContaining({ released: true }),
      ]),
    );
  });

  it("does not count an approval older than a day", async () => {
    const caseId = await heldCase();
    await approve(caseId, "anna");
    await http.database.pool.query(`UPDATE approval SET at = now() - interval '25 hours' WHERE case_id = $1`, [caseId]);
    expect((await approve(caseId, "bert")).body).toEqual({ given: 1, needed: 2, released: false });
    expect((await approve(caseId, "anna")).body).toEqual({ given: 2, needed: 2, released: true });
  });

  it("refuses the requester, another plan, no plan, a lesser role and a person who is active again", async () => {
    const caseId = await heldCase();
    const own = await (await http.as("admin", "requester")).post(`/api/v1/cases/${caseId}/approval`, { planSha256 });
    const changed = await approve(caseId, "anna", { planSha256: "b".repeat(64) });
    const blind = await approve(caseId, "anna", {});
    const lesser = await (await http.as("operator")).post(`/api/v1/cases/${caseId}/approval`, { planSha256 });
    await http.database.pool.query(
      `UPDATE person SET active = true, generation = generation + 1 WHERE id = (SELECT person_id FROM cases WHERE id = $1)`,
      [caseId],
    );
    const returned = await approve(caseId, "anna");

    expect(
      [own, changed, blind, lesser, returned].map(({ status, body }) => [status, (body as { code: string }).code]),
    ).toEqual([
      [403, "own-request"],
      [412, "plan-changed"],
      [428, "precondition-required"],
      [403, "forbidden-role"],
      [409, "person-active-again"],
    ]);
  });

  it("reads the plan from If-Match", async () => {
    const caseId = await heldCase(true);
    const anna = await http.as("approver", "anna");
    const response = await anna.post(`/api/v1/cases/${caseId}/approval`).set("if-match", `"${planSha256}"`);
    expect(response.status).toBe(202);
  });

  it.each([
    { name: "keeps the date of a case that was held before it", passed: false, state: "scheduled", active: true },
    { name: "starts a case whose date passed while it was held", passed: true, state: "open", active: false },
  ])("$name", async ({ passed, state, active }) => {
    const userName = `later-${randomUUID()}`;
    http.world.protected = [userName];
    const personId = await seedPerson(http.database, { userName });
    const requester = await http.as("admin", "requester");
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await requester.post("/api/v1/cases", { personId, reason: "hold", urgent: true, at });
    const caseId = (body as { id: string }).id;
    if (passed)
      await http.database.pool.query(`UPDATE cases SET effective_at = now() - interval '1 s' WHERE id = $1`, [caseId]);

    const approved = await approve(caseId, "anna");

    expect(approved.body).toMatchObject({ released: true });
    const { rows } = await http.database.pool.query(
      `SELECT c.state, p.active, p.generation + p.active::int = c.generation AS matches
         FROM cases c JOIN person p ON p.id = c.person_id WHERE c.id = $1`,
      [caseId],
    );
    expect(rows).toEqual([{ state, active, matches: true }]);
  });
});

describe("ending and stopping", () => {
  it("I21 cancels, gives an only manually ended person back, and is done once", async () => {
    const personId = await seedPerson(http.database);
    const caseId = await startCase(http, { personId });
    const operator = await http.as("operator");

    const first = await operator.post(`/api/v1/cases/${caseId}/cancellation`, { reason: "wrong person" });
    const second = await operator.post(`/api/v1/cases/${caseId}/cancellation`, { reason: "wrong person" });

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body).toMatchObject({ state: "cancelled", status: { word: "Cancelled" } });
    const person = await http.database.pool.query(`SELECT active, generation FROM person WHERE id = $1`, [personId]);
    expect(person.rows).toEqual([{ active: true, generation: 3 }]);
    const audit = await auditOf(http.database, caseId);
    expect(audit.filter((line) => line.endsWith("case.cancelled"))).toHaveLength(1);
  });

  it("leaves a person gone whom their source called gone too", async () => {
    const personId = await seedPerson(http.database);
    const caseId = await startCase(http, { personId });
    await http.database.pool.query(
      `INSERT INTO notice (id, source, delivery_id, kind, person_id, case_id, effective_from, raw_sha256)
       VALUES (gen_random_uuid(), 'okta', 'd1', 'deactivated', $1, $2, 'unknown', '\\x00')`,
      [personId, caseId],
    );
    await (await http.as("operator")).post(`/api/v1/cases/${caseId}/cancellation`, { reason: "by mistake" });
    const person = await http.database.pool.query(`SELECT active FROM person WHERE id = $1`, [personId]);
    expect(person.rows).toEqual([{ active: false }]);
  });

  it("pauses, resumes and retries, each with its audit", async () => {
    const caseId = await startCase(http);
    const operator = await http.as("operator");
    await http.database.pool.query(
      `UPDATE case_target SET state = 'blocked', reason_code = 'unauthorized', reason = 'The gateway refused our token (401)',
              due_at = now() + interval '1 hour' WHERE case_id = $1 AND target = 'gateway'`,
      [caseId],
    );
    const blocked = await operator.get(`/api/v1/cases/${caseId}`);
    expect((blocked.body as { blockedBy: unknown[] }).blockedBy).toMatchObject([
      { kind: "target", target: "gateway", code: "unauthorized", who: "operator" },
    ]);

    const paused = await operator.post(`/api/v1/cases/${caseId}/pause`);
    const resumed = await operator.post(`/api/v1/cases/${caseId}/resume`);
    const resumedAgain = await operator.post(`/api/v1/cases/${caseId}/resume`);
    const retried = await operator.post(`/api/v1/cases/${caseId}/retry`);

    expect(paused.body).toMatchObject({ paused: true, status: { word: "Paused" } });
    expect(resumed.body).toMatchObject({ paused: false });
    expect(resumedAgain.body).toMatchObject({ code: "not-paused" });
    expect(retried.status).toBe(200);
    const due = await http.database.pool.query(
      `SELECT bool_and(due_at <= now()) AS due FROM case_target WHERE case_id = $1`,
      [caseId],
    );
    expect(due.rows).toEqual([{ due: true }]);
    expect((await auditOf(http.database, caseId)).slice(1)).toEqual([
      "token:operator case.paused",
      "token:operator case.resumed",
      "token:operator case.retried",
    ]);
  });

  it.each(["cancellation", "pause", "resume", "retry"])("refuses %s once the case is complete", async (word) => {
    const caseId = await startCase(http);
    await http.database.pool.query(`UPDATE cases SET state = 'complete' WHERE id = $1`, [caseId]);
    const body = word === "cancellation" ? { reason: "too late" } : undefined;
    const response = await (await http.as("operator")).post(`/api/v1/cases/${caseId}/${word}`, body);
    expect([response.status, (response.body as { code: string }).code]).toEqual([409, "already-ended"]);
  });
});

describe("the certificate of a case", () => {
  it("is an interim one, signed now, while there is no final one", async () => {
    const caseId = await startCase(http);
    const response = await (await http.as("viewer")).get(`/api/v1/cases/${caseId}/certificate`);
    expect(response.status).toBe(200);
    expect(http.world.interimIssued).toContain(caseId);
    expect(response.headers["x-lastday-certificate-kind"]).toBe("interim");
    expect(response.headers["content-disposition"]).toMatch(
      /^attachment; filename="lastday-interim-[0-9a-f-]+\.json"$/,
    );
  });

  it("is the latest final one, byte for byte, with its digest as entity tag", async () => {
    const caseId = await startCase(http);
    const first = await storeCertificate(http.database, caseId, { kind: "final" });
    const second = await storeCertificate(http.database, caseId, { kind: "final", runNo: 2, supersedes: first });
    await storeCertificate(http.database, caseId, { kind: "interim", runNo: 3 });
    const viewer = await http.as("viewer");

    const file = await viewer.get(`/api/v1/cases/${caseId}/certificate`).buffer(true);
    const list = await viewer.get(`/api/v1/cases/${caseId}/certificates`);

    expect(file.text).toBe(`{"certificate":"${second}"}`);
    expect(file.headers["etag"]).toMatch(/^"[0-9a-f]{64}"$/);
    expect((list.body as { items: object[] }).items).toMatchObject([
      { kind: "interim" },
      { id: second, supersedes: first },
      { id: first, supersededBy: second },
    ]);
  });

  it("says gone when the file was erased", async () => {
    const caseId = await startCase(http);
    await storeCertificate(http.database, caseId, { kind: "final" });
    await eraseCertificates(http.database, caseId);
    const response = await (await http.as("viewer")).get(`/api/v1/cases/${caseId}/certificate`);
    expect([response.status, (response.body as { code: string }).code]).toEqual([410, "body-erased"]);
  });
});
