import { type Credentials, secretOf, usable } from "./authentication.ts";
import { decide } from "./authorization.ts";
import { callerOf } from "./caller.ts";
import { AwsRefusal } from "./errors.ts";
import { belongings, canonical } from "./canonical.ts";
import { type Alive, type AliveKind, holdingsOf, ownerOf } from "./holdings.ts";
import type { UserRow } from "./rows.ts";
import { perform, type ServiceDeps } from "./service.ts";
import type { Store } from "./store.ts";

export type { Alive, AliveKind } from "./holdings.ts";

/** What became of credentials that were tried: let in; let in but denied everything; or refused, with the error code. */
export type Trial =
  { readonly kind: "works" } | { readonly kind: "denied" } | { readonly kind: "refused"; readonly code: string };

/** What is so, for whoever judges; nothing here is a call. */
export class Truth {
  readonly #deps: ServiceDeps;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
  }

  /** A thing is alive as long as it is there, or its end is not yet in force. */
  aliveOf(user: string): Alive[] {
    const { truth, gate } = this.#deps;
    const found = [truth, gate.store].flatMap((store) => this.#holdings(store, user));
    const keyOf = ({ kind, ref }: Alive) => `${kind} ${ref}`;
    const unique = new Map(found.map((one) => [keyOf(one), one]));
    return [...unique.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  alive(kind: AliveKind, ref: string): boolean {
    const stores = [this.#deps.truth, this.#deps.gate.store];
    if (kind === "user") return stores.some((store) => userOf(store, ref) !== undefined);
    return stores.some((store) =>
      this.#holdings(store, ownerOf(store, kind, ref)).some((one) => one.kind === kind && one.ref === ref),
    );
  }

  stateOf(name: string): string {
    const { truth } = this.#deps;
    const user = userOf(truth, name);
    return canonical(user === undefined ? null : belongings(truth, user));
  }

  tryKey({ accessKeyId, secretAccessKey, sessionToken }: Credentials): Trial {
    const { account, gate, clock } = this.#deps;
    const secret = secretOf(gate.store, accessKeyId, sessionToken ?? null);
    if (secret === null) return { kind: "refused", code: "InvalidClientTokenId" };
    if (secret !== secretAccessKey) return { kind: "refused", code: "SignatureDoesNotMatch" };
    try {
      usable(gate.store, account, accessKeyId, new Date(clock()));
    } catch (error) {
      if (error instanceof AwsRefusal) return { kind: "refused", code: error.code };
      throw error;
    }
    return this.#isCutOff(gate.store, accessKeyId) ? { kind: "denied" } : { kind: "works" };
  }

  /** Has an action done by the holder of a key, without a call. */
  meddle(accessKeyId: string, action: string, params: Readonly<Record<string, string>>): void {
    const { truth, account } = this.#deps;
    const caller = callerOf(truth, account, accessKeyId);
    if (caller === undefined) throw new Error("nobody holds the key that meddles");
    perform(caller, action, new URLSearchParams(params), this.#deps);
  }

  #holdings(store: Store, user: string): Alive[] {
    const row = userOf(store, user);
    if (row === undefined) return [];
    const now = new Date(this.#deps.clock());
    return holdingsOf(store, row, now, (sessionId) => this.#isCutOff(store, sessionId));
  }

  /** Whether an explicit deny meets whatever the holder of these credentials tries. */
  #isCutOff(store: Store, accessKeyId: string): boolean {
    const { account, clock } = this.#deps;
    const caller = callerOf(store, account, accessKeyId);
    if (caller === undefined) return true;
    const deps = { store, account, now: new Date(clock()) };
    // Actions of services far apart: a deny that leaves one of them out is not a deny of everything.
    return ["iam:CreateAccessKey", "s3:GetObject", "ec2:RunInstances", "sts:AssumeRole"].every(
      (action) => decide(caller, { action, resource: "*" }, deps).kind === "explicit-deny",
    );
  }
}

function userOf(store: Store, nameOrId: string): UserRow | undefined {
  return store.userNamed(nameOrId) ?? store.get("users", nameOrId);
}
