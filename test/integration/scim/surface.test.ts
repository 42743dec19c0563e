import { openPool } from "../../../src/store/pool.ts";
import { silentLog, useDatabase } from "../../support/database.ts";
import { patchOp, tokens, useScimServer, userSchema } from "./scim-server.ts";

const database = useDatabase();
const lines: unknown[] = [];
const log = {
  ...silentLog,
  info: (message: string, fields: unknown) => void lines.push({ message, fields }),
  error: (message: string, fields: unknown) => void lines.push({ message, fields }),
};
const scim = useScimServer(database, { log });

const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error";
const someId = "0190a000-0000-7000-8000-00000000ffff";
const deactivation = { schemas: [patchOp], Operations: [{ op: "replace", value: { active: false } }] };

describe("authentication", () => {
  it.each([
    { name: "no header", headers: { authorization: "" } },
    { name: "unknown token", headers: { authorization: "Bearer nobody" } },
    { name: "a known token and more", headers: { authorization: `Bearer ${tokens.okta}x` } },
    { name: "part of a known token", headers: { authorization: `Bearer ${tokens.okta.slice(0, -1)}` } },
    { name: "no word Bearer", headers: { authorization: tokens.okta } },
    { name: "Basic", headers: { authorization: `Basic ${btoa(`x:${tokens.okta}`)}` } },
    { name: "two tokens", headers: { authorization: `Bearer ${tokens.okta} ${tokens.okta}` } },
    { name: "a megabyte", headers: { authorization: `Bearer ${"x".repeat(8_000)}` } },
  ])("401 for $name, before the body is looked at", async ({ headers }) => {
    for (const path of ["/Users", "/ServiceProviderConfig", "/nothing"]) {
      const reply = await scim.call("POST", path, { headers, body: "{ not json" });
      expect(reply.status).toBe(401);
      expect(reply.headers.get("www-authenticate")).toMatch(/^Bearer/);
      expect(reply.json).toEqual({ schemas: [errorSchema], status: "401", detail: expect.any(String) });
    }
  });

  it.each([
    { name: "bearer in lower case", authorization: `bearer ${tokens.okta}` },
    { name: "the second token of a rotation", authorization: "Bearer okta-token-next" },
    { name: "a minted token", authorization: "Bearer minted-token" },
    { name: "a bare token, where the source allows it", authorization: tokens.bare },
    { name: "Bearer, where bare is allowed too", authorization: `Bearer ${tokens.bare}` },
  ])("200 for $name", async ({ authorization }) => {
    expect((await scim.call("GET", "/Users", { headers: { authorization } })).status).toBe(200);
  });
});

describe("routes", () => {
  it.each([
    { method: "GET", path: "/", status: 404 },
    { method: "GET", path: "/Nothing", status: 404 },
    { method: "POST", path: "/Bulk", status: 404 },
    { method: "GET", path: "/Groups", status: 404 },
    { method: "GET", path: "/Me", status: 404 },
    { method: "GET", path: "/Users/no-uuid", status: 404 },
    { method: "GET", path: "/Users/%zz", status: 404 },
    { method: "GET", path: "/Users/%00", status: 404 },
    { method: "GET", path: "/Users/..%2f..%2fetc", status: 404 },
    { method: "DELETE", path: "/Users/no-uuid", status: 404 },
    { method: "DELETE", path: `/Users/${someId}`, status: 404 },
    { method: "GET", path: `/Users/${someId}/name`, status: 404 },
    { method: "DELETE", path: "/Users", status: 405, allow: "GET, HEAD, POST" },
    { method: "POST", path: `/Users/${someId}`, status: 405, allow: "GET, HEAD, PUT, PATCH, DELETE" },
    { method: "POST", path: "/Schemas", status: 405, allow: "GET, HEAD" },
    { method: "OPTIONS", path: "/Users", status: 405, allow: "GET, HEAD, POST" },
  ])("$method $path: $status", async ({ method, path, status, allow }) => {
    const reply = await scim.call(method, path);
    expect(reply.status).toBe(status);
    expect(reply.json).toEqual({ schemas: [errorSchema], status: String(status), detail: expect.any(String) });
    if (allow !== undefined) expect(reply.headers.get("allow")).toBe(allow);
  });

  it.each([
    "/Users",
    "/Users/",
    "/users",
    "/Users?aadOptscim062020",
    "?aadOptscim062020/Users",
    "/?aadOptscim062020/Users?count=1",
  ])("GET %s lists people", async (path) => {
    expect((await scim.call("GET", path)).json).toMatchObject({ startIndex: 1 });
  });

  it("HEAD answers as GET without a body", async () => {
    const id = await scim.addPerson("generic");
    const reply = await scim.call("HEAD", `/Users/${id}`);
    expect(reply).toMatchObject({ status: 200, text: "" });
    expect(reply.headers.get("etag")).toBe('W/"1"');
  });
});

describe("T17 the body guard", () => {
  const nested = `{"userName":"x","name":${'{"a":'.repeat(40)}1${"}".repeat(40)}}`;
  it.each([
    { name: "no body", body: "", status: 400, scimType: "invalidSyntax" },
    { name: "cut off", body: '{"userName":', status: 400, scimType: "invalidSyntax" },
    { name: "a list", body: "[]", status: 400, scimType: "invalidSyntax" },
    { name: "not UTF-8", body: Uint8Array.of(0x7b, 0xff, 0x7d), status: 400, scimType: "invalidSyntax" },
    { name: "a key twice", body: '{"userName":"a","userName":"b"}', status: 400, scimType: "invalidSyntax" },
    { name: "too deep", body: nested, status: 400, scimType: "invalidSyntax" },
    { name: "NUL", body: '{"userName":"a\\u0000"}', status: 400, scimType: "invalidSyntax" },
    { name: "half a surrogate pair", body: '{"userName":"\\udfff"}', status: 400, scimType: "invalidSyntax" },
    { name: "too large", body: `{"userName":"${"x".repeat(262_144)}"}`, status: 413 },
    { name: "text/plain", body: "{}", headers: { "content-type": "text/plain" }, status: 415 },
    { name: "XML", body: "<x/>", headers: { "content-type": "application/xml" }, status: 415 },
    {
      name: "another charset",
      body: "{}",
      headers: { "content-type": "application/json; charset=utf-16" },
      status: 415,
    },
    { name: "gzip", body: "{}", headers: { "content-encoding": "gzip" }, status: 415 },
    { name: "no userName", body: "{}", status: 400, scimType: "invalidValue" },
    { name: "userName of another type", body: '{"userName":7}', status: 400, scimType: "invalidValue" },
    {
      name: "userName too long for its index",
      body: `{"userName":"${"𝕏".repeat(257)}"}`,
      status: 400,
      scimType: "invalidValue",
    },
    {
      name: "another kind of resource",
      body: '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"userName":"x"}',
      status: 400,
      scimType: "invalidSyntax",
    },
    {
      name: "two primaries",
      body: '{"userName":"x","emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}',
      status: 400,
      scimType: "invalidValue",
    },
  ])("refuses $name", async ({ body, headers = {}, status, scimType }) => {
    const reply = await scim.call("POST", "/Users", { body, headers });
    expect(reply.status).toBe(status);
    expect(reply.json).toEqual({
      schemas: [errorSchema],
      status: String(status),
      detail: expect.any(String),
      ...(scimType === undefined ? {} : { scimType }),
    });
  });

  it("takes the longest user name it allows", async () => {
    const reply = await scim.call("POST", "/Users", {
      body: { userName: "𝕏".repeat(256), externalId: "İ".repeat(512) },
    });
    expect(reply.status).toBe(201);
  });
});

describe("discovery", () => {
  it("ServiceProviderConfig says what is true, whatever the query", async () => {
    for (const path of ["/ServiceProviderConfig", "/ServiceProviderConfig?filter=x", "/serviceConfiguration"]) {
      expect((await scim.call("GET", path)).json).toMatchObject({
        patch: { supported: true },
        bulk: { supported: false },
        filter: { supported: true, maxResults: 200 },
        changePassword: { supported: false },
        sort: { supported: false },
        etag: { supported: true },
        authenticationSchemes: [{ type: "oauthbearertoken" }],
      });
    }
  });

  it("Schemas and ResourceTypes list what each entry shows", async () => {
    for (const path of ["/Schemas", "/ResourceTypes"]) {
      const list = (await scim.call("GET", path)).json["Resources"] as { id: string }[];
      for (const entry of list) expect((await scim.call("GET", `${path}/${entry.id}`)).json).toEqual(entry);
      expect(list.length).toBeGreaterThan(0);
    }
    const { json } = await scim.call("GET", `/Schemas/${userSchema}`);
    expect(json["attributes"]).toContainEqual(
      expect.objectContaining({ name: "userName", required: true, uniqueness: "server", caseExact: false }),
    );
    expect(JSON.stringify(json)).not.toContain("maxLength");
  });

  it.each(["/Schemas", "/ResourceTypes", "/Schemas/x", "/ResourceTypes/User"])(
    "403 for a filter on %s",
    async (path) => {
      expect((await scim.call("GET", `${path}?filter=id+pr`)).json).toMatchObject({ status: "403" });
    },
  );

  it.each(["/Schemas/urn:nothing", "/ResourceTypes/Group"])("404 for %s", async (path) => {
    expect((await scim.call("GET", path)).status).toBe(404);
  });
});

describe("T31 the log", () => {
  it("holds rules and ids, and what a client wrote only clipped, in fields", async () => {
    lines.length = 0;
    const hostile = `x\r\nforged: line\u001b[31m${"y".repeat(200)}`;
    const id = await scim.addPerson("okta", { [hostile]: 1 });
    expect(lines).toEqual([
      {
        message: "scim request repaired",
        fields: { source: "okta", personId: id, notes: [{ rule: "unknown-ignored", at: hostile.slice(0, 64) }] },
      },
    ]);
  });
});

describe("F03 with the database away", () => {
  const unreachable = openPool({
    url: "postgresql://x:x@127.0.0.1:1/x",
    max: 1,
    applicationName: "test",
    log: silentLog,
  });
  afterAll(() => unreachable.end());
  const cutOff = useScimServer(database, { pool: unreachable });

  it.each([
    { method: "GET", path: "/Users" },
    { method: "GET", path: `/Users/${someId}` },
    { method: "POST", path: "/Users", body: { userName: "x" } },
    { method: "PUT", path: `/Users/${someId}`, body: { userName: "x", active: false } },
    { method: "PATCH", path: `/Users/${someId}`, body: deactivation },
    { method: "DELETE", path: `/Users/${someId}` },
  ])("I01 $method $path answers 503, never 2xx", async ({ method, path, body }) => {
    const reply = await cutOff.call(method, path, body === undefined ? {} : { body });
    expect(reply.status).toBe(503);
    expect(reply.headers.get("retry-after")).toBe("5");
    expect(reply.json).toMatchObject({ schemas: [errorSchema], status: "503" });
    expect(reply.text).not.toContain("ECONNREFUSED");
  });
});
