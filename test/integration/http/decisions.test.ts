import { auditOf, seedPerson, startCase, storeCertificate, useHttp } from "./support.ts";
import { linkView, previewView, targetHealthView } from "../../../src/http/views/reference.ts";
import { questionView } from "../../../src/http/views/question.ts";

const http = useHttp();

/** A case that waits for an answer: a person whom a source first announced as gone. */
async function firstSeenGone(): Promise<{ caseId: string; questionId: string; personId: string }> {
  const personId = await seedPerson(http.database);
  const caseId = await startCase(http, { personId });
  const { rows } = await http.database.pool.query<{ id: string }>(
    `WITH held AS (UPDATE cases SET state = 'awaiting_approval', state_reason = 'first-seen-gone', due_at = NULL WHERE id = $1 RETURNING id, person_id)
     INSERT INTO question (id, kind, case_id, person_id, text) SELECT gen_random_uuid(), 'first-seen-gone', id, person_id, 'A leaver?' FROM held
     RETURNING id`,
    [caseId],
  );
  return { caseId, personId, questionId: rows[0]?.id ?? "" };
}

/** A target that asks whose account it is. */
async function ambiguousAccount(
  candidates = ["u-1", "u-2"],
): Promise<{ caseId: string; questionId: string; personId: string }> {
  const personId = await seedPerson(http.database);
  const caseId = await startCase(http, { personId });
  await http.database.pool.query(
    `UPDATE case_target SET state = 'awaiting_approval', due_at = NULL WHERE case_id = $1 AND target = 'gateway'`,
    [caseId],
  );
  const { rows } = await http.database.pool.query<{ id: string }>(
    `INSERT INTO question (id, kind, case_id, target, person_id, text, candidates)
     VALUES (gen_random_uuid(), 'ambiguous-account', $1, 'gateway', $2, 'Whose?', $3) RETURNING id`,
    [
      caseId,
      personId,
      JSON.stringify(
        candidates.map((id) => ({ account: { id, label: `label of ${id}` }, strength: "weak", reason: "alike" })),
      ),
    ],
  );
  return { caseId, personId, questionId: rows[0]?.id ?? "" };
}

async function stateOf(caseId: string): Promise<unknown> {
  const { rows } = await http.database.pool.query<{ state: string; due: boolean; wakes: number }>(
    `SELECT c.state, t.due_at IS NOT NULL AS due, (SELECT count(*)::int FROM outbox WHERE case_id = $1 AND kind = 'wake') AS wakes
       FROM cases c JOIN case_target t ON t.case_id = c.id AND t.target = 'gateway' WHERE c.id = $1`,
    [caseId],
  );
  return rows[0];
}

describe("a question about a case", () => {
  it("lets it act on `leaver`", async () => {
    const { caseId, questionId } = await firstSeenGone();
    const operator = await http.as("operator");
    const response = await operator.post(`/api/v1/questions/${questionId}/answer`, { answer: "leaver" });
    expect(questionView.parse(response.body)).toMatchObject({
      answer: "leaver",
      answeredBy: "token:operator",
      answers: [],
    });
    expect(await stateOf(caseId)).toEqual({ state: "open", due: true, wakes: 1 });
    expect((await auditOf(http.database, caseId)).slice(1)).toEqual([
      "token:operator question.answered",
      "token:operator case.released",
    ]);
  });

  it("ends it on `not-a-leaver`", async () => {
    const { caseId, questionId } = await firstSeenGone();
    const response = await (
      await http.as("operator")
    ).post(`/api/v1/questions/${questionId}/answer`, { answer: "not-a-leaver" });
    expect(response.body).toMatchObject({ answer: "not-a-leaver" });
    expect(await stateOf(caseId)).toMatchObject({ state: "cancelled" });
  });

  it("is answered once, also by two at the same moment", async () => {
    const { questionId } = await firstSeenGone();
    const operator = await http.as("operator");
    const answers = await Promise.all(
      ["leaver", "not-a-leaver"].map((answer) => operator.post(`/api/v1/questions/${questionId}/answer`, { answer })),
    );
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([200, 409]));
    expect(answers.find((one) => one.status === 409)?.body).toMatchObject({ code: "already-answered" });
  });

  it("I04 does not let a case act for a person who is active again", async () => {
    const { questionId, personId } = await firstSeenGone();
    await http.database.pool.query(`UPDATE person SET active = true, generation = generation + 1 WHERE id = $1`, [
      personId,
    ]);
    const response = await (
      await http.as("operator")
    ).post(`/api/v1/questions/${questionId}/answer`, { answer: "leaver" });
    expect(response.body).toMatchObject({ code: "person-active-again" });
  });

  it("takes no answer that belongs to another kind of question", async () => {
    const { questionId } = await firstSeenGone();
    const response = await (
      await http.as("operator")
    ).post(`/api/v1/questions/${questionId}/answer`, { answer: "no-account" });
    expect([response.status, response.body]).toEqual([
      400,
      expect.objectContaining({ errors: [{ field: "answer", message: "must be one of leaver, not-a-leaver" }] }),
    ]);
  });
});

describe("a question about an account", () => {
  it("confirms the chosen candidates and tries the target again", async () => {
    const { caseId, questionId, personId } = await ambiguousAccount();
    const operator = await http.as("operator");

    const response = await operator.post(`/api/v1/questions/${questionId}/answer`, {
      answer: "link",
      accountIds: ["u-1"],
    });

    expect(response.status).toBe(200);
    const links = (await operator.get(`/api/v1/links?personId=${personId}`)).body as { items: unknown[] };
    expect(links.items.map((link) => linkView.parse(link))).toMatchObject([
      { target: "gateway", accountId: "u-1", label: "label of u-1", confirmedBy: "token:operator" },
    ]);
    expect(await stateOf(caseId)).toEqual({ state: "open", due: true, wakes: 1 });
  });

  it("may say that none is theirs", async () => {
    const { caseId, questionId } = await ambiguousAccount(["u-5"]);
    const response = await (
      await http.as("operator")
    ).post(`/api/v1/questions/${questionId}/answer`, { answer: "no-account" });
    expect(response.body).toMatchObject({ answer: "no-account" });
    expect(await stateOf(caseId)).toMatchObject({ due: true });
  });

  it.each([
    { name: "an account that was not offered", candidates: ["u-7"], accountIds: ["u-999"] },
    { name: "none at all", candidates: ["u-7"], accountIds: [] },
    { name: "none where anything may be named", candidates: [], accountIds: [] },
  ])("T05 refuses $name", async ({ candidates, accountIds }) => {
    const { questionId, personId } = await ambiguousAccount(candidates);
    const response = await (
      await http.as("operator")
    ).post(`/api/v1/questions/${questionId}/answer`, { answer: "link", accountIds });
    expect(response.body).toMatchObject({ code: "invalid-request", errors: [{ field: "accountIds" }] });
    const { rowCount } = await http.database.pool.query(`SELECT 1 FROM account_link WHERE person_id = $1`, [personId]);
    expect(rowCount).toBe(0);
  });

  it("takes any account where none was offered", async () => {
    const { questionId } = await ambiguousAccount([]);
    const response = await (
      await http.as("operator")
    ).post(`/api/v1/questions/${questionId}/answer`, { answer: "link", accountIds: ["u-42"] });
    expect(response.status).toBe(200);
  });
});

describe("links", () => {
  it("answer what was asked about the person and target, and can be repeated", async () => {
    const { caseId, personId, questionId } = await ambiguousAccount();
    const operator = await http.as("operator");
    const link = { personId, target: "gateway", accountId: "u-100" };

    const first = await operator.post("/api/v1/links", link);
    const second = await operator.post("/api/v1/links", link);

    expect([first.status, second.status]).toEqual([201, 201]);
    expect((second.body as { id: string }).id).toBe((first.body as { id: string }).id);
    const asked = await http.database.pool.query(`SELECT answer FROM question WHERE id = $1`, [questionId]);
    expect(asked.rows).toEqual([{ answer: "link" }]);
    expect(await stateOf(caseId)).toMatchObject({ due: true });
  });

  it("T05 refuse an account that is somebody else's, until that link ends", async () => {
    const operator = await http.as("operator");
    const [one, two] = [await seedPerson(http.database), await seedPerson(http.database)];
    const link = { target: "gateway", accountId: "shared" };
    const first = await operator.post("/api/v1/links", { ...link, personId: one });
    const refused = await operator.post("/api/v1/links", { ...link, personId: two });
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([409, "account-linked"]);

    expect((await operator.delete(`/api/v1/links/${(first.body as { id: string }).id}`)).status).toBe(204);
    expect((await operator.delete(`/api/v1/links/${(first.body as { id: string }).id}`)).status).toBe(404);
    expect((await operator.post("/api/v1/links", { ...link, personId: two })).status).toBe(201);
  });

  it("bring in somebody no source announced, who can then be offboarded", async () => {
    const operator = await http.as("operator");
    const link = {
      createPerson: { userName: "Contractor@x.example", displayName: "A contractor" },
      target: "gateway",
      accountId: "c-77",
    };
    const created = await operator.post("/api/v1/links", link);
    const again = await operator.post("/api/v1/links", link);
    const found = await operator.get("/api/v1/people?userName=CONTRACTOR@x.example");
    const opened = await operator.post("/api/v1/cases", { userName: "contractor@x.example", reason: "contract ended" });

    expect(created.status).toBe(201);
    expect((again.body as { code: string }).code).toBe("person-exists");
    expect((found.body as { items: object[] }).items).toMatchObject([
      { source: "manual", active: true, liveCaseId: null },
    ]);
    expect(opened.status).toBe(201);
  });

  it("are refused for a target nobody configured", async () => {
    const response = await (
      await http.as("operator")
    ).post("/api/v1/links", {
      personId: await seedPerson(http.database),
      target: "gatewai",
      accountId: "1",
    });
    expect([response.status, response.body]).toEqual([
      404,
      expect.objectContaining({ code: "unknown-target", detail: "Configured targets are gateway, wiki." }),
    ]);
  });
});

describe("looking around", () => {
  it("previews without a case, at every target, and hands the work over once it is committed", async () => {
    const personId = await seedPerson(http.database);
    const operator = await http.as("operator");
    const started = await operator.post("/api/v1/previews", { personId });
    const preview = previewView.parse(started.body);
    expect([started.status, preview.finished, preview.targets.map((target) => target.target)]).toEqual([
      202,
      false,
      ["gateway", "wiki"],
    ]);
    expect(http.world.previewsStarted).toEqual([preview.id]);

    await http.database.pool.query(
      `UPDATE preview_target SET state = 'finished', result = '{"found":2}', finished_at = now() WHERE preview_id = $1`,
      [preview.id],
    );
    const finished = previewView.parse((await operator.get(`/api/v1/previews/${preview.id}`)).body);
    expect([finished.finished, finished.targets[0]?.result]).toEqual([true, { found: 2 }]);
    const cases = await http.database.pool.query(`SELECT 1 FROM cases WHERE person_id = $1`, [personId]);
    expect(cases.rowCount).toBe(0);
  });

  it("lists the targets with what is known of their health", async () => {
    await http.database.pool.query(
      `INSERT INTO target_health (target, state, reason_code, reason) VALUES ('gateway', 'open', 'unauthorized', 'The admin token was refused')`,
    );
    const { body } = await (await http.as("viewer")).get("/api/v1/targets");
    const targets = (body as { items: unknown[] }).items.map((item) => targetHealthView.parse(item));
    expect(targets).toMatchObject([
      { name: "gateway", health: "open", reasonCode: "unauthorized" },
      { name: "wiki", health: "unknown", mode: "observe" },
    ]);
  });

  it("reads the sealed audit backwards, page by page", async () => {
    const caseId = await startCase(http);
    await http.database.pool.query(
      `INSERT INTO audit_seal (seq, audit_id, sha256) SELECT row_number() OVER (ORDER BY id), id, repeat('0', 64) FROM audit`,
    );
    const auditor = await http.as("auditor");
    const seen: number[] = [];
    let path: string | null = "/api/v1/audit?limit=7";
    while (path !== null) {
      const page = (await auditor.get(path)).body as { items: { seq: number }[]; next: string | null };
      seen.push(...page.items.map((entry) => entry.seq));
      path = page.next === null ? null : `/api/v1/audit?limit=7&cursor=${page.next}`;
    }
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, n) => seen.length - n));
    const one = (await auditor.get(`/api/v1/audit?caseId=${caseId}`)).body as { items: object[] };
    expect(one.items).toMatchObject([{ action: "case.opened", caseId }]);
  });

  it("lists certificates over all cases", async () => {
    const certificate = await storeCertificate(http.database, await startCase(http), { kind: "final" });
    const viewer = await http.as("viewer");
    const list = (await viewer.get("/api/v1/certificates?kind=final")).body as { items: { id: string }[] };
    expect(list.items.map((item) => item.id)).toContain(certificate);
    const file = await viewer
      .get(`/api/v1/certificates/${certificate}`)
      .buffer(true)
      .parse((res, done) => {
        let text = "";
        res.on("data", (chunk: Buffer) => (text += chunk.toString()));
        res.on("end", () => done(null, text));
      });
    expect(file.body).toBe(`{"certificate":"${certificate}"}`);
  });
});
