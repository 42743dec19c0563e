import { namesActive, refuseUnheardActive } from "../../../src/scim/active.ts";
import { fromPlain } from "../../../src/scim/json.ts";

describe("namesActive", () => {
  it.each([
    "active",
    "ACTIVE",
    " active\t",
    "ａｃｔｉｖｅ",
    "act\u200bive",
    "_active_",
    "isActive",
    "active.value",
    "name.active",
    "active[value eq true]",
    "emails[active eq true].value",
    '"active',
    "urn:ietf:params:scim:schemas:core:2.0:User:active",
    "urn:x:Active",
  ])("%j", (path) => {
    expect(namesActive(path)).toBe(true);
  });

  it.each([
    "activity",
    "inactiveSince",
    "userName",
    "radioactive",
    'roles[value eq "active"].display',
    "urn:active-users:x",
    "",
  ])("not %j", (path) => {
    expect(namesActive(path)).toBe(false);
  });

  it("T16 takes one pass over a key as long as a request", () => {
    const hostile = `"${'\\"'.repeat(120_000)}`;
    expect(namesActive(hostile)).toBe(false);
    expect(namesActive(`${hostile}.active`)).toBe(true);
  });
});

describe("refuseUnheardActive", () => {
  it.each([
    { body: { active: false }, mentions: 1 },
    { body: { Operations: [{ path: "active", value: { active: false } }] }, mentions: 2 },
    { body: { a: [[{ b: { Active: 1 } }]] }, mentions: 1 },
    { body: { displayName: "active" }, mentions: 0 },
    { body: { path: "active" }, mentions: 1 },
  ])("counts $mentions in $body", ({ body, mentions }) => {
    expect(() => refuseUnheardActive(fromPlain(body), mentions)).not.toThrow();
    if (mentions > 0) {
      expect(() => refuseUnheardActive(fromPlain(body), mentions - 1)).toThrow(
        expect.objectContaining({ code: "invalidValue" }),
      );
    }
  });
});
