import { refuse } from "../errors.ts";
import type { Account } from "../account.ts";
import { parsePolicy } from "../policies/document.ts";
import type { Store } from "../store.ts";

/**
 * Trust policies name users by id inside and by ARN outside: a rename shows the new ARN, and after a deletion the id is
 * all that is left, so that a new user of the same name is not trusted.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-users
 */
export function replacePrincipal(store: Store, from: string, shown: string): void {
  for (const role of store.all("roles")) {
    const trust = role.trust.replaceAll(JSON.stringify(from), JSON.stringify(shown));
    if (trust !== role.trust) store.put("roles", { ...role, trust });
  }
}

/** Refuses a trust policy that cannot be read, or that names a user or role of this account that is not there. */
export function checkTrust(store: Store, account: Account, document: string): void {
  const arns = new Set([
    ...store.all("users").map((user) => account.userArn(user)),
    ...store.all("roles").map((role) => account.roleArn(role)),
  ]);
  for (const { principals } of parsePolicy(document, "trust")) {
    for (const one of principals?.AWS ?? []) {
      const isForeign = /^arn:aws:(iam|sts)::(\d{12}):/.exec(one)?.[2] !== account.id;
      const isKnown = one === "*" || /^\d{12}$/.test(one) || one.endsWith(":root") || arns.has(one);
      if (!isKnown && !(one.startsWith("arn:") && isForeign)) {
        throw refuse.malformedPolicy(`Invalid principal in policy: "AWS":"${one}"`);
      }
    }
  }
}
