import type { Account, Finding } from "../../src/domain/access.ts";
import type { Kind, Page } from "../contract/connector.ts";
import type { Rotation } from "../contract/rotation.ts";
import { exposedAtOf } from "./credential-finding.ts";
import type { CiDeps } from "./deps.ts";
import { failed } from "./deps.ts";
import { holds, lookAlone } from "./exposure-kind.ts";
import { fits } from "./name-pattern.ts";
import { secretFinding } from "./secret-finding.ts";
import { lookAtSecret } from "./secret-look.ts";
import { verifySecret } from "./secret-verify.ts";

/** Secrets that no plan names: a person replaces them, since only they know where the value comes from. */
export const secret: Kind<CiDeps> = {
  title: "CI secret that the user could read",
  strategy: "rotate",
  risk: "write",
  stops: "both",
  reversible: false,
  settleMs: 0,
  discover: discoverSecrets,
  rotate: byHand(),
  verify: verifySecret,
};

async function* discoverSecrets(
  deps: CiDeps,
  account: Account,
  known: readonly Finding[],
): AsyncGenerator<Page<Finding>> {
  const seen = deps.looks.take(account.id, "secret") ?? (await lookAlone(deps, account, known));
  const fresh =
    seen !== "known" && seen.kind === "surveyed"
      ? seen.exposed
          .filter(({ place }) => !deps.settings.plans.some((plan) => holds(plan, place)))
          .map((exposed) => secretFinding(account.id, exposed, seen.seenAt))
      : [];
  yield { items: fresh, complete: true };
  // What was within reach stays exposed when the reach shrinks or ends: it is listed for as long as it is there.
  const listed = new Set(fresh.map(({ ref }) => ref));
  for (const finding of known) {
    if (listed.has(finding.ref) || (await lookAtSecret(finding, deps)) === null) continue;
    yield { items: [finding], complete: true };
  }
}

function byHand(): Rotation<CiDeps> {
  const refuse = async (deps: CiDeps): Promise<never> => {
    throw failed("unsupported", deps, "rotate", "a secret that no plan names is replaced by a person");
  };
  return {
    plan: (deps, finding) => ({ kind: "by-hand", task: taskOf(deps, finding) }),
    create: refuse,
    set: refuse,
    test: refuse,
    finish: refuse,
    retire: refuse,
    rollBack: refuse,
  };
}

function taskOf({ settings, clock }: CiDeps, finding: Finding) {
  const name = String(finding.facts["name"] ?? "");
  const rule = settings.owners.find(({ match }) => fits(match, name));
  const from = exposedAtOf(finding) ?? clock();
  const { rank, reason } = finding.facts;
  const what =
    `Replace the value of the ${finding.label} where it was issued, and end the old one there; then store the new one. ` +
    `The leaver could read it (${typeof rank === "string" ? `${rank}: ` : ""}${String(reason ?? "reason unknown")}). ` +
    "Done when the old value is refused where it was used, or when you attest it by name: a new date at GitHub proves nothing.";
  return {
    what,
    owner: rule?.owner ?? settings.owner,
    dueAt: new Date(from.getTime() + (rule?.due ?? settings.due)).toISOString(),
  };
}
