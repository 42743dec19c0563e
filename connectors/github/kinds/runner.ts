import type { Account, Finding } from "../../../src/domain/access.ts";
import type { Kind, Page } from "../../contract/connector.ts";
import type { GithubDeps } from "../deps.ts";
import { findingOf } from "../finding.ts";
import { isSame } from "../inside.ts";
import { listed } from "../listing.ts";
import { loginOf } from "../people.ts";
import type { GithubRunner } from "../schema.ts";

/**
 * Self-hosted runners of the organization that carry the person's login in their name or a label. GitHub does not tell
 * who set a runner up, so they are named for a person to look at, and nothing is done to them.
 *
 * @see https://docs.github.com/en/rest/actions/self-hosted-runners
 */
export const runner: Kind<GithubDeps> = {
  title: "self-hosted runner",
  strategy: "report",
  risk: "admin",
  stops: "both",
  reversible: false,
  settleMs: 0,
  discover: discoverRunners,
  async verify(deps, finding) {
    for await (const { items } of listed(deps.target, "listRunners", deps.github.runnersPage)) {
      const isThere = items.some(({ id }) => String(id) === finding.ref);
      if (isThere) return { state: "alive", by: "absence", reason: "the organization still lists the runner" };
    }
    return { state: "dead", by: "absence", reason: "the organization no longer lists the runner" };
  },
};

async function* discoverRunners(deps: GithubDeps, account: Account): AsyncGenerator<Page<Finding>> {
  const login = await loginOf(account.id, deps);
  for await (const { items, complete } of listed(deps.target, "listRunners", deps.github.runnersPage)) {
    const theirs = items.filter((one) => login !== null && namesOf(one).some((name) => mentions(name, login)));
    yield { items: theirs.map((one) => toFinding(one, account)), complete };
  }
}

function namesOf({ name, labels }: GithubRunner): readonly string[] {
  return [name, ...labels.map((label) => label.name)];
}

/**
 * The login among the words of a name, in any letter case: `ada`, `box.ada`, `ada/gpu`. A hyphen joins, for it is part of
 * logins: `ada-ci` is somebody else.
 */
function mentions(name: string, login: string): boolean {
  return name.split(/[^A-Za-z0-9_-]+/).some((word) => isSame(word, login));
}

function toFinding(one: GithubRunner, account: Account): Finding {
  return findingOf(account, {
    kind: "runner",
    ref: String(one.id),
    label: one.name,
    holder: "created",
    risk: "admin",
    facts: { os: one.os, status: one.status, labels: one.labels.map(({ name }) => name).join(" ") },
  });
}
