import { ConnectorError } from "../../../../../connectors/contract/error.ts";
import type { ToyClient } from "../client.ts";
import { toy } from "../toy.ts";
import type { Broken } from "./how.ts";
import { emptyPage, withClient, withTransport } from "./how.ts";

/** Wrong in ending access: twice, interrupted, throttled, failing, denied. */
export const ending: readonly Broken[] = [
  {
    name: "fails when what it ends is gone",
    caughtBy: 7,
    says: /session\/.* for the second time: bad-request/,
    connector: withClient((client) => ({
      async deleteSession(userId, id) {
        if ((await client.deleteSession(userId, id)) === "deleted") return "deleted";
        throw client.failed("bad-request", "deleteSession", "found nothing to delete");
      },
    })),
  },
  {
    name: "freezes anew each time",
    caughtBy: 7,
    says: /freeze for the second time had 1 effects/,
    connector: {
      ...toy,
      async freeze(client: ToyClient, { id }: { id: string }) {
        await client.suspend(id, `lastday ${Math.random()}`);
        return { state: "disabled" };
      },
    },
  },
  {
    name: "cannot freeze what an earlier attempt froze",
    caughtBy: 8,
    says: /cut at request \d+, it did not end/,
    connector: {
      ...toy,
      async freeze(client: ToyClient, account: { id: string; label: string }) {
        if ((await client.user(account.id))?.suspendedBy === null) return toy.freeze(client, account);
        throw client.failed("conflict", "suspendUser", "is not possible: the user is suspended already");
      },
    },
  },
  {
    name: "takes throttling for a failure",
    caughtBy: 9,
    says: /throttling is taken for unavailable|ended as/,
    connector: withTransport("rate-limited", (_, { message, target }) => {
      throw new ConnectorError("unavailable", message, { target });
    }),
  },
  {
    name: "calls again at once when throttled",
    caughtBy: 9,
    says: /it called on/,
    connector: withTransport("rate-limited", (again) => again()),
  },
  {
    name: "takes a failing listing for an empty one",
    caughtBy: 10,
    says: /session is called complete/,
    connector: withClient((client) => ({
      sessions: (userId, cursor) => client.sessions(userId, cursor).catch(() => emptyPage),
    })),
  },
  {
    name: "takes a refused listing for an empty one",
    caughtBy: 11,
    says: /denied to read session: nothing says so/,
    connector: withClient((client) => ({
      devices: (userId, cursor) => client.devices(userId, cursor).catch(() => emptyPage),
      sessions: (userId, cursor) => client.sessions(userId, cursor).catch(() => emptyPage),
    })),
  },
  {
    name: "does not say which permission is missing",
    caughtBy: 11,
    says: /sessions:read is not named/,
    connector: withTransport("forbidden", (_, { target }) => {
      throw new ConnectorError("not-visible", "something is missing", { target });
    }),
  },
];
