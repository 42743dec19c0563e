import request from "supertest";
import { hostileNames } from "../../support/hostile-names.ts";
import { auditOf, planSha256, seedItem, seedPerson, startCase, useHttp } from "./support.ts";

const http = useHttp();
const host = "127.0.0.1:4400";
const origin = `http://${host}`;

/** A browser in little: a cookie, and the headers a browser would send with our own forms. */
async function signIn(role: "viewer" | "operator" | "approver" | "admin", name?: string) {
  const response = await request(http.app)
    .post("/session")
    .set({ host, origin })
    .type("form")
    .send({ token: await http.token(role, name), next: "/decisions" });
  const cookie = String(response.headers["set-cookie"]).split(";")[0] ?? "";
  return {
    response,
    cookie,
    get: (path: string) => request(http.app).get(path).set({ cookie, accept: "text/html" }),
    submit: (path: string, fields: Record<string, string | string[]> = {}) =>
      request(http.app)
        .post(path)
        .set({ cookie, host, origin, accept: "text/html", "sec-fetch-site": "same-origin" })
        .type("form")
        .send(fields),
  };
}

describe("signing in", () => {
  it("is what a stranger sees, on every page, and nothing else", async () => {
    const caseId = await startCase(http);
    for (const path of ["/", `/cases/${caseId}`, "/decisions", "/targets", "/docs"]) {
      const response = await request(http.app).get(path);
      expect(response.status).toBe(401);
      expect(response.text).toContain("<h1>Sign in</h1>");
      expect(response.text).toContain(`name="next" value="${path}"`);
      expect(response.text).not.toContain("token:");
    }
  });

  it("takes a token, sets a cookie that no script can read, and goes where one wanted to be", async () => {
    const { response, get } = await signIn("viewer");
    expect([response.status, response.headers["location"]]).toEqual([303, "/decisions"]);
    expect(String(response.headers["set-cookie"])).toMatch(
      /^lastday=[\w-]{43}; Max-Age=43200; Path=\/; .*HttpOnly; SameSite=Strict/,
    );
    expect((await get("/decisions")).text).toContain("Nothing waits for a person.");
    expect(await auditOf(http.database)).toContain("token:viewer session.opened");
  });

  it("refuses a token that is none, and says so on the page", async () => {
    const response = await request(http.app)
      .post("/session")
      .set({ host, origin })
      .type("form")
      .send({ token: "ld_wrong" });
    expect(response.status).toBe(401);
    expect(response.text).toContain("This token is not valid");
    expect(response.headers["set-cookie"]).toBeUndefined();
  });

  it("works for scripts too, as JSON", async () => {
    const token = await http.token("viewer");
    const signedIn = await request(http.app).post("/session").set({ host, origin }).send({ token });
    expect(signedIn.status).toBe(204);
    const cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
    expect((await request(http.app).get("/api/v1/cases").set({ cookie })).status).toBe(200);
    expect((await request(http.app).delete("/session").set({ cookie, host, origin })).status).toBe(204);
    expect((await request(http.app).get("/api/v1/cases").set({ cookie })).status).toBe(401);
  });

  it("T37 ends with the token that opened it", async () => {
    const { get } = await signIn("viewer", "leaving");
    expect((await get("/")).status).toBe(200);
    await http.database.pool.query(`UPDATE token SET revoked_at = now() WHERE name = 'leaving'`);
    expect((await get("/")).status).toBe(401);
  });

  it("T35 never takes over a cookie that was there before", async () => {
    const planted = `lastday=${"A".repeat(43)}`;
    const response = await request(http.app)
      .post("/session")
      .set({ host, origin, cookie: planted })
      .type("form")
      .send({ token: await http.token("viewer") });
    expect(String(response.headers["set-cookie"])).not.toContain(planted);
    expect((await request(http.app).get("/").set({ cookie: planted })).status).toBe(401);
  });
});

describe("T33 a change with a session's cookie", () => {
  it.each([
    { name: "from another site", headers: { origin: "https://evil.example" } },
    { name: "from a neighbour", headers: { origin: "http://127.0.0.1:9999" } },
    { name: "from a sandboxed frame", headers: { origin: "null" } },
    { name: "from nowhere", headers: {} },
    { name: "that the browser calls cross-site", headers: { origin, "sec-fetch-site": "cross-site" } },
  ])("is refused $name", async ({ headers }) => {
    const caseId = await startCase(http);
    const { cookie } = await signIn("admin");
    const sent = { cookie, host, ...headers };
    const api = await request(http.app).post(`/api/v1/cases/${caseId}/pause`).set(sent);
    const form = await request(http.app).post(`/cases/${caseId}/pause`).set(sent).type("form").send({});
    const entry = await request(http.app)
      .post("/session")
      .set(sent)
      .type("form")
      .send({ token: await http.token("admin") });
    expect([api.status, form.status, entry.status]).toEqual([403, 403, 403]);
    expect(api.body).toMatchObject({ code: "unsafe-origin" });
    const { rows } = await http.database.pool.query(`SELECT paused FROM cases WHERE id = $1`, [caseId]);
    expect(rows).toEqual([{ paused: false }]);
  });

  it("needs no origin with a token: no browser sends one by itself", async () => {
    const caseId = await startCase(http);
    expect((await (await http.as("operator")).post(`/api/v1/cases/${caseId}/pause`)).status).toBe(200);
  });
});

describe("the pages", () => {
  it("lead with the verdict and keep revoked and verified apart", async () => {
    const caseId = await startCase(http);
    await seedItem(http.database, caseId, {
      state: "verified",
      outcome: "revoked",
      verdict: "dead",
      grade: "absence",
      label: "gone key",
    });
    await seedItem(http.database, caseId, { state: "done", outcome: "revoked", label: "unproven key" });
    const { get } = await signIn("viewer");
    const { text, status } = await get(`/cases/${caseId}`);
    expect(status).toBe(200);
    expect(text).toContain("Not gone yet: 1 of 2 credentials is not proven dead");
    expect(text).toMatch(/gone key[^]*Verified dead[^]*no longer listed/);
    expect(text).toMatch(/unproven key[^]*Revoked, unproven[^]*after revoke/);
    expect(text).not.toMatch(/gone everywhere/i);
  });

  it("show a reader no form that they may not send", async () => {
    const caseId = await startCase(http);
    const viewer = await (await signIn("viewer")).get(`/cases/${caseId}`);
    const operator = await (await signIn("operator")).get(`/cases/${caseId}`);
    expect(viewer.text).not.toContain(`/cases/${caseId}/pause`);
    expect(operator.text).toContain(`/cases/${caseId}/pause`);
    const refused = await (await signIn("viewer")).submit(`/cases/${caseId}/pause`);
    expect([refused.status, refused.text.includes("needs the role operator")]).toEqual([403, true]);
  });

  it("list what a filter hides instead of saying there is nothing", async () => {
    await startCase(http);
    const { get } = await signIn("viewer");
    await http.database.pool.query(`UPDATE item SET state = 'verified'`);
    expect((await get("/?show=alive")).text).toMatch(/hidden by this filter/);
    expect((await get("/?show=nonsense")).text).toContain('aria-current="true"');
  });

  it("say that a read failed; an error is not an empty list", async () => {
    const { get } = await signIn("viewer");
    await http.database.pool.query(`ALTER TABLE question RENAME TO question_away`);
    const broken = await get("/");
    await http.database.pool.query(`ALTER TABLE question_away RENAME TO question`);
    expect(broken.status).toBe(500);
    expect(broken.text).toContain('role="alert"');
    expect(broken.text).toContain(String(broken.headers["x-request-id"]));
    expect(broken.text).not.toMatch(/Nobody has left|question_away|relation/);
  });

  it("answer a missing case with a page, and a program with a problem", async () => {
    const { get, cookie } = await signIn("viewer");
    const page = await get("/cases/0195f0c0-0000-7000-8000-000000000000");
    const program = await request(http.app).get("/cases/not-an-id").set({ cookie, accept: "application/json" });
    expect([page.status, program.status]).toEqual([404, 404]);
    expect(page.text).toContain("There is nothing here");
    expect(program.body).toMatchObject({ code: "not-found" });
  });

  it("serve their assets under names that change with them", async () => {
    const { text } = await request(http.app).get("/");
    const paths = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((match) => String(match[1]));
    expect(paths).toHaveLength(3);
    for (const path of paths) {
      const asset = await request(http.app).get(path);
      expect([asset.status, asset.headers["cache-control"]]).toEqual([200, "public, max-age=31536000, immutable"]);
    }
    expect((await request(http.app).get("/assets/../app.ts")).status).toBe(404);
  });
});

describe("the forms", () => {
  it("start, pause, resume, retry and cancel a case", async () => {
    await seedPerson(http.database, { userName: "form@acme.example" });
    const { submit } = await signIn("operator");
    const started = await submit("/cases", { userName: "form@acme.example", source: "", reason: "last day" });
    const path = String(started.headers["location"]);
    expect([started.status, path]).toEqual([303, expect.stringMatching(/^\/cases\/[0-9a-f-]{36}$/)]);
    for (const word of ["pause", "resume", "retry"])
      expect((await submit(`${path}/${word}`)).headers["location"]).toBe(path);
    const cancelled = await submit(`${path}/cancellation`, { reason: "entered by mistake" });
    expect(cancelled.status).toBe(303);
    expect((await auditOf(http.database, path.slice("/cases/".length))).map((line) => line.split(" ")[1])).toEqual([
      "case.opened",
      "case.paused",
      "case.resumed",
      "case.retried",
      "case.cancelled",
      "person.activated",
    ]);
  });

  it("approve a held case with two people", async () => {
    http.world.protected = ["form-held@acme.example"];
    const personId = await seedPerson(http.database, { userName: "form-held@acme.example" });
    const { body } = await (await http.as("operator")).post("/api/v1/cases", { personId, reason: "held" });
    const path = `/cases/${(body as { id: string }).id}`;
    const [anna, bert] = [await signIn("approver", "anna"), await signIn("approver", "bert")];
    expect((await anna.get(path)).text).toContain("Approve ending access at 2 targets");
    expect((await anna.submit(`${path}/approval`, { planSha256 })).status).toBe(303);
    const again = await anna.submit(`${path}/approval`, { planSha256 });
    expect([again.status, again.text.includes("another approver has to as well")]).toEqual([409, true]);
    expect((await bert.submit(`${path}/approval`, { planSha256 })).status).toBe(303);
    expect((await bert.get(path)).text).toContain("Not started");
  });

  it("answer a question with several accounts at once", async () => {
    const caseId = await startCase(http);
    const { rows } = await http.database.pool.query<{ id: string }>(
      `INSERT INTO question (id, kind, case_id, target, person_id, text, candidates)
       SELECT gen_random_uuid(), 'ambiguous-account', id, 'gateway', person_id, 'Whose?', $2 FROM cases WHERE id = $1 RETURNING id`,
      [
        caseId,
        JSON.stringify(
          ["f-1", "f-2", "f-3"].map((id) => ({ account: { id, label: id }, strength: "weak", reason: "alike" })),
        ),
      ],
    );
    const { submit } = await signIn("operator");
    const answered = await submit(`/questions/${rows[0]?.id ?? ""}/answer`, {
      answer: "link",
      accountId: ["f-1", "f-3"],
    });
    expect([answered.status, answered.headers["location"]]).toEqual([303, `/cases/${caseId}`]);
    const links = await http.database.pool.query(
      `SELECT account_id FROM account_link WHERE account_id LIKE 'f-%' ORDER BY 1`,
    );
    expect(links.rows).toEqual([{ account_id: "f-1" }, { account_id: "f-3" }]);
  });

  it("name what is wrong with a field", async () => {
    const { submit } = await signIn("operator");
    const response = await submit("/cases", { userName: "", reason: "x" });
    expect(response.status).toBe(400);
    expect(response.text).toContain("Check userName, reason.");
  });
});

it("T32 shows every hostile name as text", async () => {
  const { get } = await signIn("admin");
  for (const name of hostileNames) {
    const personId = await seedPerson(http.database, {
      displayName: name,
      userName: `${name.slice(0, 150)} ${Math.random()}`,
    });
    const caseId = await startCase(http, { personId });
    await seedItem(http.database, caseId, {
      state: "failed",
      outcome: "revoked",
      verdict: "alive",
      grade: "probe",
      label: name,
      verdictReason: name,
    });
    const { text } = await get(`/cases/${caseId}`);
    const ours = text.replaceAll(/<script src="\/assets\/[^"]+" defer><\/script>/g, "");
    expect(ours).not.toMatch(/<(?:script|img|iframe|object|style|math|video|template|base|x)\b/i);
    expect(ours).not.toMatch(/<[^>]*\son\w+=/i);
    expect(ours).not.toContain("\u001b");
  }
});
