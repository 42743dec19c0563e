import type { Verdict } from "../../../../../src/domain/access.ts";
import { found } from "../kinds.ts";
import { toy } from "../toy.ts";
import type { Broken } from "./how.ts";
import { remembering, withClient, withKind } from "./how.ts";

const { session, user } = toy.kinds;
const { "shared-key": sharedKey } = toy.kinds;
const { rotate } = sharedKey;
if (rotate === undefined) throw new Error("the toy rotates nothing");

/** Wrong in keeping secrets, order and fresh eyes, in rotating and in taking back. */
export const keeping: readonly Broken[] = [
  {
    name: "shows a value among its facts",
    caughtBy: 15,
    says: /a finding holds the secret can/,
    connector: withKind("token", {
      async *discover(client, { id }) {
        for (const row of (await client.tokens(id, null))?.items ?? []) {
          const value = Buffer.from(`token:${row.value.reveal()}`).toString("base64");
          yield { items: [found("token", row.id, id, row.name, { value })], complete: true };
        }
      },
    }),
  },
  {
    name: "logs what it sends",
    caughtBy: 15,
    says: /a log line holds the secret can/,
    connector: withClient((client, { log, secrets }) => ({
      users(cursor) {
        log.debug("asking", { authorization: `Bearer ${secrets.adminToken.reveal()}` });
        return client.users(cursor);
      },
    })),
  },
  {
    name: "does not say that sessions must end before their user",
    caughtBy: 16,
    says: /with user as early as may be: conflict/,
    connector: { ...toy, kinds: { ...toy.kinds, user: { ...user, after: ["token"] } } },
  },
  {
    name: "looks once a session",
    caughtBy: 17,
    says: /session\/.* was put back, and the verdict is/,
    connector: withKind("session", {
      verify: remembering(async (client, finding): Promise<Verdict> => session.verify(client, finding, null)),
    }),
  },
  {
    name: "leaves a key behind whose value nobody has",
    caughtBy: 18,
    says: /cut at request \d+ after-effect: 2 values of/,
    connector: withKind("shared-key", {
      rotate: {
        ...rotate,
        create: (client, { facts }, { token }) => client.issueKey(String(facts["secret"]), token),
      },
    }),
  },
  {
    name: "ends the old value before everybody has the new one",
    caughtBy: 18,
    says: /was left without a value/,
    connector: withKind("shared-key", {
      rotate: {
        ...rotate,
        async set(client, finding, issued) {
          await rotate.retire(client, finding, issued);
          await rotate.set(client, finding, issued);
        },
      },
    }),
  },
  {
    name: "takes the new value back from those who already have it",
    caughtBy: 18,
    says: /was left without a value/,
    connector: withKind("shared-key", {
      rotate: {
        ...rotate,
        async rollBack(client, { facts }, { ref }) {
          await client.deleteKey(String(facts["secret"]), ref);
          return { state: "revoked" };
        },
      },
    }),
  },
  {
    name: "stays with its first verdict on a replaced key",
    caughtBy: 18,
    says: /shared-key\/.* was put back, and the verdict is/,
    connector: withKind("shared-key", {
      verify: remembering(async (client, finding): Promise<Verdict> => sharedKey.verify(client, finding, null)),
    }),
  },
  {
    name: "restores nothing",
    caughtBy: 19,
    says: /token\/.* is not as it was/,
    connector: withKind("token", { restore: async () => ({ state: "revoked" }) }),
  },
  {
    name: "says frozen and does nothing",
    caughtBy: 19,
    says: /the freeze changed nothing/,
    connector: { ...toy, freeze: async () => ({ state: "disabled" }) },
  },
];
