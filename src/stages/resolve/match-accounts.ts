import type { Principal } from "../../../connectors/contract/connector.ts";
import type { Account, AccountMatch } from "../../domain/access.ts";

/** What the stored record says of a person; renames in the notice that announced the leaver are not applied (trust rule 10). */
export interface PersonFacts {
  id: string;
  userName: string;
  externalId: string | null;
  emails: readonly string[];
}

/** `attribute` of the target's principal equals a template over the person. */
export interface MatchRule {
  attribute: string;
  /** `{userName} {localPart} {externalId} {email} {personId}`; a template whose value is missing matches nothing. */
  equals: string;
  /** Only a rule that the operator marked trusted acts; others suggest. */
  trusted: boolean;
}

export interface MatchInput {
  person: PersonFacts;
  /** Accounts that someone confirmed for this person. */
  links: readonly Account[];
  /** Accounts confirmed for somebody else: never this person's. */
  linkedToOthers: ReadonlySet<string>;
  rules: readonly MatchRule[];
  principals: readonly Principal[];
  /** Every other known person, past or present, whom a rule could take for this one. */
  others: readonly PersonFacts[];
}

export interface MatchResult {
  /** Strong matches: may be acted upon. */
  accounts: readonly AccountMatch[];
  /** Weak or contested ones: a question to a person, with the reason of each. */
  suggestions: readonly AccountMatch[];
}

/**
 * Decides whose account is whose. Strong is: a confirmed link, the target's own single sign-on link, or a trusted rule,
 * the latter two where they found exactly one principal which no other known person matches, in any letter case.
 * Everything else only suggests (law 6).
 */
export function matchAccounts(input: MatchInput): MatchResult {
  const linked = new Set(input.links.map((link) => link.id));
  const accounts: AccountMatch[] = input.links.map((account) => ({
    account,
    strength: "strong",
    reason: "confirmed link",
  }));
  const suggestions = new Map<string, AccountMatch>();

  for (const claim of [...ssoClaims(input.principals), ...input.rules.map(ruleClaim)]) {
    const wanted = claim.valuesOf(input.person);
    if (wanted.length === 0) continue;
    const near = input.principals.filter(
      (principal) => !input.linkedToOthers.has(principal.id) && isAmong(principal, claim, wanted, fold),
    );
    const exact = near.filter((principal) => isAmong(principal, claim, wanted, same));
    // One that is linked already still counts: beside it, another that fits as well is no single match.
    for (const principal of near.filter(({ id }) => !linked.has(id))) {
      const doubt = doubtAbout({ principal, claim, near, exact, person: input.person, others: input.others });
      const account = { id: principal.id, label: principal.label };
      if (doubt === null) {
        linked.add(principal.id);
        suggestions.delete(principal.id);
        accounts.push({ account, strength: "strong", reason: `${claim.kind}: ${claim.found}` });
      } else if (!suggestions.has(principal.id)) {
        suggestions.set(principal.id, { account, strength: "weak", reason: `${claim.found}, but ${doubt}` });
      }
    }
  }
  return { accounts, suggestions: [...suggestions.values()].filter((match) => !linked.has(match.account.id)) };
}

/** One way of saying that a principal is a person: a rule of the operator, or a link that the target itself keeps. */
interface Claim {
  kind: string;
  /** What has to be equal, for the reason of a match. */
  found: string;
  /** Why it does not act by itself for this principal; null where it may. */
  weaknessFor(principal: Principal, person: PersonFacts): string | null;
  namesOf(principal: Principal): readonly string[];
  valuesOf(person: PersonFacts): readonly string[];
}

function ruleClaim(rule: MatchRule): Claim {
  return {
    kind: "trusted rule",
    found: `${rule.attribute} equals ${rule.equals}`,
    weaknessFor: () => (rule.trusted ? null : "the rule is not marked trusted"),
    namesOf: ({ attributes }) => {
      const value = Object.hasOwn(attributes, rule.attribute) ? attributes[rule.attribute] : undefined;
      return value === undefined || value === "" ? [] : [value];
    },
    valuesOf: (person) => valuesOf(rule.equals, person),
  };
}

/**
 * The links that the target keeps to the identity provider, by who says so. A user name or an immutable id there is the
 * person as the provider knows them; an address may have been somebody else's before (trust rule 10).
 */
function ssoClaims(principals: readonly Principal[]): readonly Claim[] {
  const issuers = new Set(principals.flatMap(({ identities = [] }) => identities.map(({ by }) => by)));
  return [...issuers].flatMap((issuer) => {
    const namesOf = ({ identities = [] }: Principal): readonly string[] =>
      identities.filter(({ by, name }) => by === issuer && name !== "").map(({ name }) => name);
    const kind = "single sign-on link";
    return [
      {
        kind,
        namesOf,
        found: `${issuer} names this person`,
        weaknessFor: (principal, person) =>
          namesSomebodyElse(principal, person) ? "the target links it to somebody else as well" : null,
        valuesOf: ({ userName, externalId }) => [userName, ...(externalId === null ? [] : [externalId])],
      },
      {
        kind,
        namesOf,
        found: `${issuer} names an address of this person`,
        weaknessFor: () => "addresses are handed on",
        valuesOf: ({ emails }) => emails,
      },
    ];
  });
}

/** Whether one of its links is none of this person's names: then the links contradict each other. */
function namesSomebodyElse({ identities = [] }: Principal, { userName, externalId, emails }: PersonFacts): boolean {
  const own = new Set([userName, userName.split("@")[0] ?? "", externalId ?? "", ...emails].map(fold));
  return identities.some(({ name }) => name !== "" && !own.has(fold(name)));
}

interface Candidate {
  person: PersonFacts;
  principal: Principal;
  claim: Claim;
  near: readonly Principal[];
  exact: readonly Principal[];
  others: readonly PersonFacts[];
}

function doubtAbout({ principal, claim, near, exact, person, others }: Candidate): string | null {
  const weakness = claim.weaknessFor(principal, person);
  if (weakness !== null) return weakness;
  if (!exact.includes(principal)) return "only when letter case is ignored";
  if (near.length > 1) return `${near.length} accounts match it`;
  const rival = others.find((other) => isAmong(principal, claim, claim.valuesOf(other), fold));
  return rival === undefined ? null : `another known person (${rival.id}) matches it too`;
}

type Compare = (text: string) => string;
const same: Compare = (text) => text;
const fold: Compare = (text) => text.normalize("NFKC").toLowerCase();

function isAmong(principal: Principal, claim: Claim, wanted: readonly string[], as: Compare): boolean {
  return claim.namesOf(principal).some((name) => wanted.some((one) => as(one) === as(name)));
}

/** Every value a template takes for a person: more than one when it names an address and the person has several. */
export function valuesOf(template: string, person: PersonFacts): readonly string[] {
  const addresses = template.includes("{email}") ? person.emails : [null];
  return addresses.flatMap((email) => {
    let missing = false;
    const value = template.replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => {
      const part = partOf(name, person, email);
      if (part === null || part === "") missing = true;
      return part ?? "";
    });
    return missing || value === "" ? [] : [value];
  });
}

function partOf(name: string, person: PersonFacts, email: string | null): string | null {
  switch (name) {
    case "userName":
      return person.userName;
    case "localPart":
      return person.userName.split("@")[0] ?? null;
    case "externalId":
      return person.externalId;
    case "personId":
      return person.id;
    case "email":
      return email;
    default:
      return null;
  }
}
