import type { Account } from "./account.ts";
import { type Caller, contextOf } from "./caller.ts";
import { refuse } from "./errors.ts";
import { type Decision, evaluate } from "./policies/evaluate.ts";
import { policiesOf } from "./policies/gather.ts";
import { reference, type ResourceKind } from "./reference.ts";
import type { Store } from "./store.ts";

/**
 * Actions that no policy controls.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html : "No permissions are required"
 */
const exempt = new Set(["GetCallerIdentity", "GetSessionToken"]);

export interface AuthorizationDeps {
  readonly store: Store;
  readonly account: Account;
  readonly now: Date;
}

/** Refuses a call that the caller's policies, as far as they have reached `store`, do not allow. */
export function authorize(caller: Caller, action: string, params: URLSearchParams, deps: AuthorizationDeps): void {
  const { service = "iam", resource: kind = "none" } = reference[action] ?? {};
  // Without MFA a user's session may only ask who it is and assume roles: see GetSessionToken, "Permissions".
  const isBareSession = caller.kind === "user" && caller.session?.hasMfa === false;
  if (isBareSession && service === "iam") throw refuse.invalidToken();
  if (caller.kind === "outsider" && service === "iam") throw refuse.invalidToken();
  // AssumeRole is the role's own matter as well: it is decided where the trust policy is read.
  if (exempt.has(action) || action === "AssumeRole") return;
  const resource = resourceOf(kind, caller, params, deps);
  const decision = decide(caller, { action: `${service}:${action}`, resource: resource.arn }, deps);
  if (decision.kind !== "allowed") throw denied(caller.arn, `${service}:${action}`, resource.shown, decision);
}

/** What the caller's own policies say. */
export function decide(
  caller: Caller,
  { action, resource, more = {} }: { action: string; resource: string; more?: Readonly<Record<string, string>> },
  { store, now }: AuthorizationDeps,
): Decision {
  if (caller.kind === "outsider") return { kind: "allowed", by: [] }; // its own account has its own say
  const holder = { kind: caller.kind, id: caller.ownerId, session: caller.session };
  const context = { ...contextOf(caller, now), ...more };
  return evaluate(policiesOf(store, holder), { action, resource, context });
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export function denied(
  arn: string,
  action: string,
  resource: string,
  decision: Exclude<Decision, { kind: "allowed" }>,
) {
  const article = decision.in === "identity-based policy" ? "an" : "a";
  const reason =
    decision.kind === "explicit-deny"
      ? `with an explicit deny in ${article} ${decision.in}`
      : `because no ${decision.in} allows the ${action} action`;
  return refuse.accessDenied(`User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`);
}

interface Resource {
  /** What policies are held against. */
  readonly arn: string;
  /** What the message names: IAM calls users, groups and roles by kind and name. */
  readonly shown: string;
}

/** The thing a call is about. One that does not exist has the ARN it would have at the root path. */
function resourceOf(
  kind: ResourceKind,
  caller: Caller,
  params: URLSearchParams,
  { store, account }: AuthorizationDeps,
): Resource {
  const atRoot = (name: string) => ({ name, path: "/" });
  switch (kind) {
    case "user": {
      const name = params.get("UserName") ?? caller.userName ?? "";
      return { arn: account.userArn(store.userNamed(name) ?? atRoot(name)), shown: `user ${name}` };
    }
    case "access-key": {
      const id = params.get("AccessKeyId") ?? "";
      const owner = store.get("users", store.get("accessKeys", id)?.userId ?? "");
      return { arn: account.userArn(owner ?? atRoot("")), shown: `access key ${id}` };
    }
    case "group": {
      const name = params.get("GroupName") ?? "";
      return { arn: account.groupArn(store.groupNamed(name) ?? atRoot(name)), shown: `group ${name}` };
    }
    case "role": {
      const name = params.get("RoleName") ?? "";
      return { arn: account.roleArn(store.roleNamed(name) ?? atRoot(name)), shown: `role ${name}` };
    }
    case "mfa": {
      const arn = params.get("SerialNumber") ?? account.mfaArn(params.get("VirtualMFADeviceName") ?? "");
      return { arn, shown: arn };
    }
    case "principal": {
      const arn = params.get("PolicySourceArn") ?? "*";
      return { arn, shown: arn };
    }
    case "every-user":
    case "every-group":
    case "every-role":
    case "every-mfa": {
      const arn = `arn:aws:iam::${account.id}:${kind.replace("every-", "")}/`;
      return { arn, shown: arn };
    }
    default:
      return { arn: "*", shown: "*" };
  }
}
