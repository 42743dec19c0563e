import * as fc from "fast-check";
import { matches } from "../../../src/scim/filter/matches.ts";
import { parseFilter } from "../../../src/scim/filter/parse.ts";
import type { JsonObject } from "../../../src/scim/json.ts";
import { fromPlain } from "../../../src/scim/json.ts";
import { userType } from "../../../src/scim/schema/user.ts";
import { useDatabase } from "../../support/database.ts";
import { enterpriseSchema, useScimServer } from "./scim-server.ts";

const database = useDatabase();
const scim = useScimServer(database);

/** Values that mean something to SQL, to LIKE, to JSON paths and to a filter. */
const treacherous = [
  "a",
  "A",
  "b",
  "a%",
  "a_",
  "%",
  "_",
  "'",
  '"',
  "\\",
  "a' OR '1'='1",
  "$1",
  "é",
  "É",
  "ab",
  "{a}",
  "",
];

const people: readonly Readonly<Record<string, unknown>>[] = Array.from({ length: 40 }, (_, n) => ({
  userName: `user${n}-${treacherous[n % treacherous.length] ?? ""}`,
  active: n % 3 !== 0,
  ...(n % 4 === 0 ? {} : { externalId: treacherous[(n * 7) % treacherous.length] || "none" }),
  ...(n % 5 === 0 ? {} : { title: treacherous[(n * 3) % treacherous.length] }),
  ...(n % 3 === 0 ? {} : { name: { givenName: treacherous[(n * 5) % treacherous.length], familyName: "B" } }),
  ...(n % 2 === 0 ? {} : { [enterpriseSchema]: { department: treacherous[n % 7], manager: { value: "M" } } }),
  emails: Array.from({ length: n % 4 }, (_, at) => ({
    value: treacherous[(n + at) % treacherous.length] || "x",
    ...(at === 1 ? {} : { type: at === 0 ? "work" : "Home" }),
    ...(at === 2 ? { primary: true } : {}),
  })),
}));

const value = fc.constantFrom(...treacherous, "user1-A", "work", "home", "m").map((text) => JSON.stringify(text));
const operator = fc.constantFrom("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "EQ");
const textual = fc.constantFrom(
  "userName", "externalId", "title", "nickName", "name.givenName", "emails", "emails.value", "emails.type", "roles.value",
  `${enterpriseSchema}:department`, `${enterpriseSchema}:manager.value`, `${enterpriseSchema}:manager`,
); // prettier-ignore
const inBrackets = fc.oneof(
  fc.tuple(fc.constantFrom("value", "type"), operator, value).map((parts) => parts.join(" ")),
  fc.constantFrom("primary eq true", "primary pr", "not (type pr)", "display pr"),
);
const leaf = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(textual, operator, value).map((parts) => parts.join(" ")) },
  { weight: 2, arbitrary: textual.map((name) => `${name} pr`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "active eq true",
      'active ne "True"',
      "title eq null",
      "externalId ne null",
      "emails.primary eq true",
      "name pr",
      'meta.created gt "2020-01-01T00:00:00Z"',
      'meta.resourceType eq "User"',
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(inBrackets, fc.constantFrom("and", "or"), inBrackets)
      .map(([left, word, right]) => `emails[${left} ${word} ${right}]`),
  },
  { weight: 1, arbitrary: fc.tuple(inBrackets, value).map(([inner, text]) => `emails[${inner}].value eq ${text}`) },
);
const filter = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc
      .tuple(tie("any"), fc.constantFrom("and", "or"), tie("any"))
      .map(([left, word, right]) => `(${left}) ${word} ${right}`),
    tie("any").map((inner) => `not (${inner})`),
  ),
})).any;

describe("T19 the database selects what the reference says", () => {
  it("over 1,500 generated filters", async () => {
    for (const person of people) await scim.addPerson("generic", person);
    const all = (await scim.call("GET", "/Users?count=200")).json["Resources"] as { id: string }[];
    expect(all).toHaveLength(people.length);
    let found = 0;

    await fc.assert(
      fc.asyncProperty(filter, async (text) => {
        const reply = await scim.call("GET", `/Users?count=200&attributes=id&filter=${encodeURIComponent(text)}`);
        const parsed = parseFilter(text, userType);
        const expected = all
          .filter((resource) => matches(parsed, fromPlain(resource) as JsonObject))
          .map(({ id }) => id);
        expect(reply.status).toBe(200);
        expect((reply.json["Resources"] as { id: string }[]).map(({ id }) => id)).toEqual(expected);
        expect(reply.json["totalResults"]).toBe(expected.length);
        found += expected.length > 0 && expected.length < all.length ? 1 : 0;
      }),
      { seed: 19, numRuns: 1_500 },
    );
    expect(found).toBeGreaterThan(500); // neither everybody nor nobody, often enough to mean something
  }, 120_000);
});
