import type { Principal } from "../../../connectors/contract/connector.ts";
import type { Account, AccountMatch } from "../../domain/access.ts";
import type { OpenTarget } from "../session.ts";
import { matchAccounts } from "./match-accounts.ts";
import type { MatchRule, PersonFacts } from "./match-accounts.ts";

export interface ResolveInput {
  person: PersonFacts;
  rules: readonly MatchRule[];
  /** Accounts someone confirmed for this person. */
  links: readonly Account[];
  /** Accounts someone was asked about and did not confirm: never asked again. */
  rejected: readonly string[];
  /** Somebody has answered what was asked about this person here. */
  answered: boolean;
}

export interface ResolveDeps {
  /** All principals of the target, whole; shared for a few seconds by the cases of a batch. */
  principals(): Promise<readonly Principal[] | "incomplete">;
  linkedToOthers(): Promise<ReadonlySet<string>>;
  /** Known people whom one of these values could name. */
  rivals(values: readonly string[]): Promise<readonly PersonFacts[]>;
}

export type Resolution =
  | { kind: "accounts"; accounts: readonly AccountMatch[]; listed: number }
  | { kind: "none"; listed: number }
  | { kind: "ask"; question: "ambiguous-account" | "no-match-rule"; text: string; candidates: readonly AccountMatch[] }
  | { kind: "incomplete" };

/** Person to accounts, each with its reason. Confirmed links need no listing: they are read back by id. */
export async function resolveAccounts(target: OpenTarget, input: ResolveInput, deps: ResolveDeps): Promise<Resolution> {
  const { connector, session, name } = target;
  const ask = (text: string, candidates: readonly AccountMatch[] = []): Resolution => ({
    kind: "ask",
    question: candidates.length > 0 ? "ambiguous-account" : "no-match-rule",
    text,
    candidates,
  });
  const canMatch = input.rules.length > 0 || connector.ssoLinks === true;
  const noRule = (): Resolution =>
    ask(
      `No match rule is configured for ${name} and nobody linked an account: which account is this person's, if any?`,
    );
  if (input.links.length === 0 && !canMatch) return input.answered ? { kind: "none", listed: 0 } : noRule();
  const linked: Account[] = [];
  for (const link of input.links) {
    const principal = await connector.account(session, link.id);
    if (principal !== null) linked.push({ id: principal.id, label: principal.label });
    else if (!input.answered)
      return ask(`The linked account ${link.id} is not at ${name}: was it deleted, or is the link wrong?`);
  }
  if (!canMatch) {
    return linked.length > 0
      ? { kind: "accounts", accounts: confirmed(linked), listed: linked.length }
      : { kind: "none", listed: 0 };
  }
  const principals = await deps.principals();
  if (principals === "incomplete") return { kind: "incomplete" };
  const unknownAttribute = unknownAttributeOf(input.rules, principals);
  if (unknownAttribute !== null && !input.answered) {
    return ask(
      `A match rule of ${name} names the attribute ${unknownAttribute}, which no account there has: nothing can be told from it`,
    );
  }
  // Where the target keeps no single sign-on links after all, nothing was looked for, which must not read as "nobody".
  const nothingToMatch = input.rules.length === 0 && !principals.some(({ identities = [] }) => identities.length > 0);
  if (nothingToMatch && linked.length === 0 && !input.answered) return noRule();
  const matched = matchAccounts({
    person: input.person,
    links: linked,
    linkedToOthers: await deps.linkedToOthers(),
    rules: input.rules,
    principals,
    others: await deps.rivals(rivalValues(input.person)),
  });
  // What a person did not confirm when asked is not this person's, however well a rule matches it.
  const isOpen = ({ account }: AccountMatch): boolean => !input.rejected.includes(account.id);
  const accounts = matched.accounts.filter(isOpen);
  const open = matched.suggestions.filter(isOpen);
  if (open.length > 0) return ask(`Which of these accounts at ${name} are this person's?`, [...accounts, ...open]);
  return accounts.length > 0
    ? { kind: "accounts", accounts, listed: principals.length }
    : { kind: "none", listed: principals.length };
}

/** A misspelt attribute matches nobody, which must never read as "this person has no account" (I14). */
function unknownAttributeOf(rules: readonly MatchRule[], principals: readonly Principal[]): string | null {
  if (principals.length === 0) return null;
  const unknown = rules.find(
    (rule) => !principals.some((principal) => Object.hasOwn(principal.attributes, rule.attribute)),
  );
  return unknown?.attribute ?? null;
}

function confirmed(accounts: readonly Account[]): AccountMatch[] {
  return accounts.map((account) => ({ account, strength: "strong", reason: "confirmed link" }));
}

/** Every spelling under which another person could claim the same account. */
function rivalValues(person: PersonFacts): string[] {
  const values = [person.userName, person.userName.split("@")[0] ?? "", person.externalId ?? "", ...person.emails];
  return [...new Set(values.filter((value) => value !== "").map((value) => value.toLowerCase()))];
}
