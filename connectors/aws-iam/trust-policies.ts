import type { Account, Finding, Verdict } from "../../src/domain/access.ts";
import type { Page } from "../contract/connector.ts";
import { pagesOf } from "../contract/paging.ts";
import { findingOf } from "./finding.ts";
import type { RoleRow } from "./schema.ts";
import { failed } from "./session.ts";
import type { IamSession } from "./session.ts";
import { findUser, holderOf } from "./users.ts";
import type { IamUser } from "./users.ts";

const operation = "ListRoles";

/**
 * Roles whose trust policy names this very user. They are reported: other people use them too. Once the user is deleted, such
 * a policy names its id, which no later user of the same name has.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export async function* discoverTrust(account: Account, session: IamSession): AsyncGenerator<Page<Finding>> {
  const user = await findUser(account, session);
  if (user === null) return yield { items: [], complete: true };
  for await (const { items, complete } of listRoles(session)) {
    const findings = items.flatMap((role) => {
      const how = mentions(role, user);
      if (how === null) return [];
      const facts = { role: role.Arn, how };
      const particulars = { ref: `${user.id}/${role.RoleId}`, label: `role ${role.RoleName} trusts this user`, facts };
      return [findingOf("trust-policy", user, particulars)];
    });
    yield { items: findings, complete };
  }
}

export async function verifyTrust(finding: Finding, session: IamSession): Promise<Verdict> {
  const user = await findUser(holderOf(finding), session);
  if (user === null) return { state: "dead", by: "absence", reason: "the user is gone, and nobody can be it again" };
  for await (const { items } of listRoles(session)) {
    const role = items.find(({ RoleId }) => finding.ref === `${user.id}/${RoleId}`);
    if (role === undefined) continue;
    return mentions(role, user) === null
      ? { state: "dead", by: "absence", reason: "the role no longer names this user" }
      : { state: "alive", by: "state", reason: "the role still names this user" };
  }
  return { state: "dead", by: "absence", reason: "the role is gone" };
}

function listRoles(session: IamSession) {
  return pagesOf(
    { target: session.target, operation },
    async (cursor) => {
      const page = await session.iam.roles(cursor);
      if (page === null) throw failed(session, "not-visible", operation, "says that there are no roles to list");
      return page;
    },
    ({ RoleId }) => RoleId,
  );
}

/** Whether a role names a user as a principal, or in a condition; by ARN or id. */
function mentions({ AssumeRolePolicyDocument }: RoleRow, { arn, id }: IamUser): "principal" | "condition" | null {
  const names = new Set([arn, id]);
  const statements = [statementsOf(AssumeRolePolicyDocument)].flat();
  const has = (part: unknown): boolean => stringsIn(part, 0).some((text) => names.has(text));
  const parts = statements.filter((one) => typeof one === "object" && one !== null);
  if (parts.some((one) => "Principal" in one && has(one.Principal))) return "principal";
  return parts.some((one) => "Condition" in one && has(one.Condition)) ? "condition" : null;
}

/** A document that cannot be read names nobody; IAM itself accepts none. */
function statementsOf(document: string | undefined): unknown {
  if (document === undefined) return [];
  try {
    const text = document.trimStart().startsWith("{") ? document : decodeURIComponent(document);
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && "Statement" in parsed ? parsed.Statement : [];
  } catch {
    return [];
  }
}

const maxDepth = 8;

function stringsIn(value: unknown, depth: number): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || depth === maxDepth) return [];
  return Object.values(value).flatMap((inner) => stringsIn(inner, depth + 1));
}
