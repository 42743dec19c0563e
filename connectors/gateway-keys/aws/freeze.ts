import type { Account, Outcome } from "../../../src/domain/access.ts";
import type { ApiGatewayDeps } from "./deps.ts";
import { listKeysOf } from "./keys.ts";
import type { RegionalKey } from "./keys.ts";
import { fromEach } from "./regions.ts";
import { switchOff, switchOn } from "./switch.ts";

/**
 * Switches every key of an owner off. API Gateway knows no owners, so there is nobody to block: a key that is made later
 * works until it is found.
 *
 * @throws {ConnectorError} when a region or a key failed; the others are switched off by then.
 */
export async function freezeOwner(account: Account, deps: ApiGatewayDeps): Promise<Outcome> {
  const outcomes = await ofEachKey(account, deps, (item) => switchOff(item, deps));
  const unmarked = outcomes.find(({ reason }) => reason?.includes("no mark") === true);
  if (outcomes.length === 0) return { state: "already-gone", reason: "no key names this owner" };
  return unmarked ?? { state: "disabled", reason: `all keys are switched off: ${outcomes.length}` };
}

/** Switches on again what we switched off, and nothing that somebody else did. */
export async function unfreezeOwner(account: Account, deps: ApiGatewayDeps): Promise<Outcome> {
  const outcomes = await ofEachKey(account, deps, (item) => switchOn(item, deps));
  return { state: outcomes.some(({ state }) => state === "revoked") ? "revoked" : "already-gone" };
}

async function ofEachKey(
  account: Account,
  deps: ApiGatewayDeps,
  work: (item: RegionalKey) => Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const each = fromEach(keysOneByOne(account, deps), async function* (item) {
    yield await work(item);
  });
  for await (const outcome of each) outcomes.push(outcome);
  return outcomes;
}

async function* keysOneByOne(account: Account, deps: ApiGatewayDeps): AsyncGenerator<RegionalKey> {
  for await (const { items } of listKeysOf(account.id, deps)) yield* items;
}
