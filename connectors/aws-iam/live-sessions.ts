import type { Account, Finding, Outcome, Verdict } from "../../src/domain/access.ts";
import type { Page, Probe } from "../contract/connector.ts";
import { ConnectorError } from "../contract/error.ts";
import { denyStateOf } from "./deny-policy.ts";
import { findingOf } from "./finding.ts";
import { denyEverything } from "./freeze.ts";
import { failed } from "./session.ts";
import type { IamSession } from "./session.ts";
import { trySession } from "./try-credentials.ts";
import { findUser, holderOf } from "./users.ts";
import type { IamUser } from "./users.ts";

/**
 * Sessions that the user's keys were exchanged for (GetSessionToken, GetFederationToken). They outlive the key by up to 36
 * hours, nobody can list or revoke them, and their permissions are looked up anew for each request: our deny ends them all.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
 */
export async function* discoverSessions(account: Account, session: IamSession): AsyncGenerator<Page<Finding>> {
  const user = await findUser(account, session);
  if (user === null) return yield { items: [], complete: true };
  const assumed = { ref: user.id, label: "sessions that may be open", facts: { listable: false, lastsUpToHours: 36 } };
  yield { items: [findingOf("session", user, assumed)], complete: true };
}

/** The freeze, again: there is nothing else that ends a session. */
export async function revokeSessions(finding: Finding, session: IamSession): Promise<Outcome> {
  const user = await findUser(holderOf(finding), session);
  if (user !== null && (await denyStateOf(user, session)) === "exact") {
    return { state: "already-gone", reason: "the freeze has ended them" };
  }
  const outcome = await denyEverything(holderOf(finding), session);
  return outcome.state === "disabled" ? { ...outcome, state: "revoked" } : outcome;
}

/** Our policy stands as we wrote it, IAM decides by it, and a session that is at hand is denied. */
export async function verifySessions(finding: Finding, probe: Probe | null, session: IamSession): Promise<Verdict> {
  const user = await findUser(holderOf(finding), session);
  if (user === null) return { state: "dead", by: "absence", reason: "the user is gone, and its sessions with it" };
  const state = await denyStateOf(user, session);
  if (state !== "exact") {
    const reason = state === null ? "nothing denies them anything" : "our policy is not what it should be";
    return { state: "alive", by: "state", reason };
  }
  const decision = await decisionFor(user, session);
  if (decision !== null && decision !== "explicitDeny") {
    return { state: "alive", by: "state", reason: "our policy stands, and IAM does not decide by it" };
  }
  const tried = probe === null ? null : await trySession(probe, session);
  if (tried !== null) return tried;
  const how = decision === null ? "this server cannot simulate it" : "IAM decides by it";
  return { state: "dead", by: "state", reason: `our policy denies every request, and ${how}` };
}

/** What IAM decides about one thing that our policy must deny; null where the server cannot tell. */
async function decisionFor({ arn }: IamUser, session: IamSession): Promise<string | null> {
  const action = "sts:AssumeRole";
  const operation = "SimulatePrincipalPolicy";
  try {
    const page = await session.iam.simulate(arn, [action], null);
    const found = page?.items.find(({ EvalActionName }) => EvalActionName === action);
    if (found !== undefined) return found.EvalDecision;
  } catch (thrown) {
    if (thrown instanceof ConnectorError && thrown.code === "unsupported") return null;
    throw thrown;
  }
  throw failed(session, "invalid-response", operation, "does not answer what it was asked");
}
