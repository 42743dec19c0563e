import type { Account, Finding } from "../../src/domain/access.ts";
import { pagesOf } from "../contract/paging.ts";
import type { UserRow } from "./schema.ts";
import { failed } from "./session.ts";
import type { IamSession } from "./session.ts";

/** An IAM user as it is right now. IAM's operations take the name; only the id is for ever. */
export interface IamUser {
  id: string;
  name: string;
  path: string;
  arn: string;
  createdAt: Date | null;
  passwordLastUsedAt: Date | null;
  boundaryArn: string | null;
  tags: readonly { Key: string; Value: string }[];
}

/** Whose a finding is: the id, and the name it had. */
export function holderOf({ accountId, facts }: Finding): Account {
  const { user } = facts;
  return { id: accountId, label: typeof user === "string" ? user : accountId };
}

/**
 * Reads an account afresh: its present name, for one operation. A renamed user is followed; somebody else who has taken the
 * name is not the one that is meant.
 *
 * @returns null only when a whole list of the right account's users has no such id.
 * @throws {ConnectorError} `conflict` while the list and the user contradict each other; `invalid-response` when the answer is
 * about somebody else.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export async function findUser({ id, label }: Account, session: IamSession): Promise<IamUser | null> {
  const named = isName(label) ? await session.iam.user(label) : null;
  if (named?.UserId === id) return toUser(named);
  const name = await presentName(id, session);
  if (name === null) {
    await requireRightAccount(session);
    return null;
  }
  const found = await session.iam.user(name);
  if (found === null) throw failed(session, "conflict", "GetUser", "has no user that ListUsers lists");
  if (found.UserId !== id) throw failed(session, "invalid-response", "GetUser", "answers about another user");
  return toUser(found);
}

/**
 * As `findUser`, for whatever changes something: our own identity is never touched.
 * @throws {ConnectorError} `bad-request` for an account that we work with ourselves.
 */
export async function findUserToChange(account: Account, session: IamSession): Promise<IamUser | null> {
  const ours = await session.aws.ownUserIds();
  if (!ours.has(account.id)) return findUser(account, session);
  const what = "is what Lastday itself works with here, and is left as it is: end it by hand, or give Lastday another";
  throw failed(session, "bad-request", `identity ${account.label}`, what);
}

/** The name that a user has now, from a whole list; null when nobody has this id. */
async function presentName(id: string, session: IamSession): Promise<string | null> {
  for await (const { items } of listUsers(session)) {
    const found = items.find(({ UserId }) => UserId === id);
    if (found !== undefined) return found.UserName;
  }
  return null;
}

export function listUsers(session: IamSession) {
  const { iam, target } = session;
  const operation = "ListUsers";
  return pagesOf(
    { target, operation },
    async (cursor) => {
      const page = await iam.users(cursor);
      if (page === null) throw failed(session, "not-visible", operation, "says that there are no users to list");
      return page;
    },
    ({ UserId }) => UserId,
  );
}

/** In another account everybody is missing, and that proves nothing. */
async function requireRightAccount(session: IamSession): Promise<void> {
  const { accountId } = session.settings;
  if (accountId === undefined) return;
  const { account } = await session.aws.ourselves();
  if (account === accountId) return;
  throw failed(session, "not-visible", "ListUsers", `lists account ${account}, and this target is ${accountId}`);
}

/** What IAM takes for a name; anything else is refused there with an error that says nothing of the user. */
function isName(label: string): boolean {
  return /^[\w+=,.@-]{1,128}$/.test(label);
}

function toUser(row: UserRow): IamUser {
  return {
    id: row.UserId,
    name: row.UserName,
    path: row.Path,
    arn: row.Arn,
    createdAt: row.CreateDate ?? null,
    passwordLastUsedAt: row.PasswordLastUsed ?? null,
    boundaryArn: row.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
    tags: row.Tags ?? [],
  };
}
