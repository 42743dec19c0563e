import type { Account } from "../account.ts";
import type { UserRow } from "../rows.ts";
import type { Store } from "../store.ts";

/**
 * Services that have credentials of their own. Those with an alias call the pair alias and secret, and may let it
 * expire; the others call it user name and password.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html
 */
export const serviceKinds: Readonly<Record<string, "password" | "alias">> = {
  "codecommit.amazonaws.com": "password",
  "cassandra.amazonaws.com": "password",
  "bedrock.amazonaws.com": "alias",
  "logs.amazonaws.com": "alias",
};

/**
 * The generated name: user and account, with a number from the second one on. A guess for aliases, of which the
 * reference says only that they hold the user's name and a suffix.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ServiceSpecificCredential.html
 */
export function publicNameOf(
  serviceName: string,
  user: Pick<UserRow, "id" | "name">,
  account: Account,
  store: Store,
): string {
  const taken = new Set(store.all("serviceCredentials").map((row) => row.publicName));
  const base = `${user.name}${serviceKinds[serviceName] === "alias" ? "+1" : ""}-at-${account.id}`;
  let name = base;
  for (let at = 1; taken.has(name); at += 1) name = base.replace("-at-", `+${at}-at-`);
  return name;
}
