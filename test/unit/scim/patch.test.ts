import * as fc from "fast-check";
import type { Dialect } from "../../../src/scim/dialect.ts";
import { dialectRules } from "../../../src/scim/dialect.ts";
import type { JsonObject } from "../../../src/scim/json.ts";
import { fromPlain, toPlain } from "../../../src/scim/json.ts";
import { applyPatch } from "../../../src/scim/patch/apply-patch.ts";
import { readPatch } from "../../../src/scim/patch/read-patch.ts";
import { userType } from "../../../src/scim/schema/user.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const id = "0190a000-0000-7000-8000-000000000001";

const work = { value: "lee@example.com", type: "work", primary: true };
const home = { value: "lee@home.example", type: "home" };
const person = {
  userName: "lee@example.com",
  active: true,
  name: { givenName: "Lee", familyName: "Ver" },
  emails: [work, home],
};

function patch(operations: unknown, { dialect = "generic", on = person }: { dialect?: Dialect; on?: unknown } = {}) {
  const body = fromPlain({ Operations: operations });
  const request = readPatch(body, { type: userType, dialect: dialectRules[dialect], id });
  const changed = applyPatch(fromPlain(on) as JsonObject, request.operations, userType);
  return { changed: JSON.parse(JSON.stringify(toPlain(changed))) as Record<string, unknown>, request };
}

describe("PATCH of RFC 7644 section 3.5.2", () => {
  it.each([
    {
      name: "add to a list keeps what is there and adds nothing twice",
      operations: [{ op: "add", path: "emails", value: [{ value: "new@example.com", type: "other" }, home] }],
      expected: { emails: [work, home, { value: "new@example.com", type: "other" }] },
    },
    {
      name: "a new primary takes it from the old",
      operations: [{ op: "add", path: "emails", value: { value: "new@example.com", primary: true } }],
      expected: { emails: [{ ...work, primary: false }, home, { value: "new@example.com", primary: true }] },
    },
    {
      name: "the same primary value again",
      operations: [{ op: "add", path: "emails", value: work }],
      expected: { emails: [work, home] },
    },
    {
      name: "primary moved by a filter",
      operations: [{ op: "replace", path: 'emails[type eq "home"].primary', value: "True" }],
      expected: {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    },
    {
      name: "replace of a list",
      operations: [{ op: "replace", path: "emails", value: [home] }],
      expected: { emails: [home] },
    },
    {
      name: "replace of one element",
      operations: [{ op: "replace", path: 'emails[type eq "home"]', value: { value: "x@example.com", type: "other" } }],
      expected: { emails: [work, { value: "x@example.com", type: "other" }] },
    },
    {
      name: "replace below one element, in any case",
      operations: [{ op: "replace", path: 'EMAILS[Type EQ "HOME"].Value', value: "x@example.com" }],
      expected: { emails: [work, { ...home, value: "x@example.com" }] },
    },
    {
      name: "add completes an element",
      operations: [{ op: "add", path: 'emails[type eq "home"]', value: { display: "At home" } }],
      expected: { emails: [work, { ...home, display: "At home" }] },
    },
    {
      name: "add makes the element its filter asks for",
      operations: [{ op: "add", path: 'phoneNumbers[type eq "mobile" and primary eq true].value', value: "+1" }],
      expected: { phoneNumbers: [{ type: "mobile", primary: true, value: "+1" }] },
    },
    {
      name: "a sub-attribute of every element",
      operations: [{ op: "replace", path: "emails.display", value: "Lee" }],
      expected: {
        emails: [
          { ...work, display: "Lee" },
          { ...home, display: "Lee" },
        ],
      },
    },
    {
      name: "replace of a complex attribute keeps what it does not name",
      operations: [{ op: "replace", path: "name", value: { givenName: "Leigh" } }],
      expected: { name: { givenName: "Leigh", familyName: "Ver" } },
    },
    {
      name: "null inside a complex attribute unassigns",
      operations: [{ op: "replace", path: "name", value: { givenName: null } }],
      expected: { name: { familyName: "Ver" } },
    },
    {
      name: "remove of one element",
      operations: [{ op: "remove", path: 'emails[type eq "home"]' }],
      expected: { emails: [work] },
    },
    { name: "remove of all elements", operations: [{ op: "remove", path: "emails" }], expected: { emails: undefined } },
    {
      name: "Entra: remove only what value names",
      operations: [{ op: "Remove", path: "emails", value: [{ value: home.value }] }],
      expected: { emails: [work] },
    },
    {
      name: "I14 an empty list names nothing to remove",
      operations: [{ op: "Remove", path: "emails", value: [] }],
      expected: { emails: [work, home] },
    },
    {
      name: "remove of what is not there",
      operations: [{ op: "remove", path: 'emails[type eq "other"]' }],
      expected: { emails: [work, home] },
    },
    {
      name: "manager as a plain string",
      operations: [{ op: "add", path: `${enterprise}:manager`, value: "26118915" }],
      expected: { [enterprise]: { manager: { value: "26118915" } } },
    },
    {
      name: "the extension as an object",
      operations: [{ op: "add", value: { [enterprise]: { department: "Tours" } } }],
      expected: { [enterprise]: { department: "Tours" } },
    },
    {
      name: "the extension as a path",
      operations: [{ op: "replace", path: enterprise, value: { department: "Tours" } }],
      expected: { [enterprise]: { department: "Tours" } },
    },
    {
      name: "operations see what earlier ones did",
      operations: [
        { op: "add", path: "emails", value: { value: "new@example.com", type: "other" } },
        { op: "remove", path: 'emails[type eq "other"]' },
      ],
      expected: { emails: [work, home] },
    },
    {
      name: "path-less id that repeats the address",
      operations: [{ op: "replace", value: { id, displayName: "Lee" } }],
      expected: { displayName: "Lee" },
    },
    {
      name: "a password is taken and not kept",
      operations: [{ op: "replace", path: "password", value: "secret" }],
      expected: { password: undefined },
    },
  ])("$name", ({ operations, expected }) => {
    const { changed } = patch(operations);
    expect(changed).toEqual({ ...person, ...expected });
  });

  it.each([
    { dialect: "generic", op: "replace", expected: "noTarget" },
    { dialect: "okta", op: "replace", expected: "noTarget" },
    { dialect: "generic", op: "Replace", expected: "created" },
    { dialect: "entra", op: "replace", expected: "created" },
  ] as const)("replace of a missing element: $dialect, $op: $expected", ({ dialect, op, expected }) => {
    const act = () => patch([{ op, path: 'phoneNumbers[type eq "work"].value', value: "+1" }], { dialect });
    if (expected === "noTarget") expect(act).toThrow(expect.objectContaining({ code: "noTarget" }));
    else expect(act().changed["phoneNumbers"]).toEqual([{ type: "work", value: "+1" }]);
  });

  it.each([
    { name: "remove without a path", operations: [{ op: "remove" }], code: "noTarget" },
    {
      name: "remove of the whole resource",
      operations: [{ op: "remove", path: "urn:ietf:params:scim:schemas:core:2.0:User" }],
      code: "noTarget",
    },
    { name: "remove of userName", operations: [{ op: "remove", path: "userName" }], code: "mutability" },
    { name: "blank userName", operations: [{ op: "replace", path: "userName", value: " " }], code: "invalidValue" },
    { name: "id", operations: [{ op: "replace", path: "id", value: "x" }], code: "mutability" },
    { name: "another id, path-less", operations: [{ op: "replace", value: { id: "x" } }], code: "mutability" },
    { name: "meta", operations: [{ op: "replace", path: "meta.created", value: "x" }], code: "mutability" },
    { name: "groups", operations: [{ op: "add", path: "groups", value: [{ value: "x" }] }], code: "mutability" },
    { name: "unknown op", operations: [{ op: "move", path: "title", value: "x" }], code: "invalidSyntax" },
    { name: "no op", operations: [{ path: "title", value: "x" }], code: "invalidSyntax" },
    { name: "path that is no string", operations: [{ op: "replace", path: 7, value: "x" }], code: "invalidPath" },
    { name: "unknown path", operations: [{ op: "replace", path: "nope", value: "x" }], code: "invalidPath" },
    { name: "no value", operations: [{ op: "add", path: "title" }], code: "invalidValue" },
    { name: "no operations", operations: [], code: "invalidSyntax" },
    { name: "operations that are no list", operations: {}, code: "invalidSyntax" },
    { name: "an operation that is no object", operations: ["x"], code: "invalidSyntax" },
    {
      name: "a member twice",
      operations: [{ op: "replace", OP: "remove", path: "title", value: "x" }],
      code: "invalidSyntax",
    },
    {
      name: "text for a list of objects",
      operations: [{ op: "add", path: "addresses", value: "x" }],
      code: "invalidValue",
    },
    {
      name: "two primaries",
      operations: [{ op: "replace", path: "emails", value: [work, { ...home, primary: true }] }],
      code: "invalidValue",
    },
    {
      name: "everyone primary",
      operations: [{ op: "replace", path: "emails.primary", value: true }],
      code: "invalidValue",
    },
    {
      name: "an address too long for its index",
      operations: [{ op: "add", path: "emails", value: "x".repeat(513) }],
      code: "invalidValue",
    },
    {
      name: "an element to create that its filter does not describe",
      operations: [{ op: "add", path: 'ims[not (type eq "x")].value', value: "x" }],
      code: "noTarget",
    },
  ])("refuses $name: $code", ({ operations, code }) => {
    expect(() => patch(operations)).toThrow(expect.objectContaining({ code }));
  });

  it.each(["okta", "entra"] as const)("%s: passes over an attribute we do not keep, and notes it", (dialect) => {
    const { changed, request } = patch([{ op: "replace", path: "badgeNumber", value: "1" }], { dialect });
    expect(changed).toEqual(person);
    expect(request.notes).toContainEqual({ rule: "unknown-ignored", at: "badgeNumber" });
  });

  it("notes each repair", () => {
    const { request } = patch([{ op: "Replace", path: "active", value: "False" }]);
    expect(request.notes).toEqual([
      { rule: "schemas-missing", at: "urn:ietf:params:scim:api:messages:2.0:PatchOp" },
      { rule: "operation-case", at: "Replace" },
      { rule: "boolean-from-word", at: "active" },
    ]);
  });
});

describe("the law of active", () => {
  const spelled = (word: string) =>
    fc
      .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
      .map((upper) => Array.from(word, (letter, at) => (upper[at] === true ? letter.toUpperCase() : letter)).join(""));
  const name = fc.oneof(
    spelled("active"),
    spelled("active").map((word) => `urn:ietf:params:scim:schemas:core:2.0:User:${word}`),
    fc.constantFrom(
      " active",
      "active ",
      "active.value",
      "emails.active",
      `${enterprise}:active`,
      "urn:x:active",
      "isActive",
      "ａctive",
      "active[value eq true]",
      "Active\t",
      "_active",
      "a-c-t-i-v-e",
    ),
  );
  const asked = fc.boolean();
  const written = asked.chain((value) =>
    fc.record({
      value: fc.constant(value),
      json: fc.oneof(
        fc.constant<unknown>(value),
        spelled(String(value)),
        fc.constant([value]),
        fc.constant({ value: String(value) }),
        fc.constant([{ $ref: null, value }]),
        fc.constant({ active: value }),
        fc.constant([value, value]),
        fc.constant(` ${String(value)}`),
        fc.constant(value ? 1 : 0),
        fc.constant(null),
      ),
    }),
  );
  const mention = fc.record({
    name,
    written,
    form: fc.nat(6),
    op: spelled("replace"),
    dialect: fc.constantFrom<Dialect>("okta", "entra", "generic"),
  });
  const bystander = fc.constantFrom<unknown>(
    { op: "replace", path: "title", value: "Guide" },
    { op: "add", value: { nickName: "Lee" } },
    { op: "remove", path: "displayName" },
    { op: "add", path: "urn:x:y", value: 1 },
  );

  const operationOf = (form: number, op: string, key: string, json: unknown): unknown => {
    switch (form) {
      case 0:
        return { op, path: key, value: json };
      case 1:
        return { op, value: { [key]: json } };
      case 2:
        return { op: "add", path: key, value: json };
      case 3:
        return { op, value: [{ [key]: json }] };
      case 4:
        return { op, path: "urn:ietf:params:scim:schemas:core:2.0:User", value: { [key]: json } };
      case 5:
        return { op: "remove", path: key, value: json };
      default:
        return { op, value: { name: { [key]: json } } };
    }
  };

  it("I01 any PATCH that mentions active is refused, or active has the asked value", () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        mention,
        fc.boolean(),
        fc.array(bystander, { maxLength: 2 }),
        fc.nat(2),
        ({ name, written, form, op, dialect }, wasActive, others, at) => {
          const operations = [...others];
          operations.splice(at, 0, operationOf(form, op, name, written.json));
          let changed: Record<string, unknown>;
          try {
            ({ changed } = patch(operations, { dialect, on: { ...person, active: wasActive } }));
          } catch (error) {
            expect(error).toMatchObject({ name: "ScimError", status: 400 });
            return;
          }
          accepted++;
          expect(changed["active"]).toBe(written.value);
        },
      ),
      { seed: 4, numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(1_000); // the property must not hold because everything is refused
  });
});

describe("T15 hostile paths", () => {
  it("10,000 of them leave Object.prototype as it was", () => {
    const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
    const segment = fc.constantFrom(
      "__proto__",
      "constructor",
      "prototype",
      "toString",
      "hasOwnProperty",
      "valueOf",
      "emails",
      "name",
      "active",
      enterprise,
      "$ref",
      "x",
      "[0]",
      'emails[type eq "work"]',
    );
    const path = fc
      .array(segment, { minLength: 1, maxLength: 5 })
      .chain((segments) => fc.constantFrom(".", ":", "[", "/").map((glue) => segments.join(glue)));
    const value = fc.oneof(
      fc.constant<unknown>("polluted"),
      fc.constant({ polluted: true }),
      fc.jsonValue({ maxDepth: 3 }),
    );
    const own = (key: string, inner: unknown): unknown =>
      JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(inner)}}`);
    fc.assert(
      fc.property(
        path,
        value,
        fc.constantFrom("add", "replace", "remove", "Add"),
        fc.boolean(),
        (hostile, inner, op, isPathless) => {
          try {
            patch([isPathless ? { op, value: own(hostile, inner) } : { op, path: hostile, value: inner }], {
              dialect: "entra",
            });
          } catch (error) {
            expect(error).toMatchObject({ name: "ScimError" });
          }
          expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
        },
      ),
      { seed: 15, numRuns: 10_000 },
    );
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(before);
  });
});
