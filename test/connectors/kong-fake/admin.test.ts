import { admin, aKong, idsOf, rowsOf } from "./support.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

describe("credentials of a consumer", () => {
  it.each([
    { nested: "key-auth", collection: "key-auths", body: { key: "k-1" }, byName: "k-1" },
    { nested: "jwt", collection: "jwts", body: { key: "iss-1" }, byName: "iss-1" },
    { nested: "basic-auth", collection: "basic-auths", body: { username: "b-1", password: "p" }, byName: "b-1" },
    { nested: "hmac-auth", collection: "hmac-auths", body: { username: "h-1" }, byName: "h-1" },
    { nested: "oauth2", collection: "oauth2", body: { name: "app", client_id: "c-1" }, byName: "c-1" },
    { nested: "acls", collection: "acls", body: { group: "staff" }, byName: "staff" },
    { nested: "mtls-auth", collection: "mtls-auths", body: { subject_name: "CN=a" }, byName: null },
  ])("$nested: made, listed, found, changed, deleted", async ({ nested, collection, body, byName }) => {
    const kong = await aKong({ isEnterprise: true });
    const owner = await admin(kong, "POST", "/consumers", { username: "ada" });

    const made = await admin(kong, "POST", `/consumers/ada/${nested}`, body);
    const id = String(made.json.id);
    const below = `/consumers/ada/${nested}/${id}`;
    const listed = await admin(kong, "GET", `/consumers/ada/${nested}`);
    const everywhere = await admin(kong, "GET", `/${collection}`);
    const found = await admin(kong, "GET", `/consumers/ada/${nested}/${byName ?? id}`);
    const consumer = await admin(kong, "GET", `/${collection}/${id}/consumer`);
    const patched = await admin(kong, "PATCH", below, { tags: ["x"] });
    const deleted = [await admin(kong, "DELETE", below), await admin(kong, "DELETE", below)];
    const inCollection = await admin(kong, "DELETE", `/${collection}/${id}`);

    expect(made).toMatchObject({ status: 201, json: { consumer: { id: owner.json.id } } });
    expect(made.json.created_at).toBeGreaterThan(Date.now() / 1_000 - 60);
    expect(made.json.created_at).toBeLessThanOrEqual(Date.now() / 1_000);
    expect([listed.json, everywhere.json]).toMatchObject([
      { data: [{ id }], next: null },
      { data: [{ id }], next: null },
    ]);
    expect([found.json.id, consumer.json.username]).toEqual([id, "ada"]);
    expect(patched).toMatchObject({ status: 200, json: { id, tags: ["x"] } });
    expect([...deleted, inCollection].map((answer) => answer.status)).toEqual([204, 404, 204]);
    expect(deleted[1]?.json).toEqual({ message: "Not found" });
  });

  it("OAuth 2.0 tokens hang on an application, and are found below it and in their own collection", async () => {
    const kong = await aKong();
    const { consumers } = kong.plant({ consumers: [{ username: "ada", oauth2: [{ name: "app", tokens: [{}] }] }] });
    const application = consumers[0]?.oauth2[0];
    const token = application?.tokens[0];

    const below = await admin(kong, "GET", `/oauth2/${application?.id}/oauth2_tokens`);
    const byValue = await admin(kong, "GET", `/oauth2_tokens/${token?.accessToken}`);
    const deleted = await admin(kong, "DELETE", `/oauth2_tokens/${token?.id}`);

    expect(rowsOf(below)).toMatchObject([{ id: token?.id, credential: { id: application?.id } }]);
    expect(byValue.json).toMatchObject({ id: token?.id, token_type: "bearer" });
    expect(deleted.status).toBe(204);
    expect(kong.alive(token?.id ?? "")).toBe(false);
    expect(kong.alive(application?.id ?? "")).toBe(true);
  });

  it("makes values that are left out, and keeps passwords hashed", async () => {
    const kong = await aKong();
    await admin(kong, "POST", "/consumers", { username: "ada" });

    const key = await admin(kong, "POST", "/consumers/ada/key-auth", {});
    const jwt = await admin(kong, "POST", "/consumers/ada/jwt", {});
    const login = await admin(kong, "POST", "/consumers/ada/basic-auth", { username: "ada", password: "hunter2" });

    expect(key.json.key).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(jwt.json).toMatchObject({ algorithm: "HS256", secret: expect.stringMatching(/^[A-Za-z0-9]{32}$/) });
    expect(login.json.password).toMatch(/^[0-9a-f]{40}$/);
  });

  it("PUT creates under the given id, then replaces", async () => {
    const kong = await aKong();
    const id = "11111111-2222-4333-8444-555555555555";
    await admin(kong, "POST", "/consumers", { username: "ada" });

    const made = await admin(kong, "PUT", `/consumers/ada/key-auth/${id}`, { key: "a", tags: ["x"] });
    const replaced = await admin(kong, "PUT", `/consumers/ada/key-auth/${id}`, { key: "b" });

    expect(made).toMatchObject({ status: 200, json: { id, key: "a", tags: ["x"] } });
    expect(replaced).toMatchObject({ status: 200, json: { id, key: "b", tags: null } });
  });

  it("a key with a time to live counts down and is gone at its end", async () => {
    let now = Date.UTC(2026, 0, 1);
    const kong = await aKong({ clock: () => now });
    const { consumers } = kong.plant({ consumers: [{ username: "ada", keyAuth: [{ ttl: 60 }] }] });
    const id = consumers[0]?.keyAuth[0]?.id ?? "";

    now += 20_000;
    const before = await admin(kong, "GET", `/key-auths/${id}`);
    now += 40_000;
    const after = await admin(kong, "GET", `/key-auths/${id}`);

    expect(before.json).toMatchObject({ ttl: 40 });
    expect(after.status).toBe(404);
  });
});

describe("consumers", () => {
  it("are found by id or username, never by custom_id in the path", async () => {
    const kong = await aKong();
    const { consumers } = kong.plant({ consumers: [{ username: "Ada L", custom_id: "e-1" }] });
    const id = consumers[0]?.id ?? "";

    const answers = await Promise.all(
      [id, id.toUpperCase(), "Ada%20L", "e-1", "ada%20l"].map((key) => admin(kong, "GET", `/consumers/${key}`)),
    );

    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 404, 404]);
  });

  it.each([
    { query: "custom_id=e-1", status: 200, names: ["ada"] },
    { query: "custom_id=E-1", status: 200, names: [] },
    { query: "custom_id=", status: 400, names: [] },
    { query: "custom_id=e-1&custom_id=e-2", status: 400, names: [] },
    { query: "username=ada", status: 200, names: ["ada", "bob", "eve"] },
    { query: "tags=staff", status: 200, names: ["ada", "bob"] },
    { query: "tags=staff,admin", status: 200, names: ["ada"] },
    { query: "tags=admin/guest", status: 200, names: ["ada", "eve"] },
    { query: "tags=admin,staff/guest", status: 400, names: [] },
  ])("list with $query", async ({ query, status, names }) => {
    const kong = await aKong();
    kong.plant({
      consumers: [
        { username: "ada", custom_id: "e-1", tags: ["staff", "admin"] },
        { username: "bob", custom_id: "e-2", tags: ["staff"] },
        { username: "eve", tags: ["guest"] },
      ],
    });

    const answer = await admin(kong, "GET", `/consumers?${query}`);

    expect(answer.status).toBe(status);
    expect(
      rowsOf(answer)
        .map((row) => String(row.username))
        .sort(),
    ).toEqual(names);
  });

  it("take all they hold with them, and nothing else", async () => {
    const kong = await aKong();
    const { consumers } = kong.plant({
      consumers: ["ada", "bob"].map((username) => ({
        username,
        keyAuth: [{}],
        jwt: [{}],
        basicAuth: [{ username }],
        hmacAuth: [{ username }],
        oauth2: [{ name: "app", tokens: [{}] }],
        acls: ["staff"],
        plugins: [{ name: "request-termination", config: { status_code: 403 } }],
      })),
    });
    const [ada, bob] = consumers;
    const bystander = kong.stateOf(bob?.id ?? "");

    const deleted = await admin(kong, "DELETE", "/consumers/ada");

    const left = Object.values(kong.state()).flat();
    expect(deleted.status).toBe(204);
    expect(left.filter((row) => JSON.stringify(row).includes(ada?.id ?? "-"))).toEqual([]);
    expect(kong.state().oauth2_tokens).toHaveLength(1);
    expect(kong.stateOf(bob?.id ?? "")).toBe(bystander);
    expect(JSON.parse(kong.stateOf(ada?.id ?? ""))).toMatchObject({ consumer: null, keyauth_credentials: [] });
  });
});

describe("refusals", () => {
  it.each([
    {
      name: "neither name nor custom id",
      call: ["POST", "/consumers", {}],
      status: 400,
      body: {
        code: 2,
        name: "schema violation",
        message: "schema violation (at least one of these fields must be non-empty: 'custom_id', 'username')",
        fields: { "@entity": ["at least one of these fields must be non-empty: 'custom_id', 'username'"] },
      },
    },
    {
      name: "unknown field and wrong type",
      call: ["POST", "/consumers", { username: 7, nick: "a" }],
      status: 400,
      body: {
        message: "2 schema violations (nick: unknown field; username: expected a string)",
        fields: { nick: "unknown field", username: "expected a string" },
      },
    },
    {
      name: "username taken",
      call: ["POST", "/consumers", { username: "ada" }],
      status: 409,
      body: {
        code: 5,
        name: "unique constraint violation",
        message: `UNIQUE violation detected on '{username="ada"}'`,
        fields: { username: "ada" },
      },
    },
    {
      name: "key taken by another consumer",
      call: ["POST", "/consumers/bob/key-auth", { key: "k-ada" }],
      status: 409,
      body: { code: 5, fields: { key: "k-ada" } },
    },
    { name: "group twice", call: ["POST", "/consumers/ada/acls", { group: "staff" }], status: 409, body: { code: 5 } },
    {
      name: "required field missing",
      call: ["POST", "/consumers/ada/basic-auth", { username: "x" }],
      status: 400,
      body: { message: "schema violation (password: required field missing)" },
    },
    {
      name: "foreign entity missing",
      call: ["POST", "/key-auths", { consumer: { id: "00000000-0000-4000-8000-000000000000" } }],
      status: 400,
      body: { code: 4, name: "foreign key violation" },
    },
    {
      name: "id cannot change",
      call: ["PATCH", "/consumers/ada", { id: "00000000-0000-4000-8000-000000000000" }],
      status: 400,
      body: { fields: { id: "immutable field cannot be updated" } },
    },
    {
      name: "consumer unknown",
      call: ["GET", "/consumers/nobody/key-auth"],
      status: 404,
      body: { message: "Not found" },
    },
    {
      name: "credential of another consumer",
      call: ["DELETE", "/consumers/bob/key-auth/k-ada"],
      status: 404,
      body: { message: "Not found" },
    },
    { name: "path unknown", call: ["GET", "/consumer"], status: 404, body: { message: "Not found" } },
    { name: "mtls-auth in open source", call: ["GET", "/mtls-auths"], status: 404, body: { message: "Not found" } },
    {
      name: "method not allowed",
      call: ["DELETE", "/consumers"],
      status: 405,
      body: { message: "Method not allowed" },
    },
    {
      name: "broken JSON",
      call: ["POST", "/consumers", '{"a'],
      status: 400,
      body: { message: "Cannot parse JSON body" },
    },
    {
      name: "size not a number",
      call: ["GET", "/consumers?size=x"],
      status: 400,
      body: { code: 9, name: "invalid size" },
    },
    { name: "size too large", call: ["GET", "/consumers?size=1001"], status: 400, body: { code: 9 } },
    {
      name: "offset made up",
      call: ["GET", "/consumers?offset=x"],
      status: 400,
      body: { code: 7, name: "invalid offset" },
    },
    {
      name: "auth plugin on a consumer",
      call: ["POST", "/consumers/ada/plugins", { name: "key-auth" }],
      status: 400,
      body: { fields: { consumer: "value must be null" } },
    },
    {
      name: "termination status out of range",
      call: ["POST", "/consumers/ada/plugins", { name: "request-termination", config: { status_code: 42 } }],
      status: 400,
      body: { code: 2 },
    },
  ] as const)("$name", async ({ call: [method, path, body], status, body: expected }) => {
    const kong = await aKong();
    kong.plant({
      consumers: [{ username: "ada", keyAuth: [{ key: "k-ada" }], acls: ["staff"] }, { username: "bob" }],
    });
    const before = JSON.stringify(kong.state());

    const answer = await admin(kong, method, path, body);

    expect(answer).toMatchObject({ status, json: expected });
    expect(JSON.stringify(kong.state())).toBe(before);
  });

  it("a second termination of the same consumer is a conflict", async () => {
    const kong = await aKong();
    kong.plant({ consumers: [{ username: "ada" }] });
    const freeze = () => admin(kong, "POST", "/consumers/ada/plugins", { name: "request-termination" });

    const answers = [await freeze(), await freeze()];

    expect(answers.map((answer) => answer.status)).toEqual([201, 409]);
    expect(answers[0]?.json).toMatchObject({ enabled: true, config: { status_code: 503, message: null } });
  });
});

describe("pages", () => {
  it.each([
    { name: "forced to one", options: { pageSize: 1 }, path: "/consumers" },
    { name: "asked for two", options: {}, path: "/consumers?size=2" },
    { name: "by position", options: { pageSize: 2, paging: "position" as const }, path: "/consumers" },
  ])("$name: every entity once", async ({ options, path }) => {
    const kong = await aKong(options);
    const names = Array.from({ length: 7 }, (_, at) => ({ username: `u${at}` }));
    const planted = kong.plant({ consumers: names }).consumers.map((one) => one.id);

    expect((await idsOf(kong, path)).sort()).toEqual(planted.sort());
  });

  it("next keeps size and tags of a collection, and drops both below a consumer", async () => {
    const kong = await aKong();
    kong.plant({
      consumers: [
        { username: "ada", tags: ["t"], keyAuth: [{}, {}] },
        { username: "bob", tags: ["t"] },
      ],
    });

    const outer = await admin(kong, "GET", "/consumers?size=1&tags=t");
    const below = await admin(kong, "GET", "/consumers/ada/key-auth?size=1");

    expect(outer.json.next).toMatch(/^\/consumers\?offset=[^&]+&tags=t&size=1$/);
    expect(below.json.next).toMatch(/^\/consumers\/ada\/key-auth\?offset=[^&]+$/);
    expect(outer.json.offset).toEqual(expect.any(String));
  });
});

describe("RBAC", () => {
  it.each([
    { token: undefined, method: "GET", status: 401 },
    { token: "wrong", method: "DELETE", status: 401 },
    { token: "auditor", method: "GET", status: 200 },
    { token: "auditor", method: "DELETE", status: 403 },
    { token: "boss", method: "DELETE", status: 204 },
  ])("$token may $method: $status", async ({ token, method, status }) => {
    const kong = await aKong({ adminToken: "boss", readOnlyToken: "auditor" });
    const { consumers } = kong.plant({ consumers: [{ username: "ada" }] });

    const headers: Record<string, string> = token === undefined ? {} : { "kong-admin-token": token };
    const answer = await admin(kong, method, "/consumers/ada", undefined, headers);

    expect(answer.status).toBe(status);
    expect(kong.alive(consumers[0]?.id ?? "")).toBe(status !== 204);
  });
});

describe("the description", () => {
  it.each([
    { name: "a described call", call: ["GET", "/consumers?custom_id=a&size=2"], violations: [] },
    { name: "OAuth 2.0, described by the plugin", call: ["GET", "/consumers/ada/oauth2?size=2"], violations: [] },
    {
      name: "a query that Kong ignores",
      call: ["GET", "/consumers?username=ada"],
      violations: [{ what: "query", method: "GET", path: "/consumers", name: "username" }],
    },
    {
      name: "a route that is not described",
      call: ["GET", "/consumers/ada/secrets"],
      violations: [{ what: "route", method: "GET", path: "/consumers/ada/secrets" }],
    },
    {
      name: "a method that is not described",
      call: ["DELETE", "/consumers"],
      violations: [{ what: "method", method: "DELETE", path: "/consumers" }],
    },
    {
      name: "a body field that is not described",
      call: ["POST", "/consumers", { username: "b", nick: "c" }],
      violations: [{ what: "body", method: "POST", path: "/consumers", name: "nick" }],
    },
  ] as const)("$name", async ({ call: [method, path, body], violations }) => {
    const kong = await aKong();
    kong.plant({ consumers: [{ username: "ada" }] });

    await admin(kong, method, path, body);

    expect(kong.violations()).toEqual(violations);
  });
});

it("takes forms as well as JSON", async () => {
  const kong = await aKong();
  kong.plant({ consumers: [{ username: "ada" }] });
  const form = { "content-type": "application/x-www-form-urlencoded" };

  const key = await admin(kong, "POST", "/consumers/ada/key-auth", "key=12345&tags[]=a&tags[]=b", form);
  const plugin = await admin(
    kong,
    "POST",
    "/consumers/ada/plugins",
    "name=request-termination&config.status_code=403&config.message=gone",
    form,
  );

  expect(key).toMatchObject({ status: 201, json: { key: "12345", tags: ["a", "b"] } });
  expect(plugin).toMatchObject({ status: 201, json: { config: { status_code: 403, message: "gone" } } });
});

it("tells about itself", async () => {
  const kong = await aKong();

  const root = await admin(kong, "GET", "/");
  const status = await admin(kong, "GET", "/status");
  const head = await admin(kong, "HEAD", "/consumers");
  const options = await admin(kong, "OPTIONS", "/consumers");

  expect(root.json).toMatchObject({ version: "3.14.0", node_id: expect.stringMatching(uuid) });
  expect(status.json).toMatchObject({ database: { reachable: true } });
  expect([head.status, head.text]).toEqual([200, ""]);
  expect(options.headers.get("allow")).toBe("GET, HEAD, POST, OPTIONS");
});

it("logs every call, and knows which asked for a change", async () => {
  const kong = await aKong();
  await admin(kong, "GET", "/consumers");
  await admin(kong, "POST", "/consumers", { username: "ada" });
  await admin(kong, "DELETE", "/consumers/nobody?x=1");

  const logged = kong.calls().map(({ seq, door, method, path, status }) => [seq, door, method, path, status]);
  const writes = kong.writes().map(({ method }) => method);
  kong.clearCalls();

  expect(logged).toEqual([
    [1, "admin", "GET", "/consumers", 200],
    [2, "admin", "POST", "/consumers", 201],
    [3, "admin", "DELETE", "/consumers/nobody?x=1", 204],
  ]);
  expect(writes).toEqual(["POST", "DELETE"]);
  expect(kong.calls()).toEqual([]);
});

it("refuses a body larger than it reads", async () => {
  const kong = await aKong();

  const answer = await admin(kong, "POST", "/consumers", { username: "a".repeat(2_000_000) });

  expect(answer.status).toBe(413);
  expect(kong.state().consumers).toEqual([]);
});
