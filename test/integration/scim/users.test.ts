import { parseFilter } from "../../../src/scim/filter/parse.ts";
import { compileFilter } from "../../../src/scim/filter/sql.ts";
import { userType } from "../../../src/scim/schema/user.ts";
import { useDatabase } from "../../support/database.ts";
import { baseUrl, enterpriseSchema, patchOp, useScimServer, userSchema } from "./scim-server.ts";

const database = useDatabase();
const scim = useScimServer(database, { isProtected: (userName) => userName === "break-glass@example.com" });

const unknownId = "0190a000-0000-7000-8000-00000000ffff";
const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error";
const replace = (value: unknown): unknown => ({ schemas: [patchOp], Operations: [{ op: "replace", value }] });

describe("POST /Users", () => {
  it("answers 201 with the resource, its address and its entity tag", async () => {
    const reply = await scim.call("POST", "/Users", {
      body: {
        schemas: [userSchema, enterpriseSchema],
        id: "chosen-by-the-client",
        userName: "bjensen@example.com",
        externalId: "701984",
        name: { givenName: "Barbara", familyName: "Jensen" },
        emails: [{ value: "bjensen@example.com", type: "work", primary: "True" }],
        roles: [],
        password: "t1meMa$heen",
        [enterpriseSchema]: { department: "Tours", manager: "26118915" },
        generation: 99,
        deleted_at: "2026-01-01",
      },
    });

    const { id } = reply.json;
    expect(reply.status).toBe(201);
    expect(reply.headers.get("content-type")).toBe("application/scim+json");
    expect(reply.headers.get("location")).toBe(`${baseUrl}/Users/${String(id)}`);
    expect(reply.headers.get("etag")).toBe('W/"1"');
    expect(reply.json).toEqual({
      schemas: [userSchema, enterpriseSchema],
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      userName: "bjensen@example.com",
      externalId: "701984",
      active: true,
      name: { givenName: "Barbara", familyName: "Jensen" },
      emails: [{ value: "bjensen@example.com", type: "work", primary: true }],
      [enterpriseSchema]: { department: "Tours", manager: { value: "26118915" } },
      meta: {
        resourceType: "User",
        created: expect.any(String),
        lastModified: expect.any(String),
        location: `${baseUrl}/Users/${String(id)}`,
        version: 'W/"1"',
      },
    });
    expect((await scim.call("GET", `/Users/${String(id)}`)).json).toEqual(reply.json);
  });

  it("I15 keeps no password, neither in the person nor in the notice", async () => {
    const id = await scim.addPerson("generic", { password: "canary-4f1d", nickName: "Lee" });
    await scim.call("PATCH", `/Users/${id}`, { body: replace({ password: "canary-4f1d" }) });
    await scim.call("PATCH", `/Users/${id}`, {
      body: { Operations: [{ op: "Replace", path: "password", value: "canary-4f1d" }] },
    });

    const { rows } = await database.pool.query<{ text: string }>(
      `SELECT convert_from(b.body, 'UTF8') AS text FROM notice_body b JOIN notice n ON n.id = b.notice_id WHERE n.person_id = $1
       UNION ALL SELECT attributes::text FROM person WHERE id = $1`,
      [id],
    );

    expect(rows).toHaveLength(4);
    expect(rows.map(({ text }) => text).join()).not.toContain("canary");
    expect(rows.filter(({ text }) => text.includes("[redacted]"))).toHaveLength(3);
  });

  it("answers 409 for a user name in use, in any case, within the source alone", async () => {
    const body = { schemas: [userSchema], userName: "Taken@example.com" };
    const first = await scim.call("POST", "/Users", { body });
    const second = await scim.call("POST", "/Users", {
      body: { ...body, userName: "tAKEN@EXAMPLE.COM", active: false },
    });
    const elsewhere = await scim.call("POST", "/Users", { source: "okta", body });

    expect([first.status, second.status, elsewhere.status]).toEqual([201, 409, 201]);
    expect(second.json).toEqual({
      schemas: [errorSchema],
      status: "409",
      scimType: "uniqueness",
      detail: expect.any(String),
    });
  });

  it("T05 tells names apart that only look alike", async () => {
    const statuses = [];
    for (const userName of ["jsmith", "ｊsmith", "jsmıth", "jsmith "]) {
      statuses.push((await scim.call("POST", "/Users", { source: "bare", body: { userName } })).status);
    }
    const composed = await scim.call("POST", "/Users", { source: "bare", body: { userName: "jos\u00e9" } });
    const decomposed = await scim.call("POST", "/Users", { source: "bare", body: { userName: "jose\u0301" } });

    expect(statuses).toEqual([201, 201, 201, 201]);
    expect([composed.status, decomposed.status]).toEqual([201, 409]);
  });

  it("two at once: one is added", async () => {
    const body = { userName: "race@example.com" };
    const replies = await Promise.all(Array.from({ length: 8 }, () => scim.call("POST", "/Users", { body })));
    expect(replies.map(({ status }) => status).sort((left, right) => left - right)).toEqual([
      201, 409, 409, 409, 409, 409, 409, 409,
    ]);
  });

  it("deleted, then added again under the same name", async () => {
    const userName = "again@example.com";
    const first = await scim.call("POST", "/Users", { body: { userName } });
    await scim.call("DELETE", `/Users/${String(first.json.id)}`);
    const second = await scim.call("POST", "/Users", { body: { userName } });

    expect(second.status).toBe(201);
    expect(second.json.id).not.toBe(first.json.id);
    expect((await scim.call("GET", `/Users/${String(first.json.id)}`)).status).toBe(404);
  });
});

describe("GET /Users", () => {
  it.each([
    { query: "startIndex=1&count=2", expected: { startIndex: 1, itemsPerPage: 2 } },
    { query: "startIndex=3&count=2", expected: { startIndex: 3, itemsPerPage: 1 } },
    { query: "startIndex=0&count=1", expected: { startIndex: 1, itemsPerPage: 1 } },
    { query: "startIndex=-7", expected: { startIndex: 1, itemsPerPage: 3 } },
    { query: "startIndex=4", expected: { startIndex: 4, itemsPerPage: 0 } },
    { query: "startIndex=999999999999999", expected: { itemsPerPage: 0 } },
    { query: "count=0", expected: { itemsPerPage: 0, Resources: [] } },
    { query: "count=-1", expected: { itemsPerPage: 0 } },
    { query: "count=100000", expected: { itemsPerPage: 3 } },
    { query: "aadOptscim062020&count=1", expected: { itemsPerPage: 1 } },
  ])("pages: $query", async ({ query, expected }) => {
    const { rows } = await database.pool.query("SELECT FROM person WHERE source = 'entra' AND deleted_at IS NULL");
    for (let missing = 3 - rows.length; missing > 0; missing--) await scim.addPerson("entra");

    const reply = await scim.call("GET", `/Users?${query}`, { source: "entra" });

    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
      totalResults: 3,
      ...expected,
    });
  });

  it.each(["count=x", "startIndex=1.5", "count=1&count=2", "filter=title+pr&filter=title+pr", "count="])(
    "refuses ?%s",
    async (query) => {
      expect((await scim.call("GET", `/Users?${query}`)).json).toMatchObject({
        status: "400",
        scimType: "invalidValue",
      });
    },
  );

  it.each(['userName eq "nobody@example.com"', 'externalId eq "none"', `id eq "${unknownId}"`, 'id eq "no-uuid"'])(
    "a filter that finds nothing answers 200 with an empty list: %s",
    async (filter) => {
      const reply = await scim.call("GET", `/Users?filter=${encodeURIComponent(filter)}`);
      expect(reply).toMatchObject({ status: 200, json: { totalResults: 0, Resources: [] } });
    },
  );

  it.each(['nothing eq "x"', "userName eq", 'userName eq "a\u0000b"', "password pr", 'schemas eq "x"'])(
    "refuses the filter %j",
    async (filter) => {
      const reply = await scim.call("GET", `/Users?filter=${encodeURIComponent(filter)}`);
      expect(reply.json).toMatchObject({ status: "400", scimType: "invalidFilter" });
    },
  );

  it("a plus sign in a filter stays one", async () => {
    const userName = "plus+sign@example.com";
    await scim.addPerson("generic", { userName });
    const { json } = await scim.call("GET", `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`);
    expect(json.totalResults).toBe(1);
  });

  it.each([
    { filter: 'userName eq "Many7@example.com"', index: "user_name_lower" },
    { filter: 'externalId eq "many7"', index: "external_id" },
    { filter: 'emails.value eq "many7@example.com"', index: "value_lower" },
    { filter: 'emails[type eq "work"].value eq "many7@example.com"', index: "value_lower" },
    { filter: 'id eq "0190a000-0000-7000-8000-000000000007"', index: "id = " },
  ])("finds by an index: $filter", async ({ filter, index }) => {
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query(
        `INSERT INTO person (id, source, user_name, user_name_lower, external_id, active, attributes)
         SELECT gen_random_uuid(), 'many', 'Many' || n || '@example.com', 'many' || n || '@example.com', 'many' || n, true, '{}'
           FROM generate_series(1, 5000) AS n`,
      );
      await client.query(
        `INSERT INTO person_email (person_id, position, source, value_lower, type)
         SELECT id, 0, source, user_name_lower, 'work' FROM person WHERE source = 'many'`,
      );
      await client.query("ANALYZE person, person_email");
      const where = compileFilter(parseFilter(filter, userType), 2);
      const { rows } = await client.query<Record<string, string>>(
        `EXPLAIN SELECT * FROM person AS p WHERE p.source = $1 AND p.deleted_at IS NULL AND (${where.text})`,
        ["many", ...where.values],
      );
      const plan = rows.map((line) => Object.values(line)[0]).join("\n");
      expect(plan).toMatch(new RegExp(`Index Cond: .*${index}`));
      expect(plan).not.toContain("Seq Scan");
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });
});

describe("attributes and excludedAttributes", () => {
  it.each([
    { query: "attributes=userName", expected: ["schemas", "id", "userName"] },
    { query: "attributes=USERNAME,Name.GivenName", expected: ["schemas", "id", "userName", "name"] },
    { query: `attributes=${userSchema}:displayName`, expected: ["schemas", "id", "displayName"] },
    { query: `attributes=${enterpriseSchema}:department`, expected: ["schemas", "id", enterpriseSchema] },
    { query: "attributes=nothing", expected: ["schemas", "id"] },
    {
      query: `excludedAttributes=id,schemas,meta,emails,name,active,${enterpriseSchema}`,
      expected: ["schemas", "id", "userName", "displayName"],
    },
  ])("$query", async ({ query, expected }) => {
    const id = await scim.addPerson("generic", {
      displayName: "Lee Ver",
      name: { givenName: "Lee", familyName: "Ver" },
      emails: [{ value: "lee@example.com" }],
      [enterpriseSchema]: { department: "Tours", costCenter: "7" },
    });

    const one = await scim.call("GET", `/Users/${id}?${query}`);
    const changed = await scim.call("PATCH", `/Users/${id}?${query}`, { body: replace({ displayName: "Lee" }) });

    expect(Object.keys(one.json).sort()).toEqual([...expected].sort());
    expect(Object.keys(changed.json).sort()).toEqual([...expected].sort());
    if (query.includes("GivenName")) expect(one.json.name).toEqual({ givenName: "Lee" });
    if (query.includes("department")) expect(one.json[enterpriseSchema]).toEqual({ department: "Tours" });
  });

  it("exclude each other", async () => {
    const reply = await scim.call("GET", "/Users?attributes=userName&excludedAttributes=name");
    expect(reply.json).toMatchObject({ status: "400", scimType: "invalidValue" });
  });
});

describe("entity tags", () => {
  it("If-Match: the version read, any version, another version", async () => {
    const id = await scim.addPerson("generic");
    const patch = (tag: string) =>
      scim.call("PATCH", `/Users/${id}`, { headers: { "if-match": tag }, body: replace({ nickName: tag }) });

    expect((await patch('W/"7"')).json).toMatchObject({ status: "412" });
    expect((await patch('W/"1"')).headers.get("etag")).toBe('W/"2"');
    expect((await patch('"1", "2"')).status).toBe(200);
    expect((await patch("*")).status).toBe(200);
    expect(
      (await scim.call("PUT", `/Users/${id}`, { headers: { "if-match": 'W/"1"' }, body: { userName: "x" } })).status,
    ).toBe(412);
    expect((await scim.call("DELETE", `/Users/${id}`, { headers: { "if-match": 'W/"1"' } })).status).toBe(412);
    expect(await scim.cases(id)).toEqual([]);
    expect((await scim.call("DELETE", `/Users/${id}`, { headers: { "if-match": 'W/"4"' } })).status).toBe(204);
  });

  it("of two writers with the same version, one wins", async () => {
    const id = await scim.addPerson("generic");
    const patch = (nickName: string) =>
      scim.call("PATCH", `/Users/${id}`, { headers: { "if-match": 'W/"1"' }, body: replace({ nickName }) });
    const replies = await Promise.all([patch("a"), patch("b"), patch("c")]);
    expect(replies.map(({ status }) => status).sort((left, right) => left - right)).toEqual([200, 412, 412]);
  });

  it("If-None-Match answers 304, and a write that changes nothing keeps the tag", async () => {
    const id = await scim.addPerson("generic");
    await scim.call("PATCH", `/Users/${id}`, { body: replace({ active: true }) });
    const reply = await scim.call("GET", `/Users/${id}`, { headers: { "if-none-match": 'W/"1"' } });
    expect(reply).toMatchObject({ status: 304, text: "" });
  });
});

describe("the person behind it", () => {
  it("PUT replaces what a client may write, and leaves active alone when it says nothing", async () => {
    const id = await scim.addPerson("generic", {
      nickName: "Lee",
      emails: [{ value: "a@example.com" }, { value: "b@example.com" }],
    });
    await scim.call("PATCH", `/Users/${id}`, { body: replace({ active: false }) });

    const reply = await scim.call("PUT", `/Users/${id}`, {
      body: { userName: `put-${id}`, emails: [{ value: "c@example.com" }] },
    });
    const found = await scim.call("GET", `/Users?filter=${encodeURIComponent('emails.value eq "C@example.com"')}`);
    const lost = await scim.call("GET", `/Users?filter=${encodeURIComponent('emails[value eq "b@example.com"]')}`);

    expect(reply.json).toMatchObject({ active: false, userName: `put-${id}`, emails: [{ value: "c@example.com" }] });
    expect(reply.json.nickName).toBeUndefined();
    expect(found.json).toMatchObject({ totalResults: 1 });
    expect(lost.json).toMatchObject({ totalResults: 0 });
  });

  it("I03 T06 gone, back, gone again: two cases, the first cancelled", async () => {
    const id = await scim.addPerson("generic");
    for (const active of [false, false, true, true, false]) {
      expect((await scim.call("PATCH", `/Users/${id}`, { body: replace({ active }) })).json.active).toBe(active);
    }
    expect(await scim.cases(id)).toMatchObject([{ state: "cancelled" }, { state: "open" }]);
    expect(await scim.notices(id)).toEqual([
      "created",
      "deactivated",
      "deactivated",
      "activated",
      "updated",
      "deactivated",
    ]);
  });

  it("I03 fifty deactivations at once open one case", async () => {
    const id = await scim.addPerson("generic");
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => scim.call("PATCH", `/Users/${id}`, { body: replace({ active: false }) })),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await scim.cases(id)).toHaveLength(1);
    expect((await scim.notices(id)).filter((kind) => kind === "deactivated")).toHaveLength(50);
  });

  it("a protected person's case waits, also when the request renames them", async () => {
    const id = await scim.addPerson("generic", { userName: "break-glass@example.com" });
    await scim.call("PATCH", `/Users/${id}`, { body: replace({ userName: "somebody@example.com", active: false }) });
    expect(await scim.cases(id)).toMatchObject([{ state: "awaiting_approval", stateReason: "protected" }]);
  });

  it("an update opens nothing", async () => {
    const id = await scim.addPerson("generic");
    await scim.call("PATCH", `/Users/${id}`, { body: replace({ title: "Guide" }) });
    expect(await scim.cases(id)).toEqual([]);
    expect(await scim.notices(id)).toEqual(["created", "updated"]);
  });

  it("a user name in use is refused by PATCH and PUT, and nothing changes", async () => {
    await scim.addPerson("generic", { userName: "owner@example.com" });
    const id = await scim.addPerson("generic");
    const patched = await scim.call("PATCH", `/Users/${id}`, {
      body: replace({ userName: "OWNER@example.com", active: false }),
    });
    const put = await scim.call("PUT", `/Users/${id}`, { body: { userName: "owner@example.com", active: false } });

    expect([patched.status, put.status]).toEqual([409, 409]);
    expect((await scim.call("GET", `/Users/${id}`)).json.active).toBe(true);
    expect(await scim.cases(id)).toEqual([]);
  });
});

describe("T04 a source sees its own people only", () => {
  it.each(["GET", "PUT", "PATCH", "DELETE"])(
    "%s of another source's person is answered as of nobody",
    async (method) => {
      const id = await scim.addPerson("okta");
      const body =
        method === "PUT"
          ? { userName: "x", active: false }
          : method === "PATCH"
            ? replace({ active: false })
            : undefined;
      const foreign = await scim.call(method, `/Users/${id}`, {
        source: "entra",
        ...(body === undefined ? {} : { body }),
      });
      const nobody = await scim.call(method, `/Users/${unknownId}`, {
        source: "entra",
        ...(body === undefined ? {} : { body }),
      });

      expect(foreign.status).toBe(404);
      expect(foreign.text).toBe(nobody.text);
      expect((await scim.call("GET", `/Users/${id}`, { source: "okta" })).json.active).toBe(true);
      expect(await scim.cases(id)).toEqual([]);
    },
  );

  it.each(["id", "emails.value", "externalId", "userName"])("a filter by %s does not find them", async (attribute) => {
    const externalId = "shared-external-id";
    const id = await scim.addPerson("okta", { externalId, emails: [{ value: "shared@example.com" }] });
    const { json } = await scim.call("GET", `/Users/${id}`, { source: "okta" });
    const value = { id, "emails.value": "shared@example.com", externalId, userName: json.userName }[attribute];

    const filter = encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`);
    expect((await scim.call("GET", `/Users?filter=${filter}`, { source: "okta" })).json.totalResults).toBeGreaterThan(
      0,
    );
    expect((await scim.call("GET", `/Users?filter=${filter}`, { source: "entra" })).json.totalResults).toBe(0);
  });
});
