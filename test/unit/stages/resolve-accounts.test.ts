import type { Connector, Principal } from "../../../connectors/contract/connector.ts";
import { resolveAccounts } from "../../../src/stages/resolve/resolve-accounts.ts";
import type { ResolveInput } from "../../../src/stages/resolve/resolve-accounts.ts";

const person = { id: "p", userName: "leaver@example.com", externalId: "ext-1", emails: [] };
const aPrincipal = (id: string, name: string): Principal => ({
  id,
  label: name,
  attributes: { name },
  lastUsedAt: null,
});
const everybody = [aPrincipal("1", "leaver"), aPrincipal("2", "Leaver"), aPrincipal("3", "other")];
const byName = { attribute: "name", equals: "{localPart}", trusted: true };

async function resolve(
  input: Partial<ResolveInput>,
  principals: readonly Principal[] | "incomplete" = everybody,
  ssoLinks?: true,
) {
  const account = (_: unknown, id: string) =>
    Promise.resolve(everybody.find((principal) => principal.id === id) ?? null);
  const connector = { account, ssoLinks } as unknown as Connector;
  const resolution = await resolveAccounts(
    { name: "kong", connector, session: null },
    { person, rules: [byName], links: [], rejected: [], answered: false, ...input },
    {
      principals: () => Promise.resolve(principals),
      linkedToOthers: () => Promise.resolve(new Set<string>()),
      rivals: () => Promise.resolve([]),
    },
  );
  if (resolution.kind === "accounts") return resolution.accounts.map(({ account: found }) => found.id);
  return resolution.kind === "ask" ? `${resolution.kind} ${resolution.question}` : resolution.kind;
}

describe("a person's accounts at a target", () => {
  it.each<{
    name: string;
    input: Partial<ResolveInput>;
    principals?: readonly Principal[] | "incomplete";
    ssoLinks?: true;
    result: unknown;
  }>([
    {
      name: "a target that keeps single sign-on links needs no rule",
      input: { rules: [] },
      principals: [{ ...aPrincipal("1", "leaver"), identities: [{ by: "SAML", name: "leaver@example.com" }] }],
      ssoLinks: true,
      result: ["1"],
    },
    {
      name: "single sign-on links that name others are nobody",
      input: { rules: [] },
      principals: [{ ...aPrincipal("1", "leaver"), identities: [{ by: "SAML", name: "other@example.com" }] }],
      ssoLinks: true,
      result: "none",
    },
    {
      name: "a target that could keep single sign-on links and has none is a question, never nobody",
      input: { rules: [] },
      ssoLinks: true,
      result: "ask no-match-rule",
    },
    { name: "two that differ in letter case are a question", input: {}, result: "ask ambiguous-account" },
    { name: "one exact match acts", input: {}, principals: [aPrincipal("1", "leaver")], result: ["1"] },
    { name: "nobody of that name is nobody", input: {}, principals: [aPrincipal("3", "other")], result: "none" },
    { name: "a listing that was cut short proves nothing", input: {}, principals: "incomplete", result: "incomplete" },
    {
      name: "a rule over an attribute that nobody has is a question, never nobody",
      input: { rules: [{ ...byName, attribute: "nmae" }] },
      result: "ask no-match-rule",
    },
    { name: "an empty target has nobody", input: {}, principals: [], result: "none" },
    { name: "no rule and no link is a question", input: { rules: [] }, result: "ask no-match-rule" },
    { name: "a confirmed link acts", input: { rules: [], links: [{ id: "3", label: "other" }] }, result: ["3"] },
    {
      name: "a link to an account that is not there is a question",
      input: { rules: [], links: [{ id: "9", label: "gone" }] },
      result: "ask no-match-rule",
    },
    { name: "whoever was answered is not asked again", input: { rules: [], answered: true }, result: "none" },
    {
      name: "what was offered and not confirmed is nobody's, however well a rule matches",
      input: { rejected: ["1", "2"], answered: true },
      result: "none",
    },
    {
      name: "what was confirmed of several acts, alone",
      input: { links: [{ id: "1", label: "leaver" }], rejected: ["2"], answered: true },
      result: ["1"],
    },
    {
      name: "a look-alike that appears after the answer is a question again",
      input: { links: [{ id: "1", label: "leaver" }], rejected: [], answered: true },
      result: "ask ambiguous-account",
    },
  ])("T05 $name", async ({ input, principals, ssoLinks, result }) => {
    expect(await resolve(input, principals, ssoLinks)).toEqual(result);
  });
});
