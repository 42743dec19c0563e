import type { Account, Finding, Verdict } from "../../../src/domain/access.ts";
import type { Kind, Page } from "../../contract/connector.ts";
import type { GithubDeps } from "../deps.ts";
import { findingOf } from "../finding.ts";
import { firstOf, listed } from "../listing.ts";
import { placeOf } from "../people.ts";

/**
 * Classic tokens that did not go through single sign-on. No organization can list or end them: they do what their owner
 * may, and so they are cut off when the owner may nothing any more. One item stands for all of a person's.
 *
 * @see https://docs.github.com/en/organizations/managing-programmatic-access-to-your-organization/setting-a-personal-access-token-policy-for-your-organization
 */
export const classicToken: Kind<GithubDeps> = {
  title: "classic personal access tokens",
  strategy: "cut-off",
  risk: "write",
  stops: "both",
  reversible: false,
  settleMs: 0,
  discover: discoverTokens,
  verify: verifyTokens,
};

async function* discoverTokens(
  deps: GithubDeps,
  account: Account,
  known: readonly Finding[],
): AsyncGenerator<Page<Finding>> {
  const [before] = known;
  if (before !== undefined) return yield { items: [before], complete: true };
  yield { items: (await reachesAnything(account.id, deps)) ? [toFinding(account)] : [], complete: true };
}

/** Nothing can be said of the tokens themselves; only whether there is anything left for them to reach. */
async function verifyTokens(deps: GithubDeps, { accountId }: Finding): Promise<Verdict> {
  return (await reachesAnything(accountId, deps))
    ? { state: "alive", by: "state", reason: "they reach what their owner reaches, who is still let in" }
    : { state: "unknown", by: "state", reason: "their owner is not let in any more; nobody but the owner sees them" };
}

async function reachesAnything(userId: string, deps: GithubDeps): Promise<boolean> {
  const { github, target } = deps;
  const place = await placeOf(userId, deps);
  if (place === null) return false;
  if (place.membership?.state === "active") return true;
  const outsiders = listed(target, "listOutsideCollaborators", github.outsideCollaboratorsPage);
  return (await firstOf(outsiders, ({ id }) => String(id) === userId)) !== null;
}

function toFinding(account: Account): Finding {
  return findingOf(account, {
    kind: "classic-token",
    ref: account.id,
    label: "classic tokens outside single sign-on, if there are any",
    risk: "write",
    facts: { organizationCanList: false },
  });
}
