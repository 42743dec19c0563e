import * as fc from "fast-check";
import { rows } from "../../../src/store/sql.ts";
import { useDatabase } from "../../support/database.ts";
import type { SourceName } from "./scim-server.ts";
import { enterpriseSchema, useScimServer, userSchema } from "./scim-server.ts";

const database = useDatabase();
const scim = useScimServer(database);

interface Shot {
  readonly source: SourceName;
  readonly method: string;
  /** Which person; beyond the known ones, the text stands for itself. */
  readonly who: number;
  readonly hostileId: string;
  readonly query: string;
  readonly body: string | Uint8Array | null;
  /** What the body says of `active`, in whatever spelling; null when it says nothing or says it in vain. */
  readonly asked: boolean | null;
}

const sources: readonly SourceName[] = ["okta", "entra", "generic"];
const peoplePerSource = 8;
const shots = 10_000;
const seed = 20_261_122;

const attribute = fc.constantFrom(
  "userName", "displayName", "name", "name.givenName", "NAME.familyName", "emails", "emails.value", "externalId", "title",
  'emails[type eq "work"].value', 'phoneNumbers[type eq "mobile"]', 'roles[primary eq "True"].value', "groups", "id", "meta",
  "schemas", "password", `${enterpriseSchema}:manager`, `${enterpriseSchema}:department`, enterpriseSchema, userSchema,
  "__proto__", "__proto__.polluted", "constructor.prototype", "toString", "urn:x:y", "unknown", "", " ", "a.b.c", "emails[",
); // prettier-ignore
const mention = fc.constantFrom(
  "active",
  "ACTIVE",
  "Active",
  `${userSchema}:active`,
  `${userSchema.toUpperCase()}:ACTIVE`,
  "active ",
  "isActive",
  "active.value",
  `${enterpriseSchema}:active`,
);
const op = fc.constantFrom("add", "replace", "remove", "Add", "Replace", "Remove", "REPLACE", "move", "");
const anything = fc.oneof(
  fc.string({ maxLength: 30, unit: "binary" }),
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>(
    null,
    [],
    {},
    "",
    "False",
    true,
    0,
    [{ value: "x" }],
    { value: "x", type: "work", primary: true },
    JSON.parse('{"__proto__":{"polluted":1}}'),
  ),
);
const spelledValue = fc
  .boolean()
  .chain((value) =>
    fc
      .constantFrom<unknown>(
        value,
        String(value),
        String(value).toUpperCase(),
        [value],
        { value },
        [{ $ref: null, value: String(value) }],
        { active: value },
      )
      .map((json) => ({ value, json })),
  );

const plainOperation = fc.record({ op, path: attribute, value: anything }, { requiredKeys: ["op"] });
const pathlessOperation = fc.record({ op, value: fc.dictionary(attribute, anything, { maxKeys: 3 }) });
const benignOperation = fc.constantFrom<unknown>(
  { op: "Replace", path: "title", value: "Guide" },
  { op: "add", path: "emails", value: [{ value: "fuzz@example.com", type: "other" }] },
  { op: "remove", path: "emails" },
);
const activeOperation = fc.record({
  key: mention,
  written: spelledValue,
  op: fc.constantFrom("replace", "Replace", "add"),
  isPathless: fc.boolean(),
});

const patchBody = fc.oneof(
  fc
    .array(fc.oneof(plainOperation, pathlessOperation), { maxLength: 3 })
    .map((operations) => ({ asked: null, json: { Operations: operations } as unknown })),
  fc
    .tuple(activeOperation, fc.array(fc.oneof(benignOperation, benignOperation, plainOperation), { maxLength: 2 }))
    .map(([{ key, written, op, isPathless }, others]) => {
      const said = isPathless ? { op, value: { [key]: written.json } } : { op, path: key, value: written.json };
      return {
        asked: written.value,
        json: { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], operations: [...others, said] },
      };
    }),
);
const resourceBody = fc
  .tuple(
    fc.dictionary(attribute, anything, { maxKeys: 4 }),
    fc.option(fc.record({ key: mention, written: spelledValue })),
    fc.nat(40),
  )
  .map(([more, active, n]) => ({
    asked: active?.written.value ?? null,
    json: {
      ...more,
      userName: `fuzz${n}@example.com`,
      ...(active === null ? {} : { [active.key]: active.written.json }),
    } as unknown,
  }));

const text = fc.oneof(patchBody, resourceBody).map(({ asked, json }) => ({ asked, body: JSON.stringify(json) }));
const damaged = fc.tuple(text, fc.nat(500), fc.nat(255)).map(([{ body }, at, byte]) => {
  const bytes = Buffer.from(body);
  if (bytes.length > 0) bytes[at % bytes.length] = byte;
  // Whatever it says now, it no longer says what we know.
  return { asked: null, body: new Uint8Array(bytes) };
});
const filterText = fc.oneof(
  fc.string({ maxLength: 60, unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        "userName",
        "emails",
        "active",
        "[",
        "]",
        "(",
        ")",
        "not",
        "and",
        "or",
        "eq",
        "ne",
        "co",
        "gt",
        "pr",
        '"x"',
        "true",
        "null",
        "meta.created",
        '"2026-01-01T00:00:00Z"',
        "id",
        ".value",
        "emails[type",
        'eq "work"]',
      ),
      { maxLength: 12 },
    )
    .map((words) => words.join(" ")),
);
const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  { weight: 2, arbitrary: filterText.map((filter) => `?filter=${encodeURIComponent(filter)}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "?count=-1",
      "?startIndex=0&count=3",
      "?count=9999999999",
      "?attributes=name.__proto__,userName",
      "?excludedAttributes=active",
      "?aadOptscim062020",
      "?filter=%00",
      "?filter=%ff",
      "?%",
    ),
  },
);
const anyBody = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 2, arbitrary: damaged },
  { weight: 1, arbitrary: fc.constant({ asked: null, body: null }) },
);
const shot: fc.Arbitrary<Shot> = fc
  .record({
    source: fc.constantFrom(...sources),
    method: fc.constantFrom(
      "PATCH",
      "PATCH",
      "PATCH",
      "PATCH",
      "PUT",
      "PUT",
      "POST",
      "GET",
      "GET",
      "DELETE",
      "OPTIONS",
    ),
    who: fc.nat(peoplePerSource + 1),
    hostileId: fc.constantFrom(
      "__proto__",
      "%00",
      "no-uuid",
      "0190a000-0000-7000-8000-00000000ffff",
      "%F0%9F%92%A9",
      "..",
      "'; --",
    ),
    query,
    sent: anyBody,
  })
  .map(({ sent, ...rest }) => ({ ...rest, ...sent }));

describe("10,000 generated requests", () => {
  it("T15 T18 T19 I01: no 5xx, no pollution, no 2xx without effect, one live case per person and generation", async () => {
    const prototypeBefore = Object.getOwnPropertyNames(Object.prototype);
    const ids = new Map<SourceName, string[]>();
    for (const source of sources) {
      ids.set(source, await Promise.all(Array.from({ length: peoplePerSource }, () => scim.addPerson(source))));
    }
    const seen = new Map<number, number>();
    const wrong: unknown[] = [];

    const fire = async (aimed: Shot): Promise<void> => {
      const { source, method, who, hostileId, query, asked } = aimed;
      const id = ids.get(source)?.[who] ?? hostileId;
      const takesNoBody = method === "GET" || method === "DELETE" || method === "OPTIONS";
      // DELETE would soon leave nobody to aim at; one in ten hits.
      const path =
        method === "POST" || (method === "GET" && query.includes("filter"))
          ? `/Users${query}`
          : `/Users/${method === "DELETE" && who > 0 ? hostileId : id}${query}`;
      const body = takesNoBody || aimed.body === null ? {} : { body: aimed.body };
      const reply = await scim.call(method, path, { source, ...body });
      seen.set(reply.status, (seen.get(reply.status) ?? 0) + 1);

      const isLost =
        reply.status < 300 &&
        asked !== null &&
        method !== "POST" &&
        !takesNoBody &&
        !query.includes("xcludedAttributes") &&
        !query.includes("attributes=") &&
        reply.json["active"] !== asked;
      const isShapeless = reply.status >= 400 && reply.json["status"] !== String(reply.status);
      if (reply.status >= 500 || isLost || isShapeless)
        wrong.push({ aimed, status: reply.status, text: reply.text.slice(0, 300) });
      if (method === "DELETE" && reply.status === 204) ids.get(source)?.splice(who, 1, await scim.addPerson(source));
    };
    // Eight at a time, on shared people: locks and conflicts are part of it.
    const queue = fc.sample(shot, { seed, numRuns: shots });
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) await fire(next);
      }),
    );

    expect(wrong).toEqual([]);
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(prototypeBefore);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    // The storm must reach everything, or it proves nothing.
    for (const status of [200, 201, 204, 400, 404, 405, 409]) expect(seen.get(status) ?? 0).toBeGreaterThan(5);
    expect(
      await rows(
        database.pool,
        `SELECT person_id FROM cases WHERE state <> 'cancelled' GROUP BY person_id, generation HAVING count(*) > 1`,
      ),
    ).toEqual([]);
    expect(
      await rows(
        database.pool,
        `SELECT p.id FROM person p WHERE NOT p.active AND NOT EXISTS
           (SELECT FROM cases c WHERE c.person_id = p.id AND c.generation = p.generation AND c.state <> 'cancelled')`,
      ),
    ).toEqual([]);
    expect(
      await rows(
        database.pool,
        `SELECT p.id FROM person p JOIN cases c ON c.person_id = p.id WHERE p.active AND c.state <> 'cancelled'`,
      ),
    ).toEqual([]);
  }, 300_000);
});
