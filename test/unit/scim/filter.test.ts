import * as fc from "fast-check";
import { comparisonOperators } from "../../../src/scim/filter/ast.ts";
import { matches } from "../../../src/scim/filter/matches.ts";
import { parseFilter, parsePath } from "../../../src/scim/filter/parse.ts";
import { compileFilter } from "../../../src/scim/filter/sql.ts";
import type { JsonObject } from "../../../src/scim/json.ts";
import { fromPlain } from "../../../src/scim/json.ts";
import { userType } from "../../../src/scim/schema/user.ts";

const user = fromPlain({
  id: "0190a000-0000-7000-8000-000000000001",
  userName: "Barbara.Jensen@Example.com",
  externalId: "bjensen",
  name: { familyName: "O'Malley", givenName: 'Barbara "Babs"' },
  title: "Tour Guide",
  active: true,
  emails: [
    { value: "bjensen@example.com", type: "work", primary: true },
    { value: "babs@jensen.org", type: "home" },
  ],
  meta: { created: "2026-01-01T00:00:00.000Z", lastModified: "2026-06-01T00:00:00.000Z", resourceType: "User" },
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
    employeeNumber: "701984",
    manager: { value: "26118915" },
  },
}) as JsonObject;

describe("filters of RFC 7644 section 3.4.2.2", () => {
  it.each([
    ['userName eq "barbara.jensen@example.com"', true],
    ['USERNAME EQ "BARBARA.JENSEN@EXAMPLE.COM"', true],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "barbara"', true],
    ['URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER:username sw "barbara"', true],
    ['externalId eq "BJENSEN"', false], // caseExact
    ['externalId eq "bjensen"', true],
    ['name.familyName co "O\'Malley"', true],
    ['name.givenName eq "Barbara \\"Babs\\""', true],
    ['title pr and userType eq "Employee"', false],
    ['title pr or userType eq "Intern"', true],
    ["userType pr", false],
    ['userType ne "Employee"', true],
    ["userType eq null", true],
    ["title ne null", true],
    ["active eq true", true],
    ['active eq "True"', true],
    ["active ne true", false],
    ['not (title eq "Tour Guide")', false],
    ['userName eq "x" or not (title eq "x" and (active eq true))', true],
    ['userName eq "x" or title pr and active eq false', false], // "and" binds tighter
    ['(userName eq "x" or title pr) and active eq true', true],
    ['emails eq "BABS@jensen.org"', true],
    ['emails.value ew ".org"', true],
    ['emails[type eq "work" and value co "@example.com"]', true],
    ['emails[type eq "home" and value co "@example.com"]', false], // one element must satisfy both
    ['emails[type eq "home"].value eq "babs@jensen.org"', true],
    ['emails[type eq "work"].value eq "babs@jensen.org"', false],
    ['emails[not (type eq "work")]', true],
    ['emails.type ne "other"', true],
    ['emails.type ne "work"', false],
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "701984"', true],
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "26118915"', true],
    ['meta.lastModified gt "2026-05-13T04:42:34Z"', true],
    ['meta.created ge "2026-01-01T01:00:00+01:00"', true],
    ['meta.created lt "2026-01-01T00:00:00Z"', false],
    ['title gt "Tour"', true],
    ['title le "tour guide"', true],
    ["emails.primary eq true", true],
    ["photos pr", false],
  ])("%s", (text, expected) => {
    expect(matches(parseFilter(text, userType), user)).toBe(expected);
  });

  it.each([
    "",
    "userName",
    "userName eq",
    'userName eq "x',
    "userName eq 'x'",
    "userName eq x",
    'userName is "x"',
    'nothing eq "x"',
    'userName eq "x" and',
    'userName eq "x" userName eq "y"',
    'and userName eq "x"',
    '(userName eq "x"',
    'userName eq "x")',
    'not userName eq "x"',
    'emails[type eq "work"',
    'emails[type eq "work"]]',
    'emails[emails[type eq "work"]]',
    'emails[userName eq "x"]',
    'userName[value eq "x"]',
    "active gt true",
    "active eq 1",
    "userName eq 1",
    'name eq "x"',
    'meta.created co "2026"',
    'meta.created eq "yesterday"',
    'password eq "guess"',
    "password pr",
    'x509Certificates.value co "MII"',
    'userName eq "\\u0000"',
    'userName eq "\\ud800"',
    'userName eq "a\u0000b"',
    `userName eq "${"x".repeat(2_048)}"`,
    "(".repeat(33) + 'userName eq "x"' + ")".repeat(33),
    Array.from({ length: 201 }, () => "title pr").join(" or "),
    '__proto__ eq "x"',
    'constructor.prototype eq "x"',
    'urn:ietf:params:scim:schemas:core:2.0:User eq "x"',
  ])("refuses %j", (text) => {
    expect(() => parseFilter(text, userType)).toThrow(expect.objectContaining({ code: "invalidFilter" }));
  });

  it("T16 anything at all is answered or refused, and never quoted into SQL", () => {
    const word = fc.constantFrom(
      "userName",
      "emails",
      "[",
      "]",
      "(",
      ")",
      "not",
      "and",
      "or",
      "eq",
      "pr",
      '"x"',
      ".value",
      "\\",
      '"',
      "true",
      "urn:",
      "$1",
      "--",
      "';",
    );
    const text = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.array(word, { maxLength: 60 }).map((words) => words.join(" ")),
    );
    fc.assert(
      fc.property(text, (filter) => {
        try {
          parseFilter(filter, userType);
        } catch (error) {
          expect(error).toMatchObject({ code: "invalidFilter" });
        }
      }),
      { seed: 16, numRuns: 10_000 },
    );
  });

  it("T19 the SQL holds no part of a value, and numbers its parameters without a gap", () => {
    const value = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes("\0"));
    const name = fc.constantFrom("userName", "title", "emails.value", "emails", "id", "externalId", "name.givenName");
    fc.assert(
      fc.property(name, fc.constantFrom(...comparisonOperators), value, (attribute, operator, text) => {
        const marked = `§${text}§`;
        const filter = parseFilter(`${attribute} ${operator} ${JSON.stringify(marked)}`, userType);
        const { text: sql, values } = compileFilter(filter, 4);
        expect(sql).not.toContain("§");
        const used = new Set(
          [...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)).filter((number) => number > 1),
        );
        expect([...used].sort((left, right) => left - right)).toEqual(values.map((_, at) => at + 4));
      }),
      { seed: 19, numRuns: 2_000 },
    );
  });
});

describe("parsePath", () => {
  it.each([
    ["active", "active"],
    ["  ACTIVE ", "active"],
    ["name.givenName", "name.givenName"],
    ['emails[type eq "work"]', "emails"],
    ['Emails[TYPE eq "work"].VALUE', "emails.value"],
    ["urn:ietf:params:scim:schemas:core:2.0:User:name.familyName", "name.familyName"],
    ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref", "manager.$ref"],
  ])("%s", (path, expected) => {
    const target = parsePath(path, userType)?.target;
    const named = target?.kind === "attribute" ? [target.attribute.name, target.sub?.name] : [];
    expect(named.filter(Boolean).join(".")).toBe(expected);
  });

  it.each(["nickname2", "urn:example:custom:1.0:User:badge", "name.nope"])("names nothing: %s", (path) => {
    expect(parsePath(path, userType)).toBeNull();
  });

  it.each([
    "__proto__.polluted",
    "constructor.prototype.polluted",
    "a.b.c",
    ".active",
    "active.",
    "emails[",
    'emails[type eq "work"].',
    'emails[type eq "work"].nope',
    'emails[type eq "work"].value.x',
    "name[givenName pr]",
    "active active",
    "[type pr]",
    '"active"',
  ])("is malformed: %s", (path) => {
    expect(() => parsePath(path, userType)).toThrow(expect.objectContaining({ code: "invalidPath" }));
  });
});
