import type { Kind } from "../../../../connectors/contract/connector.ts";
import { pagesOf } from "../../../../connectors/contract/paging.ts";
import type { CursorPage } from "../../../../connectors/contract/paging.ts";
import type { Rotation } from "../../../../connectors/contract/rotation.ts";
import type { Finding } from "../../../../src/domain/access.ts";
import type { ToyClient } from "./client.ts";
import { alive, dead, found, goneUnless } from "./kinds.ts";
import { all, pagesOfUser } from "./listing.ts";

const rotate: Rotation<ToyClient> = {
  plan: () => ({ kind: "auto" }),
  /** What carries our token was made by an attempt whose value nobody has. */
  async create(toy, finding, { token }) {
    const secret = secretOf(finding);
    for (const key of await keysOf(toy, secret)) if (key.mark === token) await toy.deleteKey(secret, key.id);
    return toy.issueKey(secret, token);
  },
  async set(toy, finding, { ref, value }) {
    const secret = secretOf(finding);
    for (const { id, keyId } of await consumersOf(toy, secret)) {
      if (keyId !== ref) await toy.setConsumer(secret, id, value);
    }
  },
  async test(toy, _, { value }) {
    const tried = await toy.whoami(value);
    return { works: tried === "works", reason: `it was tried: ${tried}` };
  },
  finish: (toy, finding, { ref }) => toy.setCurrent(secretOf(finding), ref),
  retire: (toy, finding) => deleteKey(toy, secretOf(finding), finding.ref),
  /** Nobody can read the old value, so there is no way back for a consumer that was given the new one. */
  async rollBack(toy, finding, { ref }) {
    const secret = secretOf(finding);
    const holders = (await consumersOf(toy, secret)).filter(({ keyId }) => keyId === ref);
    if (holders.length > 0) return { state: "unsupported", reason: "a consumer already works with the new value" };
    return deleteKey(toy, secret, ref);
  },
};

/** A key that services share, and that the user could read. */
export const sharedKey: Kind<ToyClient> = {
  title: "Shared key",
  strategy: "rotate",
  risk: "write",
  stops: "both",
  reversible: false,
  settleMs: 0,
  async *discover(toy, account) {
    const fetch = (cursor: string | null) => toy.exposures(account.id, cursor);
    for await (const { items, complete } of pagesOfUser(
      toy,
      account.id,
      "listExposures",
      fetch,
      ({ keyId }) => keyId,
    )) {
      const findings = items.map(({ keyId, secret }) => ({
        ...found("shared-key", keyId, account.id, `key of ${secret}`, { secret }),
        holder: "can-read" as const,
      }));
      yield { items: findings, complete };
    }
  },
  rotate,
  async verify(toy, finding) {
    const isThere = (await keysOf(toy, secretOf(finding))).some(({ id }) => id === finding.ref);
    return isThere ? alive("the key is listed") : dead("the key is no longer listed");
  },
};

async function deleteKey(toy: ToyClient, secret: string, id: string) {
  if ((await toy.deleteKey(secret, id)) === "deleted") return { state: "revoked" as const };
  return goneUnless(
    toy,
    "deleteKey",
    (await keysOf(toy, secret)).some((key) => key.id === id),
  );
}

function secretOf({ facts }: Finding): string {
  return String(facts["secret"]);
}

const keysOf = (toy: ToyClient, secret: string) => everyPage(toy, "listKeys", (cursor) => toy.keys(secret, cursor));
const consumersOf = (toy: ToyClient, secret: string) =>
  everyPage(toy, "listConsumers", (cursor) => toy.consumers(secret, cursor));

function everyPage<Row extends { id: string }>(
  toy: ToyClient,
  operation: string,
  fetch: (cursor: string | null) => Promise<CursorPage<Row> | null>,
): Promise<readonly Row[]> {
  const fetchPage = async (cursor: string | null): Promise<CursorPage<Row>> => {
    const page = await fetch(cursor);
    if (page === null) throw toy.failed("not-visible", operation, "does not show a secret that is there");
    return page;
  };
  return all(pagesOf({ target: toy.target, operation }, fetchPage, ({ id }) => id));
}
