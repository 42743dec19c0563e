import { verifySignature } from "../../aws/signature.ts";
import type { Call } from "../../faults/index.ts";
import type { Account } from "./account.ts";
import { type Caller, callerOf } from "./caller.ts";
import { type AwsRefusal, refuse } from "./errors.ts";
import type { Store } from "./store.ts";

/** A long-term key, or temporary credentials with their token. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const faults = {
  MissingAuthenticationToken: refuse.missingToken,
  IncompleteSignature: refuse.incompleteSignature,
  InvalidClientTokenId: refuse.invalidToken,
  SignatureDoesNotMatch: refuse.wrongSignature,
  RequestExpired: refuse.requestExpired,
} satisfies Record<string, () => AwsRefusal>;

/** Who signed a call, by what has reached `store`. */
export function authenticate(
  call: Call,
  service: "iam" | "sts",
  { store, account, now }: { store: Store; account: Account; now: Date },
): Caller {
  // Signed against the real clock, as the caller does, whatever time it is in the account.
  const check = verifySignature(call, (id, token) => secretOf(store, id, token), { service, now: Date.now() });
  if (!check.ok) throw faults[check.code]();
  return usable(store, account, check.accessKeyId, now);
}

/** Who holds credentials that are known to be genuine, unless they have ended. */
export function usable(store: Store, account: Account, accessKeyId: string, now: Date): Caller {
  const caller = callerOf(store, account, accessKeyId);
  if (caller === undefined) throw refuse.invalidToken();
  if (caller.session !== null && caller.session.expiresAt <= now) throw refuse.expiredToken();
  return caller;
}

/** The secret that goes with a key id and token; null when there is none such, or it is inactive. */
export function secretOf(store: Store, accessKeyId: string, token: string | null): string | null {
  const session = store.get("sessions", accessKeyId);
  if (session !== undefined) return session.token === token ? session.secret : null;
  if (token !== null) return null;
  const key = store.get("accessKeys", accessKeyId);
  if (key !== undefined) return key.isActive ? key.secret : null;
  return store.get("outsiders", accessKeyId)?.secret ?? null;
}
