import type { Account, Finding, Verdict } from "../../src/domain/access.ts";
import type { Page } from "../contract/connector.ts";
import { findingOf } from "./finding.ts";
import type { IamSession } from "./session.ts";
import { findUser, holderOf } from "./users.ts";

/**
 * The permissions boundary: it grants nothing and limits all the rest, so taking it away widens access. It is named, kept,
 * and goes with the user (delete-user.ts).
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html
 */
export async function* discoverBoundary(account: Account, session: IamSession): AsyncGenerator<Page<Finding>> {
  const user = await findUser(account, session);
  if (user === null || user.boundaryArn === null) return yield { items: [], complete: true };
  const label = `boundary ${user.boundaryArn.split("/").at(-1) ?? user.boundaryArn}: it restrains, and grants nothing`;
  const facts = { policy: user.boundaryArn, grants: false, endsWithTheUser: true };
  yield {
    items: [findingOf("permissions-boundary", user, { ref: user.id, label, risk: "read", facts })],
    complete: true,
  };
}

export async function verifyBoundary(finding: Finding, session: IamSession): Promise<Verdict> {
  const user = await findUser(holderOf(finding), session);
  return user === null || user.boundaryArn === null
    ? { state: "dead", by: "absence", reason: "the user is gone, or has no boundary any more" }
    : { state: "alive", by: "state", reason: "it restrains the user until the user is deleted" };
}
