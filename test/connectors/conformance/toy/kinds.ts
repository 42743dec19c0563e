import type { Kind, Page } from "../../../../connectors/contract/connector.ts";
import type { Finding, Outcome, Verdict } from "../../../../src/domain/access.ts";
import type { ToyClient, ToyToken } from "./client.ts";
import { freezeUser } from "./freeze.ts";
import { all, pagesOfUser, seenUser } from "./listing.ts";

const common = { risk: "write", stops: "both", reversible: false, settleMs: 0 } as const;

export const token: Kind<ToyClient> = {
  ...common,
  title: "Personal token",
  strategy: "disable-then-delete",
  reversible: true,
  async *discover(toy, account) {
    for await (const { items, complete } of tokensOf(toy, account.id)) {
      const materials = new Map(items.map(({ id, value }) => [id, value]));
      const findings = items.map(({ id, name, enabled }) => found("token", id, account.id, name, { enabled }));
      yield { items: findings, complete, materials };
    }
  },
  disable: (toy, finding) => switched(toy, finding, false),
  restore: (toy, finding) => switched(toy, finding, true),
  async revoke(toy, finding) {
    const { accountId, ref } = finding;
    if ((await toy.deleteToken(accountId, ref)) === "deleted") return { state: "revoked" };
    return goneUnless(toy, "deleteToken", (await listedToken(toy, finding)) !== undefined);
  },
  async verify(toy, finding, probe) {
    const listed = await listedToken(toy, finding);
    if (listed?.enabled === true) return alive("it is listed");
    if (listed !== undefined) return { state: "dead", by: "state", reason: "it is switched off" };
    if (probe === null) return dead("it is no longer listed");
    const tried = await toy.whoami(probe.material);
    return tried === "refused"
      ? { state: "dead", by: "probe", reason: "it was tried and refused" }
      : { state: "alive", by: "probe", reason: `it was tried: ${tried}` };
  },
};

export const session: Kind<ToyClient> = {
  ...common,
  title: "Session",
  strategy: "delete",
  stops: "live-sessions",
  async *discover(toy, account) {
    for await (const { items, complete } of sessionsOf(toy, account.id)) {
      yield { items: items.map(({ id, name }) => found("session", id, account.id, name)), complete };
    }
  },
  async revoke(toy, finding) {
    if ((await toy.deleteSession(finding.accountId, finding.ref)) === "deleted") return { state: "revoked" };
    return goneUnless(toy, "deleteSession", await isListedSession(toy, finding));
  },
  async verify(toy, finding) {
    return (await isListedSession(toy, finding)) ? alive("it is listed") : dead("it is no longer listed");
  },
};

/** The organization can see a person's devices, and no more. */
export const device: Kind<ToyClient> = {
  ...common,
  title: "Device",
  strategy: "report",
  risk: "read",
  async *discover(toy, account) {
    const fetch = (cursor: string | null) => toy.devices(account.id, cursor);
    for await (const { items, complete } of pagesOfUser(toy, account.id, "listDevices", fetch, ({ id }) => id)) {
      yield { items: items.map(({ id, name }) => found("device", id, account.id, name)), complete };
    }
  },
  async verify() {
    return { state: "unknown", by: "absence", reason: "a device is only named" };
  },
};

/** The user itself, whom the server keeps while they have tokens or sessions. */
export const user: Kind<ToyClient> = {
  ...common,
  title: "User",
  strategy: "disable-then-delete",
  principal: true,
  after: ["token", "session"],
  async *discover(toy, account): AsyncGenerator<Page<Finding>> {
    const there = await seenUser(toy, account.id);
    yield { items: there === null ? [] : [found("user", there.id, account.id, there.name)], complete: true };
  },
  disable: (toy, { ref, label }) => freezeUser(toy, { id: ref, label }),
  async revoke(toy, { ref }) {
    if ((await toy.deleteUser(ref)) === "deleted") return { state: "revoked" };
    return goneUnless(toy, "deleteUser", (await seenUser(toy, ref)) !== null);
  },
  async verify(toy, { ref }) {
    const there = await seenUser(toy, ref);
    if (there === null) return dead("the user is no longer there");
    const tokens = await all(tokensOf(toy, ref));
    const sessions = await all(sessionsOf(toy, ref));
    const holdsNothing = sessions.length === 0 && !tokens.some(({ enabled }) => enabled);
    return there.suspendedBy !== null && holdsNothing
      ? { state: "dead", by: "state", reason: "suspended, without a token or session" }
      : alive("the user can still work");
  },
};

function tokensOf(toy: ToyClient, userId: string): AsyncGenerator<Page<ToyToken>> {
  return pagesOfUser(
    toy,
    userId,
    "listTokens",
    (cursor) => toy.tokens(userId, cursor),
    ({ id }) => id,
  );
}

function sessionsOf(toy: ToyClient, userId: string) {
  return pagesOfUser(
    toy,
    userId,
    "listSessions",
    (cursor) => toy.sessions(userId, cursor),
    ({ id }) => id,
  );
}

async function listedToken(toy: ToyClient, { accountId, ref }: Finding): Promise<ToyToken | undefined> {
  return (await all(tokensOf(toy, accountId))).find(({ id }) => id === ref);
}

async function isListedSession(toy: ToyClient, { accountId, ref }: Finding): Promise<boolean> {
  return (await all(sessionsOf(toy, accountId))).some(({ id }) => id === ref);
}

async function switched(toy: ToyClient, finding: Finding, enabled: boolean): Promise<Outcome> {
  const came = await toy.switchToken(finding.accountId, finding.ref, enabled);
  if (came === "absent") return goneUnless(toy, "switchToken", (await listedToken(toy, finding)) !== undefined);
  return enabled ? { state: "revoked" } : { state: "disabled", reason: "the token is switched off" };
}

/** A 404 counts as gone only after a listing that could have shown it. */
export function goneUnless(toy: ToyClient, operation: string, isListed: boolean): Outcome {
  if (!isListed) return { state: "already-gone" };
  throw toy.failed("not-visible", operation, "answered 404 for what is listed");
}

export function found(
  kind: string,
  ref: string,
  accountId: string,
  label: string,
  facts: Finding["facts"] = {},
): Finding {
  const unknown = { createdAt: null, lastUsedAt: null, expiresAt: null };
  return { kind, ref, accountId, label, holder: "owned", risk: "write", ...unknown, facts };
}

export const alive = (reason: string): Verdict => ({ state: "alive", by: "absence", reason });
export const dead = (reason: string): Verdict => ({ state: "dead", by: "absence", reason });
