import fc from "fast-check";
import type { Principal } from "../../../connectors/contract/connector.ts";
import { matchAccounts, valuesOf } from "../../../src/stages/resolve/match-accounts.ts";
import type { MatchInput, MatchRule, PersonFacts } from "../../../src/stages/resolve/match-accounts.ts";

const aPerson = (userName: string, more: Partial<PersonFacts> = {}): PersonFacts => ({
  id: `person-${userName}`,
  userName,
  externalId: null,
  emails: [],
  ...more,
});
const aPrincipal = (id: string, attributes: Record<string, string>): Principal => ({
  id,
  label: attributes["name"] ?? id,
  attributes,
  lastUsedAt: null,
});
/** A principal whom the target's own single sign-on names. */
const known = (id: string, name: string): Principal => ({
  ...aPrincipal(id, {}),
  identities: [{ by: "SAML of the organization acme", name }],
});
const byLocalPart: MatchRule = { attribute: "name", equals: "{localPart}", trusted: true };
const leaver = aPerson("leaver@example.com");

const match = (input: Partial<MatchInput>) =>
  matchAccounts({
    person: leaver,
    links: [],
    linkedToOthers: new Set(),
    rules: [byLocalPart],
    principals: [],
    others: [],
    ...input,
  });

const ids = (matches: readonly { account: { id: string } }[]) => matches.map(({ account }) => account.id);

describe("whose account is whose", () => {
  it.each<{ name: string; input: Partial<MatchInput>; acts: string[]; asks: string[] }>([
    {
      name: "a trusted rule with one exact match acts",
      input: { principals: [aPrincipal("1", { name: "leaver" }), aPrincipal("2", { name: "leaver2" })] },
      acts: ["1"],
      asks: [],
    },
    {
      name: "an untrusted rule only suggests",
      input: { rules: [{ ...byLocalPart, trusted: false }], principals: [aPrincipal("1", { name: "leaver" })] },
      acts: [],
      asks: ["1"],
    },
    {
      name: "two accounts that differ in letter case are a question",
      input: { principals: [aPrincipal("1", { name: "leaver" }), aPrincipal("2", { name: "Leaver" })] },
      acts: [],
      asks: ["1", "2"],
    },
    {
      name: "a match in another letter case is a question",
      input: { principals: [aPrincipal("2", { name: "LEAVER" })] },
      acts: [],
      asks: ["2"],
    },
    {
      name: "an account that another known person matches too is a question",
      input: {
        principals: [aPrincipal("1", { name: "leaver" })],
        others: [aPerson("leaver@subsidiary.example")],
      },
      acts: [],
      asks: ["1"],
    },
    {
      name: "a confirmed link acts without any rule",
      input: { rules: [], links: [{ id: "7", label: "seven" }], principals: [aPrincipal("7", { name: "other" })] },
      acts: ["7"],
      asks: [],
    },
    {
      name: "an account linked to somebody else is never this person's",
      input: { principals: [aPrincipal("1", { name: "leaver" })], linkedToOthers: new Set(["1"]) },
      acts: [],
      asks: [],
    },
    {
      name: "a template whose value is missing matches nobody, not even an empty attribute",
      input: {
        rules: [{ attribute: "ref", equals: "{externalId}", trusted: true }],
        principals: [aPrincipal("1", { ref: "" }), aPrincipal("2", {})],
      },
      acts: [],
      asks: [],
    },
    {
      name: "names that reach into an object's prototype match nobody",
      input: {
        rules: [{ attribute: "constructor", equals: "{userName}", trusted: true }],
        principals: [aPrincipal("1", {})],
      },
      acts: [],
      asks: [],
    },
    {
      name: "the target's own single sign-on link acts, without any rule",
      input: { rules: [], principals: [known("1", "leaver@example.com"), known("2", "leaver2@example.com")] },
      acts: ["1"],
      asks: [],
    },
    {
      name: "a single sign-on link by an immutable id acts",
      input: {
        rules: [],
        person: aPerson("leaver@example.com", { externalId: "00u1" }),
        principals: [known("1", "00u1"), known("2", "00u11")],
      },
      acts: ["1"],
      asks: [],
    },
    {
      name: "a single sign-on link in another letter case only suggests",
      input: { rules: [], principals: [known("1", "Leaver@example.com")] },
      acts: [],
      asks: ["1"],
    },
    {
      name: "a single sign-on link by an address only suggests: addresses are handed on",
      input: {
        rules: [],
        person: aPerson("leaver@example.com", { emails: ["l.eaver@example.com"] }),
        principals: [known("1", "l.eaver@example.com")],
      },
      acts: [],
      asks: ["1"],
    },
    {
      name: "two principals with one single sign-on link are a question",
      input: { rules: [], principals: [known("1", "leaver@example.com"), known("2", "leaver@example.com")] },
      acts: [],
      asks: ["1", "2"],
    },
    {
      name: "a single sign-on link that another known person has too is a question",
      input: {
        rules: [],
        principals: [known("1", "leaver@example.com")],
        others: [aPerson("LEAVER@example.com", { id: "other" })],
      },
      acts: [],
      asks: ["1"],
    },
    {
      name: "a second account that fits a trusted rule is a question beside one that is linked by single sign-on",
      input: {
        principals: [
          { ...aPrincipal("1", { name: "leaver" }), identities: [{ by: "SAML", name: "leaver@example.com" }] },
          aPrincipal("2", { name: "leaver" }),
        ],
      },
      acts: ["1"],
      asks: ["2"],
    },
    {
      name: "a second account that fits a trusted rule is a question beside one that somebody confirmed",
      input: {
        links: [{ id: "1", label: "leaver" }],
        principals: [aPrincipal("1", { name: "leaver" }), aPrincipal("2", { name: "leaver" })],
      },
      acts: ["1"],
      asks: ["2"],
    },
    {
      name: "an account whose links name two people is a question",
      input: {
        rules: [],
        principals: [
          {
            ...aPrincipal("1", {}),
            identities: [
              { by: "SAML", name: "leaver@example.com" },
              { by: "SCIM", name: "sam@example.com" },
            ],
          },
        ],
      },
      acts: [],
      asks: ["1"],
    },
    {
      name: "plus addresses are other people",
      input: {
        rules: [{ attribute: "mail", equals: "{email}", trusted: true }],
        person: aPerson("leaver", { emails: ["leaver@example.com"] }),
        principals: [aPrincipal("1", { mail: "leaver+x@example.com" })],
      },
      acts: [],
      asks: [],
    },
  ])("T05 $name", ({ input, acts, asks }) => {
    const result = match(input);

    expect(ids(result.accounts)).toEqual(acts);
    expect(ids(result.suggestions)).toEqual(asks);
  });

  it("T05 acts on the right account or on none, in 10,000 generated directories of look-alikes", () => {
    const part = fc.constantFrom("jsmith", "JSmith", "jsmith2", "j.smith", "jsmıth", "ｊsmith", "smith");
    const directory = fc.record({
      userName: part,
      domain: fc.constantFrom("@a.example", "@b.example", ""),
      principals: fc.uniqueArray(part, { minLength: 1, maxLength: 6 }),
      others: fc.array(fc.tuple(part, fc.constantFrom("@a.example", "@c.example", "")), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(directory, ({ userName, domain, principals, others }) => {
        const result = match({
          person: aPerson(userName + domain),
          principals: principals.map((name, index) => aPrincipal(String(index), { name })),
          others: others.map(([name, at], index) => aPerson(name + at, { id: `other-${index}` })),
        });
        for (const { account } of result.accounts) {
          expect(principals[Number(account.id)]).toBe(userName);
          expect(others.map(([name]) => name.normalize("NFKC").toLowerCase())).not.toContain(
            userName.normalize("NFKC").toLowerCase(),
          );
        }
        expect(result.accounts.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 10_000 },
    );
  });

  it("gives every address its own value", () => {
    const person = aPerson("leaver", { emails: ["a@x.example", "b@x.example"] });

    expect(valuesOf("{email}", person)).toEqual(["a@x.example", "b@x.example"]);
    expect(valuesOf("{userName}/{externalId}", person)).toEqual([]);
  });
});
