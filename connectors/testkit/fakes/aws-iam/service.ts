import type { Account } from "./account.ts";
import { handlers } from "./actions/index.ts";
import { authorize } from "./authorization.ts";
import type { Caller } from "./caller.ts";
import { refuse } from "./errors.ts";
import { Params } from "./params.ts";
import { reference } from "./reference.ts";
import type { Replica } from "./replica.ts";
import type { Store } from "./store.ts";
import type { Usage } from "./usage.ts";
import type { Xml } from "./xml.ts";

/** The account, in its three states of knowledge. */
export interface ServiceDeps {
  readonly account: Account;
  /** What is so: writes go by it. */
  readonly truth: Store;
  /** What reads show. */
  readonly view: Replica;
  /** What signatures and permissions go by. */
  readonly gate: Replica;
  readonly usage: Usage;
  readonly clock: () => number;
  readonly settings: Settings;
}

/** What may be changed while the fake runs. */
export interface Settings {
  pageSize: number | null;
  loginSettlesMs: number;
}

/** Carries one action out for a caller that is who it says: permission first, then the parameters, then the effect. */
export function perform(caller: Caller, action: string, params: URLSearchParams, deps: ServiceDeps): Xml | null {
  const { account, truth, view, gate, usage, settings } = deps;
  const handler = handlers[action];
  const known = reference[action];
  if (handler === undefined || known === undefined) throw unknownAction(action, params.get("Version") ?? "");
  const now = new Date(deps.clock());
  authorize(caller, action, params, { store: gate.store, account, now });
  // Temporary credentials are no change of the account, and yet they are kept.
  const sees = known.access === "write" || known.service === "sts" ? truth : view.store;
  const { pageSize, loginSettlesMs } = settings;
  const act = { action, params: new Params(params), store: sees, inForce: gate.store };
  return handler({ ...act, account, caller, now, usage, pageSize, loginSettlesMs });
}

export function unknownAction(action: string, version: string) {
  return refuse.invalidAction(`Could not find operation ${action} for version ${version}`);
}
