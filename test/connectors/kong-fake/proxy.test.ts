import { admin, aKong, basic, bearer, proxied, signed } from "./support.ts";

async function worldOf() {
  const kong = await aKong();
  const planted = kong.plant({
    consumers: [
      {
        username: "ada",
        custom_id: "e-1",
        keyAuth: [{ key: "k-ada" }],
        jwt: [{ key: "iss-ada", secret: "s3cret" }],
        basicAuth: [{ username: "ada", password: "pa:ss" }],
        hmacAuth: [{ username: "ada", secret: "h-secret" }],
        oauth2: [{ name: "app", tokens: [{ access_token: "t-ada" }, { access_token: "t-old", expires_in: -1 }] }],
        acls: ["staff"],
      },
      { username: "bob", keyAuth: [{ key: "k-bob" }] },
    ],
  });
  return { kong, ada: planted.consumers[0] };
}

describe("who is let in", () => {
  it.each([
    { name: "key in a header", path: "/key-auth", headers: { apikey: "k-ada" } },
    { name: "key in the query", path: "/key-auth?apikey=k-ada", headers: {} },
    { name: "password", path: "/basic-auth", headers: basic("ada", "pa:ss") },
    { name: "token signed with the secret of its iss", path: "/jwt", headers: bearer("iss-ada", "s3cret") },
    { name: "signed request", path: "/hmac-auth/a?b=1", headers: signed("ada", "h-secret", "/hmac-auth/a?b=1") },
    { name: "access token", path: "/oauth2", headers: { authorization: "Bearer t-ada" } },
    { name: "key and group", path: "/acl", headers: { apikey: "k-ada" } },
  ])("$name", async ({ path, headers }) => {
    const { kong, ada } = await worldOf();

    const answer = await proxied(kong, path, headers);

    expect(answer.status).toBe(200);
    expect(answer.json.headers).toMatchObject({ "x-consumer-id": ada?.id, "x-consumer-custom-id": "e-1" });
  });

  it.each([
    { name: "no key", path: "/key-auth", headers: {}, status: 401, body: { message: "No API key found in request" } },
    {
      name: "unknown key",
      path: "/key-auth",
      headers: { apikey: "x" },
      status: 401,
      body: { message: "Unauthorized" },
    },
    {
      name: "two keys",
      path: "/key-auth?apikey=k-ada&apikey=k-bob",
      headers: {},
      status: 401,
      body: { message: "Duplicate API key found" },
    },
    { name: "no login", path: "/basic-auth", headers: {}, status: 401, body: { message: "Unauthorized" } },
    {
      name: "wrong password",
      path: "/basic-auth",
      headers: basic("ada", "x"),
      status: 401,
      body: { message: "Unauthorized" },
    },
    { name: "no token", path: "/jwt", headers: {}, status: 401, body: { message: "Unauthorized" } },
    {
      name: "unknown iss",
      path: "/jwt",
      headers: bearer("nobody", "s3cret"),
      status: 401,
      body: { message: "No credentials found for given 'iss'" },
    },
    {
      name: "wrong secret",
      path: "/jwt",
      headers: bearer("iss-ada", "x"),
      status: 401,
      body: { message: "Invalid signature" },
    },
    {
      name: "no JWT at all",
      path: "/jwt",
      headers: { authorization: "Bearer a.b.c" },
      status: 401,
      body: { message: "Bad token; invalid JSON" },
    },
    {
      name: "signature by another secret",
      path: "/hmac-auth",
      headers: signed("ada", "x", "/hmac-auth"),
      status: 401,
      body: { message: "HMAC signature does not match" },
    },
    {
      name: "unknown signer",
      path: "/hmac-auth",
      headers: signed("nobody", "h-secret", "/hmac-auth"),
      status: 401,
      body: { message: "HMAC signature cannot be verified" },
    },
    {
      name: "old signature",
      path: "/hmac-auth",
      headers: signed("ada", "h-secret", "/hmac-auth", new Date(0)),
      status: 401,
      body: { message: expect.stringContaining("a valid date or x-date header is required") },
    },
    {
      name: "unknown access token",
      path: "/oauth2",
      headers: { authorization: "Bearer x" },
      status: 401,
      body: { error: "invalid_token", error_description: "The access token is invalid or has expired" },
    },
    {
      name: "no access token",
      path: "/oauth2",
      headers: {},
      status: 401,
      body: { error: "invalid_request", error_description: "The access token is missing" },
    },
    {
      name: "not in the group",
      path: "/acl",
      headers: { apikey: "k-bob" },
      status: 403,
      body: { message: "You cannot consume this service" },
    },
    {
      name: "no such route",
      path: "/nowhere",
      headers: {},
      status: 404,
      body: { message: "no Route matched with those values" },
    },
  ])("refused: $name", async ({ path, headers, status, body }) => {
    const { kong } = await worldOf();

    const answer = await proxied(kong, path, headers);

    expect(answer).toMatchObject({ status, json: body });
    expect(answer.headers.get("x-kong-request-id")).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("request-termination of a consumer", () => {
  it.each([
    {
      name: "status and message",
      config: { status_code: 403, message: "offboarded" },
      status: 403,
      text: '{"message":"offboarded"}',
    },
    { name: "default message", config: { status_code: 503 }, status: 503, text: '{"message":"Service unavailable"}' },
    { name: "status alone", config: { status_code: 418 }, status: 418, text: "" },
    {
      name: "raw body",
      config: { status_code: 403, body: "<x/>", content_type: "text/xml" },
      status: 403,
      text: "<x/>",
    },
  ])("$name, and only after authentication", async ({ config, status, text }) => {
    const { kong } = await worldOf();
    await admin(kong, "POST", "/consumers/ada/plugins", { name: "request-termination", config });

    const answers = {
      known: await proxied(kong, "/key-auth", { apikey: "k-ada" }),
      unknown: await proxied(kong, "/key-auth", { apikey: "x" }),
      bystander: await proxied(kong, "/key-auth", { apikey: "k-bob" }),
    };

    expect([answers.known.status, answers.known.text]).toEqual([status, text]);
    expect([answers.unknown.status, answers.bystander.status]).toEqual([401, 200]);
  });

  it("is off when disabled, and the key is dead when deleted", async () => {
    const { kong, ada } = await worldOf();
    const freeze = await admin(kong, "POST", "/consumers/ada/plugins", { name: "request-termination" });
    const path = `/consumers/ada/plugins/${String(freeze.json.id)}`;
    const look = async () => (await proxied(kong, "/key-auth", { apikey: "k-ada" })).status;

    const frozen = await look();
    await admin(kong, "PATCH", path, { enabled: false });
    const thawed = await look();
    await admin(kong, "PATCH", path, { enabled: true });
    await admin(kong, "DELETE", `/consumers/ada/key-auth/${ada?.keyAuth[0]?.id}`);
    const dead = await look();

    expect([frozen, thawed, dead]).toEqual([503, 200, 401]);
  });
});

it("deleting an OAuth 2.0 application ends its tokens", async () => {
  const { kong, ada } = await worldOf();

  await admin(kong, "DELETE", `/consumers/ada/oauth2/${ada?.oauth2[0]?.id}`);

  expect((await proxied(kong, "/oauth2", { authorization: "Bearer t-ada" })).status).toBe(401);
  expect(kong.state().oauth2_tokens).toEqual([]);
});

describe("hybrid mode", () => {
  it("a data plane goes on serving a deleted key for its time", async () => {
    let now = Date.UTC(2026, 0, 1);
    const kong = await aKong({ clock: () => now, dataPlanes: [{ name: "late", ms: 5_000 }] });
    const key = kong.plant({ consumers: [{ username: "ada", keyAuth: [{ key: "k" }] }] }).consumers[0]?.keyAuth[0];
    const look = async () => (await proxied(kong, "/key-auth", { apikey: "k" })).status;

    await admin(kong, "DELETE", `/key-auths/${key?.id}`);
    const seen = [{ status: await look(), alive: kong.alive(key?.id ?? "") }];
    now += 4_999;
    seen.push({ status: await look(), alive: kong.alive(key?.id ?? "") });
    now += 1;
    seen.push({ status: await look(), alive: kong.alive(key?.id ?? "") });

    expect(seen).toEqual([
      { status: 200, alive: true },
      { status: 200, alive: true },
      { status: 401, alive: false },
    ]);
  });

  it("several data planes answer in turn, each with its own lag", async () => {
    const kong = await aKong({
      dataPlanes: [{ name: "quick" }, { name: "slow", reads: 2 }, { name: "stuck", reads: Infinity }],
    });
    const key = kong.plant({ consumers: [{ username: "ada", keyAuth: [{ key: "k" }] }] }).consumers[0]?.keyAuth[0];

    await admin(kong, "DELETE", `/key-auths/${key?.id}`);
    const before = kong.servedBy(key?.id ?? "");
    const statuses: number[] = [];
    for (let at = 0; at < 9; at += 1) statuses.push((await proxied(kong, "/key-auth", { apikey: "k" })).status);

    expect(before).toEqual(["slow", "stuck"]);
    expect(statuses).toEqual([401, 200, 200, 401, 200, 200, 401, 401, 200]);
    expect(kong.servedBy(key?.id ?? "")).toEqual(["stuck"]);
  });

  it("a lag can begin and end at run time", async () => {
    const kong = await aKong();
    const keys = kong.plant({ consumers: [{ username: "ada", keyAuth: [{}, {}] }] }).consumers[0]?.keyAuth ?? [];

    kong.setLag("proxy", { reads: Infinity });
    await admin(kong, "DELETE", `/key-auths/${keys[0]?.id}`);
    kong.setLag("proxy", {});
    await admin(kong, "DELETE", `/key-auths/${keys[1]?.id}`);

    expect(keys.map((key) => kong.alive(key))).toEqual([true, true]);
    kong.catchUp();
    expect(keys.map((key) => kong.alive(key))).toEqual([false, false]);
  });
});
