import type { ToyClient } from "../client.ts";
import { alive, dead, found } from "../kinds.ts";
import { toy } from "../toy.ts";
import type { Broken } from "./how.ts";
import { emptyPage, gone, remembering, withClient, withKind, withTransport } from "./how.ts";

const { token, session } = toy.kinds;

/** Wrong in what it believes of a server. */
export const believing: readonly Broken[] = [
  {
    name: "believes that what was deleted is dead",
    caughtBy: 12,
    says: /token\/.* is alive, and the verdict is unknown/,
    connector: withKind("token", { verify: async () => dead("it was deleted") }),
  },
  {
    name: "does not look whose tokens it got",
    caughtBy: 12,
    says: /token takes another account's listing for a whole one/,
    connector: withKind("token", {
      async *discover(client, { id }) {
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<ToyClient["tokens"]>> = await client.tokens(id, cursor);
          yield { items: (page?.items ?? []).map((row) => found("token", row.id, id, row.name)), complete: true };
          cursor = page?.next ?? null;
        } while (cursor !== null);
      },
    }),
  },
  {
    name: "takes what it cannot read for nothing",
    caughtBy: 12,
    says: /session takes nothing for a whole listing/,
    connector: withTransport("invalid-response", () => ({ status: 200, headers: {}, body: emptyPage, problem: null })),
  },
  {
    name: "stays with its first verdict",
    caughtBy: 13,
    says: /session\/.* came back, and the verdict is unknown/,
    connector: withKind("session", { verify: remembering((client, finding) => session.verify(client, finding, null)) }),
  },
  {
    name: "calls dead what it has just deleted, shown or not",
    caughtBy: 13,
    says: /session\/.* is called dead while the server still shows it/,
    connector: withKind("session", {
      async verify(client, finding) {
        const again = await client.deleteSession(finding.accountId, finding.ref);
        return again === "absent"
          ? { ...dead("it cannot be deleted again"), by: "state" }
          : alive("it could be deleted");
      },
    }),
  },
  {
    name: "takes any 404 for gone",
    caughtBy: 14,
    says: /with its writes hidden, token\/.* is called already-gone/,
    connector: withKind("token", {
      disable: async (client, finding) => token.disable?.(client, finding).catch(() => gone) ?? gone,
      revoke: async (client, { accountId, ref }) =>
        (await client.deleteToken(accountId, ref)) === "deleted" ? { state: "revoked" } : gone,
    }),
  },
  {
    name: "takes a listing that is not found for an empty one",
    caughtBy: 14,
    says: /session\/.* is missing from a listing that is called whole/,
    connector: withClient((client) => ({
      sessions: async (userId, cursor) => (await client.sessions(userId, cursor)) ?? emptyPage,
    })),
  },
  {
    name: "calls an account gone that is listed and not shown",
    caughtBy: 14,
    says: /an account that is hidden is called gone/,
    connector: {
      ...toy,
      async account(client: ToyClient, id: string) {
        const there = await client.user(id);
        return there === null ? null : { id, label: there.name, attributes: {}, lastUsedAt: null };
      },
    },
  },
];
