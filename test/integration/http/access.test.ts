import { randomUUID } from "node:crypto";
import request from "supertest";
import { describedOperations } from "../../../src/http/api/index.ts";
import type { Operation } from "../../../src/http/operation.ts";
import { tokenRoles } from "../../../src/store/tokens.ts";
import type { TokenRole } from "../../../src/store/tokens.ts";
import { auditOf, seedPerson, startCase, useHttp } from "./support.ts";

const http = useHttp();
/** The stream stays open; it has tests of its own. */
const operations = describedOperations().filter((operation) => operation.id !== "stream");

/** A path whose ids have the right form and belong to nothing. */
function pathOf({ path }: Operation): string {
  return `/api/v1${path.replaceAll("{sha256}", "0".repeat(64)).replaceAll(/\{\w+\}/g, () => randomUUID())}`;
}

async function call(operation: Operation, role: TokenRole): Promise<request.Response> {
  const caller = await http.as(role);
  const path = pathOf(operation);
  return await (operation.method === "get"
    ? caller.get(path)
    : operation.method === "post"
      ? caller.post(path, {})
      : caller.delete(path));
}

describe("T21 every route for every role", () => {
  it.each(operations)("$method $path wants $role", async (operation) => {
    const least = tokenRoles.indexOf(operation.role);
    const answers: Record<string, string> = {};
    for (const role of tokenRoles) {
      const { status, body } = await call(operation, role);
      answers[role] = status === 403 ? (body as { code: string }).code : status < 500 ? "let in" : String(status);
    }
    expect(answers).toEqual(
      Object.fromEntries(tokenRoles.map((role, rank) => [role, rank < least ? "forbidden-role" : "let in"])),
    );
  });

  it.each(operations)("$method $path says nothing without a token", async (operation) => {
    const response = await request(http.app)[operation.method](pathOf(operation));
    expect(response.status).toBe(401);
    expect(response.headers["www-authenticate"]).toMatch(/^Bearer/);
    expect(response.body).toMatchObject({ code: "unauthenticated" });
  });

  it("answers alike for a thing that is missing, a malformed id and another case's evidence", async () => {
    const caseId = await startCase(http);
    const other = await startCase(http);
    const digest = "c".repeat(64);
    await http.database.pool.query(
      `INSERT INTO evidence (sha256, size, media_type) VALUES ($1, 2, 'application/json')`,
      [digest],
    );
    await http.database.pool.query(`INSERT INTO evidence_body (sha256, body) VALUES ($1, '{}')`, [digest]);
    await http.database.pool.query(
      `INSERT INTO exchange (id, case_id, target, step_id, operation, write, sha256, at)
       VALUES (gen_random_uuid(), $1, 'gateway', gen_random_uuid(), 'GET /consumers', false, $2, now())`,
      [caseId, digest],
    );
    const viewer = await http.as("viewer");
    const paths = [
      `/api/v1/cases/${randomUUID()}`,
      "/api/v1/cases/1",
      "/api/v1/cases/%27%20OR%201=1--",
      `/api/v1/cases/${other}/evidence/${digest}`,
      `/api/v1/cases/${caseId}/evidence/${"d".repeat(64)}`,
      `/api/v1/certificates/${randomUUID()}`,
      "/api/v1/nothing-here",
    ];

    const answers = await Promise.all(paths.map((path) => viewer.get(path)));
    const own = await viewer.get(`/api/v1/cases/${caseId}/evidence/${digest}`);

    const shown = answers.map(({ status, body }) => [status, { ...(body as object), requestId: "" }]);
    expect(new Set(shown.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(shown[0]?.[0]).toBe(404);
    expect(own.status).toBe(200);
  });

  it("refuses another method and names those there are", async () => {
    const response = await (await http.as("admin")).delete("/api/v1/cases");
    expect([response.status, response.headers["allow"]]).toEqual([405, "GET, POST, HEAD"]);
  });
});

describe("T30 every change", () => {
  it("leaves one audit entry, and none when it is refused", async () => {
    const personId = await seedPerson(http.database);
    const operator = await http.as("operator");
    const before = (await auditOf(http.database)).length;

    await operator.post("/api/v1/links", { personId, target: "gateway", accountId: "c-1" });
    await operator.post("/api/v1/links", { personId, target: "nowhere", accountId: "c-1" });
    await operator.post("/api/v1/tokens", { kind: "api", name: "x", role: "admin" });

    expect((await auditOf(http.database)).slice(before)).toEqual(["token:operator link.confirmed"]);
  });
});

describe("T18 bodies", () => {
  it.each(["id", "state", "source_id", "generation", "requestedBy", "admitted_at", "__proto__", "constructor"])(
    "cannot set %s",
    async (field) => {
      const personId = await seedPerson(http.database);
      const response = await (
        await http.as("operator")
      )
        .post("/api/v1/cases")
        .set("content-type", "application/json")
        .send(`{"personId":"${personId}","reason":"last day","${field}":"x"}`);
      expect(response.status).toBe(400);
      expect((response.body as { errors: { field: string }[] }).errors).toMatchObject([{ field }]);
    },
  );

  it.each([
    { name: "no JSON", body: "{", type: "application/json", status: 400 },
    { name: "the same key twice", body: '{"reason":"abc","reason":"def"}', type: "application/json", status: 400 },
    { name: "too deep", body: "[".repeat(40) + "]".repeat(40), type: "application/json", status: 400 },
    {
      name: "too many keys",
      body: JSON.stringify(Object.fromEntries(Array.from({ length: 2_001 }, (_, n) => [`k${n}`, 1]))),
      type: "application/json",
      status: 400,
    },
    { name: "too long", body: JSON.stringify({ reason: "x".repeat(300_000) }), type: "application/json", status: 413 },
    { name: "another type", body: "reason=abc", type: "application/x-www-form-urlencoded", status: 415 },
    { name: "text", body: "{}", type: "text/plain", status: 415 },
    { name: "bytes that are no text", body: "\u00ff\u00fe", type: "application/json", status: 400 },
  ])("T17 are refused when they are $name", async ({ body, type, status }) => {
    const sent = (await http.as("operator")).post("/api/v1/cases").set("content-type", type);
    const response = await (body.startsWith("\u00ff") ? sent.send(Buffer.from([0xff, 0xfe])) : sent.send(body));
    expect(response.status).toBe(status);
    expect(response.headers["content-type"]).toMatch(/problem\+json/);
  });

  it("are not read before the token is", async () => {
    const response = await request(http.app).post("/api/v1/cases").set("content-type", "application/json").send("{");
    expect(response.status).toBe(401);
  });
});

describe("headers", () => {
  it("T34 forbid frames and foreign scripts on every answer", async () => {
    for (const path of ["/", "/healthz", "/api/v1/cases", "/nothing"]) {
      const { headers } = await request(http.app).get(path);
      const policy = String(headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers).toMatchObject({ "x-frame-options": "DENY", "x-content-type-options": "nosniff" });
      expect(headers["x-powered-by"]).toBeUndefined();
    }
  });

  it("T31 carry a request id of ours, never the caller's", async () => {
    const response = await request(http.app).get("/api/v1/cases").set("x-request-id", "spoofed");
    expect(response.headers["x-request-id"]).toMatch(/^[0-9a-f]{8}-/);
    expect((response.body as { requestId: string }).requestId).toBe(response.headers["x-request-id"]);
  });
});

describe("health and trust", () => {
  it("T50 say what failed on the admin listener only", async () => {
    http.world.readiness = { ok: false, checks: { database: { ok: false, detail: "connect ECONNREFUSED 10.0.0.5" } } };
    const open = await request(http.app).get("/readyz");
    const inner = await request(http.adminApp).get("/readyz");
    http.world.readiness = { ok: true, checks: {} };

    expect([open.status, open.body]).toEqual([503, { ok: false, checks: { database: { ok: false } } }]);
    expect(inner.text).toContain("10.0.0.5");
    expect((await request(http.app).get("/metrics")).status).toBe(404);
    expect((await request(http.adminApp).get("/metrics")).text).toBe("lastday_cases 1\n");
    expect((await request(http.adminApp).get("/api/v1/cases")).status).toBe(404);
  });

  it("publish keys and trust file without a token", async () => {
    const jwks = await request(http.app).get("/.well-known/jwks.json");
    const trust = await request(http.app).get("/.well-known/lastday-trust.json");
    expect([jwks.body, trust.body]).toEqual([{ keys: [{ kid: "k1" }] }, { v: 1 }]);
  });

  it("serve the description that is committed", async () => {
    const { body } = await (await http.as("viewer")).get("/api/v1/openapi.json");
    expect(Object.keys((body as { paths: object }).paths)).toEqual(
      expect.arrayContaining(describedOperations().map((operation) => operation.path)),
    );
  });
});
