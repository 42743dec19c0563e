import type { Act, Handler } from "../act.ts";
import { contextOf } from "../caller.ts";
import { denied, decide } from "../authorization.ts";
import { refuse } from "../errors.ts";
import { newId, newSecret, newToken } from "../ids.ts";
import { checkOperators } from "../policies/conditions.ts";
import { parsePolicy } from "../policies/document.ts";
import { decides, type Question } from "../policies/evaluate.ts";
import type { RoleRow, SessionRow } from "../rows.ts";
import type { Xml } from "../xml.ts";

const getCallerIdentity: Handler = ({ caller }) => ({
  UserId: caller.userId,
  Account: caller.accountId,
  Arn: caller.arn,
});

const getAccessKeyInfo: Handler = ({ params, account, store }) => {
  const id = params.text("AccessKeyId");
  const outsider = store.get("outsiders", id);
  return { Account: outsider?.accountId ?? account.id };
};

/** Any six digits pass for the code of a device of the caller. */
const getSessionToken: Handler = (act) => {
  const { params, caller, inForce } = act;
  if (caller.kind !== "user" || caller.session !== null) {
    throw refuse.accessDenied("Cannot call GetSessionToken with session credentials");
  }
  const serial = params.get("SerialNumber");
  const device = serial === null ? undefined : inForce.get("mfaDevices", serial);
  const isCode = /^\d{6}$/.test(params.get("TokenCode") ?? "");
  if (serial !== null && (device?.userId !== caller.ownerId || !isCode)) {
    throw refuse.accessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code.");
  }
  const seconds = params.integer("DurationSeconds", { min: 900, max: 129_600, otherwise: 43_200 });
  const owner = { ownerKind: "user", ownerId: caller.ownerId, name: "" } as const;
  return { Credentials: credentials(mint(act, { ...owner, hasMfa: serial !== null, policy: null }, seconds)) };
};

const assumeRole: Handler = (act) => {
  const { params, account, caller } = act;
  const arn = params.text("RoleArn");
  const name = params.name("RoleSessionName", 64);
  const role = act.inForce.where("roles", (row) => account.roleArn(row) === arn)[0];
  // A role that is not there is refused like one that does not trust the caller.
  if (role === undefined || !isTrusted(act, role)) {
    throw refuse.accessDenied(`User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`);
  }
  const seconds = params.integer("DurationSeconds", { min: 900, max: 43_200, otherwise: 3_600 });
  if (seconds > role.maxSessionSeconds) {
    throw refuse.validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  const policy = params.get("Policy");
  if (policy !== null) for (const statement of parsePolicy(policy)) checkOperators(statement.conditions);
  const hasMfa = params.get("SerialNumber") !== null;
  const session = mint(act, { ownerKind: "role", ownerId: role.id, name, hasMfa, policy }, seconds);
  return {
    Credentials: credentials(session),
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${name}`, Arn: account.sessionArn(role.name, name) },
  };
};

export const stsActions = {
  GetCallerIdentity: getCallerIdentity,
  GetAccessKeyInfo: getAccessKeyInfo,
  GetSessionToken: getSessionToken,
  AssumeRole: assumeRole,
} satisfies Record<string, Handler>;

/**
 * Whether the role's trust policy lets the caller in. Named by its own ARN it needs nothing else; named by way of its
 * account it needs its own policies to allow as well, and their explicit deny counts either way.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
function isTrusted({ params, account, caller, inForce, now }: Act, role: RoleRow): boolean {
  const arn = account.roleArn(role);
  const externalId = params.get("ExternalId");
  const more = externalId === null ? {} : { "sts:externalid": externalId };
  const own = decide(caller, { action: "sts:AssumeRole", resource: arn, more }, { store: inForce, account, now });
  if (own.kind === "explicit-deny") throw denied(caller.arn, "sts:AssumeRole", arn, own);
  const question: Question = {
    action: "sts:AssumeRole",
    resource: arn,
    context: { ...contextOf(caller, now), ...more },
  };
  const statements = parsePolicy(role.trust, "trust");
  const byArn = [caller.arn];
  const byAccount = ["*", caller.accountId, `arn:aws:iam::${caller.accountId}:root`];
  const names = (effect: "Allow" | "Deny", wanted: readonly string[]) =>
    statements.some(
      (one) => decides(one, effect, question) && one.principals?.AWS?.some((name) => wanted.includes(name)),
    );
  if (names("Deny", [...byArn, ...byAccount])) return false;
  return names("Allow", byArn) || (names("Allow", byAccount) && own.kind === "allowed");
}

type Minted = Pick<SessionRow, "ownerKind" | "ownerId" | "name" | "hasMfa" | "policy">;

function mint({ store, now }: Act, minted: Minted, seconds: number): SessionRow {
  const session: SessionRow = {
    id: newId("ASIA"),
    secret: newSecret(),
    token: newToken(),
    issuedAt: now,
    expiresAt: new Date(now.getTime() + seconds * 1_000),
    ...minted,
  };
  store.put("sessions", session);
  return session;
}

const credentials = (session: SessionRow): Xml => ({
  AccessKeyId: session.id,
  SecretAccessKey: session.secret,
  SessionToken: session.token,
  Expiration: session.expiresAt,
});
