import type { CheckReport } from "../contract/connector.ts";
import { ConnectorError } from "../contract/error.ts";
import { pagesOf } from "../contract/paging.ts";
import type { CallerIdentity } from "../vendors/aws/sts.ts";
import { denyPolicyName } from "./deny-policy.ts";
import { permissions } from "./permissions.ts";
import type { IamSession } from "./session.ts";

type CheckFinding = CheckReport["findings"][number];

/** Reads only: who we are, whether this is the right account, and which permissions are missing. */
export async function checkAccount(session: IamSession): Promise<CheckReport> {
  const findings: CheckFinding[] = [];
  try {
    const ourselves = await session.aws.ourselves();
    findings.push(...identityFindings(ourselves, session));
    findings.push(...(await readFindings(session)), ...(await writeFindings(ourselves, session)));
  } catch (thrown) {
    findings.push(toFinding(thrown));
  }
  return { ok: findings.every(({ level }) => level !== "error"), findings };
}

function toFinding(thrown: unknown): CheckFinding {
  if (!(thrown instanceof ConnectorError)) throw thrown;
  return { level: "error", what: thrown.message, fix: null };
}

function identityFindings({ account, arn, userId }: CallerIdentity, { settings }: IamSession): readonly CheckFinding[] {
  const found: CheckFinding[] = [{ level: "ok", what: `account ${account}, as ${arn}`, fix: null }];
  if (settings.accountId === undefined) {
    const what = "accountId is not set: with credentials of another account, everybody here would seem to be gone";
    found.push({ level: "warning", what, fix: `Set accountId: "${account}"` });
  } else if (settings.accountId !== account) {
    const what = `the credentials belong to account ${account}, and this target is ${settings.accountId}`;
    found.push({ level: "error", what, fix: "Set the credentials or the role of that account" });
  }
  if (userId.startsWith("AIDA")) {
    const what =
      "we work as an IAM user, which a match rule could find; it is never touched, and never ends a case either";
    found.push({ level: "warning", what, fix: "Work with a role instead: leave the keys out, or set assumeRole" });
  }
  if (userId === account) {
    const what = "we work as the root user of the account";
    found.push({ level: "error", what, fix: "Make a role with the policies beside this connector, and use that" });
  }
  return found;
}

/** Each operation that looks, tried at the first user that is listed. */
async function readFindings(session: IamSession): Promise<readonly CheckFinding[]> {
  const { iam } = session;
  const found: CheckFinding[] = [];
  const attempt = async <T>(action: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof ConnectorError)) throw thrown;
      if (thrown.code === "forbidden") found.push(missing(`iam:${action}`));
      else if (thrown.code === "unsupported") found.push({ level: "warning", what: thrown.message, fix: null });
      else throw thrown;
      return null;
    }
  };
  const user = (await attempt("ListUsers", () => iam.users(null, 1)))?.items[0];
  await attempt("GetAccountAuthorizationDetails", () => iam.userDetails(null));
  await attempt("ListRoles", () => iam.roles(null));
  if (user === undefined) {
    const what = "no user is listed, so the permissions to look at one cannot be tried";
    return [...found, { level: "warning", what, fix: null }];
  }
  const { UserName: name, Arn: arn } = user;
  await attempt("GetUser", () => iam.user(name));
  await attempt("ListUserTags", () => iam.userTags(name, null));
  const keys = await attempt("ListAccessKeys", () => iam.accessKeys(name, null));
  const [key] = keys?.items ?? [];
  if (key !== undefined) await attempt("GetAccessKeyLastUsed", () => iam.accessKeyLastUsed(key.AccessKeyId));
  await attempt("GetLoginProfile", () => iam.loginProfile(name));
  await attempt("ListServiceSpecificCredentials", () => iam.serviceCredentials(name, null));
  await attempt("ListSSHPublicKeys", () => iam.sshPublicKeys(name, null));
  await attempt("ListSigningCertificates", () => iam.signingCertificates(name, null));
  await attempt("ListMFADevices", () => iam.mfaDevices(name, null));
  await attempt("ListGroupsForUser", () => iam.groups(name, null));
  await attempt("ListAttachedUserPolicies", () => iam.attachedPolicies(name, null));
  await attempt("ListUserPolicies", () => iam.inlinePolicies(name, null));
  await attempt("GetUserPolicy", () => iam.inlinePolicy(name, denyPolicyName));
  await attempt("SimulatePrincipalPolicy", () => iam.simulate(arn, ["sts:AssumeRole"], null));
  return found;
}

function missing(permission: string): CheckFinding {
  const why = permissions.find(({ name }) => name === permission)?.why ?? "";
  return { level: "error", what: `${permission} is missing: ${why}`, fix: "Attach policies/read.json to our identity" };
}

/** What changes something cannot be tried; IAM is asked what it would decide. An organization may still deny it. */
async function writeFindings(ourselves: CallerIdentity, session: IamSession): Promise<readonly CheckFinding[]> {
  const writes = permissions.filter((one) => one.for !== "read");
  const unknown: CheckFinding = {
    level: "warning",
    what: "which permissions we have to freeze and to delete cannot be told here",
    fix: null,
  };
  const principal = principalOf(ourselves, session);
  if (principal === null) return [unknown];
  const actions = writes.map(({ name }) => name);
  const decisions = new Map<string, string>();
  try {
    const fetchPage = async (cursor: string | null) =>
      (await session.iam.simulate(principal, actions, cursor)) ?? { items: [], next: null };
    const where = { target: session.target, operation: "SimulatePrincipalPolicy" };
    for await (const { items } of pagesOf(where, fetchPage, ({ EvalActionName }) => EvalActionName)) {
      for (const { EvalActionName, EvalDecision } of items) decisions.set(EvalActionName, EvalDecision);
    }
  } catch (thrown) {
    if (!(thrown instanceof ConnectorError) || !["forbidden", "unsupported"].includes(thrown.code)) throw thrown;
  }
  if (decisions.size === 0) return [unknown];
  return writes
    .filter(({ name }) => decisions.get(name) !== "allowed")
    .map(({ name, why, for: use }) => ({
      level: "warning",
      what: `${name} is missing: ${why}`,
      fix: `Attach policies/${use}.json to our identity before this target is set to enforce`,
    }));
}

/** The ARN of what our policies are attached to. A role's session does not tell the path of its role. */
function principalOf({ arn, userId }: CallerIdentity, { settings }: IamSession): string | null {
  if (settings.assumeRole !== undefined) return settings.assumeRole.roleArn;
  if (userId.startsWith("AIDA")) return arn;
  const role = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\//.exec(arn);
  return role === null ? null : `arn:${role[1]}:iam::${role[2]}:role/${role[3]}`;
}
