import type { Page, Principal } from "../contract/connector.ts";
import { ConnectorError } from "../contract/error.ts";
import { pagesOf } from "../contract/paging.ts";
import type { ListedUserRow } from "./schema.ts";
import type { IamSession } from "./session.ts";
import { findUser, listUsers } from "./users.ts";

type Tags = readonly { Key: string; Value: string }[];

/** Every user of the account, with its tags: those are what a match rule can rely on best. */
export async function* listPrincipals(session: IamSession): AsyncGenerator<Page<Principal>> {
  const known = await tagsOfAll(session);
  for await (const { items, complete } of listUsers(session)) {
    const principals: Principal[] = [];
    for (const row of items) principals.push(toPrincipal(row, known.get(row.UserId) ?? (await tagsOf(row, session))));
    yield { items: principals, complete };
  }
}

/** One user by its id. */
export async function findPrincipal(id: string, session: IamSession): Promise<Principal | null> {
  const user = await findUser({ id, label: "" }, session);
  if (user === null) return null;
  const { name, path, arn, passwordLastUsedAt, tags } = user;
  const row = { UserId: id, UserName: name, Path: path, Arn: arn, PasswordLastUsed: passwordLastUsedAt ?? undefined };
  return toPrincipal(row, tags);
}

/** Tags by user id, in few calls; empty where that is not permitted, and each user is asked about then. */
async function tagsOfAll({ iam, target }: IamSession): Promise<ReadonlyMap<string, Tags>> {
  const operation = "GetAccountAuthorizationDetails";
  const tags = new Map<string, Tags>();
  try {
    const fetchPage = async (cursor: string | null) => (await iam.userDetails(cursor)) ?? { items: [], next: null };
    for await (const { items } of pagesOf({ target, operation }, fetchPage, ({ UserId }) => UserId)) {
      // Without the element nothing is known: some emulators never send it.
      for (const { UserId, Tags } of items) if (Tags !== undefined) tags.set(UserId, Tags);
    }
  } catch (thrown) {
    if (!(thrown instanceof ConnectorError) || !["forbidden", "unsupported"].includes(thrown.code)) throw thrown;
  }
  return tags;
}

async function tagsOf({ UserName }: ListedUserRow, { iam, target }: IamSession): Promise<Tags> {
  const tags: { Key: string; Value: string }[] = [];
  // A user who is gone meanwhile has none.
  const fetchPage = async (cursor: string | null) =>
    (await iam.userTags(UserName, cursor)) ?? { items: [], next: null };
  for await (const { items } of pagesOf({ target, operation: "ListUserTags" }, fetchPage, ({ Key }) => Key)) {
    tags.push(...items);
  }
  return tags;
}

function toPrincipal({ UserId, UserName, Path, Arn, PasswordLastUsed }: ListedUserRow, tags: Tags): Principal {
  return {
    id: UserId,
    label: UserName,
    attributes: {
      ...Object.fromEntries(tags.map(({ Key, Value }) => [`tag:${Key}`, Value])),
      userName: UserName,
      path: Path,
      arn: Arn,
    },
    lastUsedAt: PasswordLastUsed?.toISOString() ?? null,
  };
}
