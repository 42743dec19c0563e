import { failed } from "./session.ts";
import type { IamSession } from "./session.ts";
import type { IamUser } from "./users.ts";

/** The inline policy by which a user is frozen. Name and Sid mark it as ours. */
export const denyPolicyName = "LastdayDenyAll";
const sid = denyPolicyName;

/**
 * An explicit deny wins over every allow, and permissions are looked up anew for each request: this ends live sessions as
 * well. Short on purpose, because the inline policies of a user may have 2,048 characters together.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const statement = { Sid: sid, Effect: "Deny", Action: "*", Resource: "*" } as const;
export const denyPolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });

/**
 * What stands under our name: `exact` our policy; `altered` one that still carries our Sid; `foreign` anything else.
 * Null: nothing.
 */
export type DenyState = "exact" | "altered" | "foreign" | null;

export async function denyStateOf(user: IamUser, session: IamSession): Promise<DenyState> {
  const found = await session.iam.inlinePolicy(user.name, denyPolicyName);
  if (found === null) return null;
  if (found === "no-user") throw failed(session, "conflict", "GetUserPolicy", "has no user that GetUser has");
  if (found.UserName !== user.name || found.PolicyName !== denyPolicyName) {
    throw failed(session, "invalid-response", "GetUserPolicy", "answers with another policy than it was asked for");
  }
  return readDeny(found.PolicyDocument);
}

/** @param document as IAM sends it: URL-encoded; some emulators send it plain. */
export function readDeny(document: string): Exclude<DenyState, null> {
  const parsed = parse(document);
  if (!isRecord(parsed)) return "foreign";
  const { Version, Statement, ...more } = parsed;
  const [only, ...others] = [Statement].flat();
  if (!isRecord(only) || only["Sid"] !== sid) return "foreign";
  const isExact =
    Version === "2012-10-17" &&
    others.length === 0 &&
    Object.keys(more).length === 0 &&
    Object.keys(only).length === Object.keys(statement).length &&
    Object.entries(statement).every(([name, value]) => String([only[name]].flat()) === value);
  return isExact ? "exact" : "altered";
}

function parse(document: string): unknown {
  try {
    return JSON.parse(document.trimStart().startsWith("{") ? document : decodeURIComponent(document));
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
