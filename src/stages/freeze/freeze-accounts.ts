import type { TargetAccounts } from "../session.ts";

export type FreezeResult = { state: "frozen" } | { state: "unsupported"; reason: string };

/** Reversible stop on each principal, before anything is looked for. Safe to repeat. */
export async function freezeAccounts({ connector, session, accounts }: TargetAccounts): Promise<FreezeResult> {
  if (connector.freeze === undefined)
    return { state: "unsupported", reason: `${connector.title} has no way to freeze an account` };
  for (const account of accounts) {
    const outcome = await connector.freeze(session, account);
    if (outcome.state === "unsupported" || outcome.state === "cut-off") {
      return { state: "unsupported", reason: outcome.reason ?? `${connector.title} could not freeze the account` };
    }
  }
  return { state: "frozen" };
}
